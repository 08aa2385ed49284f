// The private fields of the ends of bytes.h. Included by bytes.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_BYTES_H
#define WEFT_WASI_DETAIL_BYTES_H

union weft_bytes_reader;

// The functions of the bindings for a future that tells how a stream has ended.
typedef struct weft__bytes_source {
    uint32_t (*read)(uint32_t future, void *value);
    uint32_t (*cancel)(uint32_t future);
    void (*drop)(uint32_t future);
    weft_error (*error)(void *value); // the value's error; takes the value
    // Takes another future from the owner of `in`: one that has to be kept until the stream has ended, whoever
    // reads that. NULL: there is none.
    uint32_t (*keeps)(union weft_bytes_reader *in);
} weft__bytes_source;

// The future of an end, and how far it is asked.
typedef struct weft__bytes_result {
    const weft__bytes_source *from; // NULL: there is none
    uint32_t future;                // 0: it is in op.handle, in place of the stream's end
    bool asking;
    bool finishing;
    bool told;
    uint64_t value[5]; // room for every kind
} weft__bytes_result;

#define WEFT__PRIVATE_BYTES                                                                                    \
    weft__sequel *sequel; /* behind the fields of every end: see stream.h */                                   \
    weft_error error;                                                                                          \
    weft__bytes_result result;

typedef uint8_t weft_bytes__item;

#endif
