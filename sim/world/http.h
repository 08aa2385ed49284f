// What the files of wasi:http tell each other.
//
// A message, a request or a response, is a resource. One that a component has made has the ends that the
// component has given for its body; one that has come by a connection has the exchange that it is a part of.
// Two scripts work on an exchange: one receives, as llhttp's callbacks, which block; the other sends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_HTTP_H
#define WEFT_WORLD_HTTP_H

#include "internal.h"

#include <llhttp.h>

// ---- http_fields.c ----

typedef struct http_field {
    char *name; // in lower case
    char *value;
    uint32_t length; // of the value
} http_field;

typedef struct http_fields {
    weft_world__job job;
    uint32_t references;
    http_field *items; // the values of one name together
    uint32_t count, capacity;
    uint32_t size; // as other hosts count it
    bool immutable;
} http_fields;

char *weft_world__copy(const char *bytes, size_t count); // as a C string
http_fields *weft_world__fields_new(weft_world *world);
void weft_world__fields_release(http_fields *it); // or NULL
// As it is: the name and value are valid.
void weft_world__fields_add(http_fields *it, const char *name, size_t name_length, const char *value,
                            size_t length);
const http_field *weft_world__fields_find(const http_fields *it, const char *name); // the first, or NULL
// True if that name, or token, is in a list of them, with commas between.
bool weft_world__fields_lists(const http_fields *it, const char *name, const char *token);
// Without what belongs to a connection, not to a message; in the place of `all`, which is released.
http_fields *weft_world__fields_end_to_end(weft_world *world, http_fields *all);
bool weft_world__is_token(const char *text, size_t length);

// ---- http_message.c ----

typedef struct http_options {
    weft_world__job job;
    uint32_t references;
    uint64_t timeouts[3]; // connect, first byte, between bytes; UINT64_MAX: none
    bool immutable;
} http_options;
enum { CONNECT_TIMEOUT, FIRST_BYTE_TIMEOUT, BETWEEN_BYTES_TIMEOUT };

typedef struct http_exchange http_exchange;

typedef struct http_message {
    weft_world__job job;
    weft_world *world;
    http_fields *headers;
    http_options *options; // of a request, or NULL
    uint16_t status;       // of a response
    // Of a request; NULL: none.
    char *method, *path, *authority, *scheme;
    http_exchange *from; // that it has come by, or its body; NULL: that is a component's
    // Of one that a component has made; NULL: not so, or there is none.
    weft_sim_instance *instance;
    weft_sim_end *body, *trailers, *sent;
    const weft_sim_type *trailers_type, *sent_type;
} http_message;

http_message *weft_world__message_new(weft_world *world, http_fields *headers);
// Of one that is not to be sent any more: its body is not wanted.
void weft_world__message_drop(http_message *it);
// Of one whose ends have been taken out.
void weft_world__message_free(http_message *it);

// ---- http_body.c ----

extern const weft_sim_type weft_world__bytes; // a stream of them, that no component sees

// Tells by such a future; `error` NULL: all is well.
void weft_world__tell_result(weft_world *world, weft_sim_instance *instance, weft_sim_end *future,
                             const weft_sim_type *type, const char *error);
// Tells what has become of a message; `error` NULL: it is sent.
void weft_world__tell_sent(http_message *it, const char *error);
void weft_world__tell_no_trailers(weft_world *world, weft_sim_instance *instance, weft_sim_end *future,
                                  const weft_sim_type *type);
// Reads a result<_, error-code> that a component tells, and passes it on to that future, or, if it is NULL, to
// nobody.
void weft_world__pass_on(weft_world *world, weft_sim_end *from, const weft_sim_type *from_type,
                         weft_sim_end *to, const weft_sim_type *to_type);

typedef struct http_connection http_connection;
struct http_connection {
    weft_world__job job;
    weft_world *world;
    int descriptor;          // -1: none yet, or a script takes what is put from `out`
    weft_sim_call *call;     // that the script answers: who asks to cancel it is gone; or NULL
    uint32_t users;          // scripts that work on it
    http_exchange *exchange; // that is received; NULL: between two of them
    llhttp_t parser;
    char *text[3]; // of what is received: the URL, a field's name and value
    size_t length[3];
    http_fields *fields;
    size_t head_length;  // of all these, with trailers
    bool is_between;     // a method is to come
    bool is_bodiless;    // a response to HEAD is to come
    const char *refusal; // the status line of why it is malformed; NULL: 400
    char method[32];     // of a request, so far
    uint32_t method_length;
    char *out; // to be sent
    size_t out_length, out_capacity;
    size_t out_head;    // how much of it is of a head, before anything of that is sent
    uint64_t left;      // bytes, in both directions, until the other side is gone
    bool gone;          // nothing can be sent any more
    bool ends;          // it is of no more use
    bool awaits;        // a client does, and nothing of an answer has been put
    weft_sim_bell bell; // something has become of it, or of its exchange or what that sends
    // llhttp has a whole head, and a whole message: both may block.
    void (*has_head)(http_connection *it, http_message *message);
    void (*has_all)(http_connection *it);
    void *owner;
};

// What is received and what is sent for it.
struct http_exchange {
    weft_world__job job;
    weft_world *world;
    http_connection *connection; // that it comes by
    uint32_t references;         // the message, the scripts, and streams of its body
    bool is_wanted;              // its body is: somebody has asked for it
    bool is_unwanted;            // nobody will ask
    bool expects;                // a word that it may send its body
    bool done;                   // the other direction: the response is sent
    bool keeps;                  // the connection is kept
    bool has_ended;              // all is received
    const char *error;           // or is cut by this
    weft_sim_instance *instance; // that has asked
    weft_sim_end *body, *trailers;
    http_connection *passes_to; // where what it has is sent on, while somebody waits for its end; or NULL
    const weft_sim_type *trailers_type;
    http_fields *last;     // trailers, when it has ended
    http_message *message; // until a component is done with it
    bool has_answered;     // the head of the response is on its way
    bool is_head, is_old;  // a request of HEAD; of HTTP/1.0
};

http_exchange *weft_world__exchange_new(http_connection *connection, http_message *message);
void weft_world__exchange_release(http_exchange *it);
void weft_world__exchange_unwanted(http_exchange *it);
// Nothing more is received: by `error`, or whole.
void weft_world__exchange_end(http_exchange *it, const char *error);
// Tells the trailers, or the error, if they are here, and to whom is known.
void weft_world__exchange_told(http_exchange *it);
// Blocks until so many bytes are taken, or nobody wants them.
void weft_world__exchange_deliver(http_exchange *it, const char *bytes, size_t count);
// A stream of what is received, for a script or a component.
weft_sim_end *weft_world__exchange_body(http_exchange *it, weft_sim_instance *instance,
                                        const weft_sim_type *type);

// The one whose body that is, or NULL. Who gives such a body away as that of another message gives away its
// trailers with it, and is told nothing of them.
http_exchange *weft_world__exchange_of(const weft_sim_end *reader);
void weft_world__exchange_tell_nothing(http_exchange *it);

http_connection *weft_world__connection_new(weft_world *world, int descriptor);
// The other side is.
void weft_world__connection_gone(http_connection *it);
void weft_world__connections_ring(weft_world *world); // all of them
// One of its users is done.
void weft_world__connection_release(http_connection *it);
void weft_world__put(http_connection *it, const void *bytes, size_t count);
void weft_world__put_text(http_connection *it, const char *format, ...) __attribute__((format(printf, 2, 3)));
void weft_world__put_fields(http_connection *it, const http_fields *fields, bool has_length);
// Blocks until all that was put is sent, or nobody can hear it.
void weft_world__flush(http_connection *it);

// How the other side is told where a body ends.
typedef enum http_framing { HTTP_NO_BODY, HTTP_WITH_LENGTH, HTTP_CHUNKED, HTTP_UNTIL_CLOSE } http_framing;

// Sends the body of a message, behind a head that was put, and frees the message. NULL, or why that failed:
// then the other side must not take it for whole. `told`: what its maker is told. Blocks.
const char *weft_world__send_body(http_connection *to, http_message *from, http_framing framing,
                                  uint64_t length, bool may_have_trailers, const char **told);
// How a message is to be sent, and how long it is, if it says so; of a response, to such a request.
http_framing weft_world__framing_of_request(const http_message *it, uint64_t *length);
http_framing weft_world__framing_of_response(const http_message *it, bool to_head, bool to_old,
                                             uint64_t *length);
// Whether a host sends a response: not one that announces another. It answers 500 itself.
static inline bool weft_world__may_be_sent(const http_message *response)
{
    return response->status >= 200 || response->status == 101;
}

// ---- script.c ----

const weft_sim_export *weft_world__handler_of(const weft_sim_component *component); // or NULL

// ---- http_parse.c ----

typedef enum http_received { HTTP_MORE, HTTP_END, HTTP_MALFORMED, HTTP_TIMEOUT, HTTP_STOPPED } http_received;

void weft_world__parse_begin(http_connection *it, llhttp_type_t type);
// Blocks until something is there, that moment, or `until`, and parses what is there.
http_received weft_world__receive(http_connection *it, uint64_t when, bool (*until)(void *object),
                                  void *object);

#endif
