// The private fields of an exchange of http_service.h. Included by http_service.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_HTTP_H
#define WEFT_WASI_DETAIL_HTTP_H

// The error of `out`, under a name of the exchange's own.
#define WEFT__PRIVATE_HTTP_ERROR                                                                               \
    __extension__ struct {                                                                                     \
        char weft__before_error[offsetof(weft_bytes_writer, error)];                                           \
        weft_error error;                                                                                      \
    };

// A text of the host's, in memory of ours.
typedef struct weft__http_string {
    uint8_t *ptr;
    size_t len;
} weft__http_string;

// Headers of the host's, each name and value a block of its own.
typedef struct weft__http_headers {
    weft_http_header *all;
    size_t count;
} weft__http_headers;

// The writer of a future of trailers.
typedef struct weft__http_trailers {
    weft_op op;
    uint64_t value[5];
} weft__http_trailers;

typedef struct weft__http_collect {
    weft_coro co;
    weft_bytes_reader *in;
    weft_bytes_buffer *buffer;
    size_t limit;
    weft_error *error;
    const struct weft_deadline *deadline; // it runs under, or NULL
    weft_to_end to_end;
} weft__http_collect;

typedef struct weft__http_finish {
    weft_coro co;
    struct weft_http_exchange *it;
} weft__http_finish;

#define WEFT__PRIVATE_HTTP_EXCHANGE                                                                            \
    int32_t weft__request;     /* 0: its body was asked for */                                                 \
    int32_t weft__fields;      /* of the reply, before the head is sent */                                     \
    uint32_t weft__sent;       /* the future that tells how the host sent the reply */                         \
    uint32_t weft__upstream;   /* the same of a request, of a body that goes on as the reply's */              \
    int32_t weft__next_fields; /* that the request is passed on with */                                        \
    int32_t weft__trailer_fields;                                                                              \
    bool weft__is_cut; /* by weft_http_finish */                                                               \
    bool weft__begun;                                                                                          \
    uint16_t weft__status;                                                                                     \
    weft_text weft__note;                                                                                      \
    uint64_t weft__began;                                           /* when, if it is logged */                \
    void (*weft__over)(struct weft_http_exchange *, bool is_whole); /* logs it */                              \
    weft_text weft__method;                                                                                    \
    weft__http_string weft__other_method;                                                                      \
    weft__http_string weft__target;                                                                            \
    weft__http_headers weft__request_headers;                                                                  \
    weft__http_headers weft__request_trailers;                                                                 \
    weft__http_trailers weft__trailers;                                                                        \
    weft__http_collect weft__collect;                                                                          \
    weft__http_finish weft__finish;

#endif
