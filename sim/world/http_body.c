// The bodies of messages, in both directions, and the connections that they go by.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const weft_sim_type byte = {.kind = WEFT_SIM_U8, .name = "u8"};
const weft_sim_type weft_world__bytes = {.kind = WEFT_SIM_STREAM, .name = "stream<u8>", .element = &byte};

// ---- What is told by futures ----

// A future that is to be written, or read and written to another.
typedef struct telling {
    weft_world__job job;
    weft_sim_end *from, *to;
    const weft_sim_type *from_type, *to_type;
    weft_sim_value value;
    http_fields *trailers; // that it has, or NULL
} telling;

static void tells(weft_sim *sim, void *data)
{
    telling it = *(telling *)data;
    (void)sim;
    weft_world__job_end(&((telling *)data)->job);
    if (it.from) {
        weft_sim_end_copy(it.from, &it.value, 1);
        weft_sim_end_drop(it.from);
    }
    if (it.to && !weft_world__resolve(it.to, it.to_type, it.value))
        weft_world__fields_release(it.trailers);
    else if (!it.to)
        weft_sim_value_free(it.from_type->element, &it.value);
}

static void begin_telling(weft_world *world, telling what)
{
    telling *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = what;
    weft_world__job_begin(world, &it->job, NULL);
    weft_sim_spawn_small(world->sim, tells, it);
}

// Writes to a future when it is read, and drops it.
static void tell(weft_world *world, weft_sim_end *future, const weft_sim_type *type, weft_sim_value value)
{
    begin_telling(world, (telling){.to = future, .to_type = type, .value = value});
}

void weft_world__tell_result(weft_world *world, weft_sim_instance *instance, weft_sim_end *future,
                             const weft_sim_type *type, const char *error)
{
    weft_sim_value value = {0};
    if (error)
        value = weft_world__failure(instance, type->element, error);
    tell(world, future, type, value);
}

void weft_world__tell_sent(http_message *it, const char *error)
{
    weft_world__tell_result(it->world, it->instance, it->sent, it->sent_type, error);
}

void weft_world__pass_on(weft_world *world, weft_sim_end *from, const weft_sim_type *from_type,
                         weft_sim_end *to, const weft_sim_type *to_type)
{
    begin_telling(world, (telling){.from = from, .from_type = from_type, .to = to, .to_type = to_type});
}

// ---- What is received ----

http_exchange *weft_world__exchange_new(http_connection *connection, http_message *message)
{
    http_exchange *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    weft_world__job_begin(connection->world, &it->job, NULL);
    it->world = connection->world;
    it->connection = connection;
    it->references = 2; // whoever receives it, and the message
    it->message = message;
    message->from = it;
    return it;
}

void weft_world__exchange_release(http_exchange *it)
{
    if (--it->references)
        return;
    weft_world__fields_release(it->last);
    weft_world__job_end(&it->job);
}

static void body_gone(void *exchange)
{
    weft_world__exchange_release(exchange);
}

weft_sim_end *weft_world__exchange_body(http_exchange *it, weft_sim_instance *instance,
                                        const weft_sim_type *type)
{
    weft_sim_end *writer, *reader = weft_sim_stream_make(instance, type, &writer);
    it->instance = instance;
    it->is_wanted = true;
    it->references++;
    weft_sim_end_mark(reader, it, body_gone);
    if (it->has_ended) {
        weft_sim_end_drop(writer);
        return reader;
    }
    it->body = writer;
    weft_sim_end_rings(writer, &it->connection->bell);
    weft_sim_ring(&it->connection->bell);
    return reader;
}

http_exchange *weft_world__exchange_of(const weft_sim_end *reader)
{
    return weft_sim_end_marked(reader, body_gone);
}

void weft_world__exchange_unwanted(http_exchange *it)
{
    it->is_unwanted = true;
    if (!it->has_ended)
        weft_sim_ring(&it->connection->bell);
}

void weft_world__tell_no_trailers(weft_world *world, weft_sim_instance *instance, weft_sim_end *future,
                                  const weft_sim_type *type)
{
    weft_sim_value none = {0};
    none.payload = weft_world__boxed(instance, (weft_sim_value){0});
    tell(world, future, type, none);
}

void weft_world__exchange_tell_nothing(http_exchange *it)
{
    if (it->trailers)
        weft_world__tell_no_trailers(it->world, it->instance, it->trailers, it->trailers_type);
    it->trailers = NULL;
}

void weft_world__exchange_told(http_exchange *it)
{
    if (!it->has_ended || !it->trailers)
        return;
    telling told = {.to = it->trailers, .to_type = it->trailers_type};
    const weft_sim_type *result = it->trailers_type->element;
    if (it->error) {
        told.value = weft_world__failure(it->instance, result, it->error);
    } else {
        told.value.payload = weft_world__boxed(it->instance, (weft_sim_value){.which = it->last != NULL});
        if (it->last)
            told.value.payload->payload = weft_world__boxed(
                it->instance,
                weft_world__object_value(it->instance, result->parts[0].type->element->resource, it->last));
        told.trailers = it->last;
        it->last = NULL;
    }
    begin_telling(it->world, told);
    it->trailers = NULL;
}

void weft_world__exchange_end(http_exchange *it, const char *error)
{
    if (it->has_ended) // it stays what it was
        return;
    it->has_ended = true;
    it->error = error;
    if (it->passes_to)
        weft_sim_ring(&it->passes_to->bell);
    if (it->body)
        weft_sim_end_drop(it->body);
    it->body = NULL;
    weft_world__exchange_told(it);
}

static bool is_asked_for(void *object)
{
    const http_exchange *it = object;
    return it->is_wanted || it->is_unwanted || it->done;
}

static bool is_taken(void *object)
{
    const http_exchange *it = object;
    return weft_sim_end_done(it->body) || it->done;
}

void weft_world__exchange_deliver(http_exchange *it, const char *bytes, size_t count)
{
    weft_sim *sim = it->world->sim;
    weft_sim_sleep_until(sim, "has a body", is_asked_for, it, &it->connection->bell);
    while (it->body && count) {
        weft_sim_end_start(it->body, (void *)(uintptr_t)bytes, (uint32_t)count);
        weft_sim_sleep_until(sim, "has a body", is_taken, it, &it->connection->bell);
        uint32_t status =
            weft_sim_end_done(it->body) ? weft_sim_end_wait(it->body) : weft_sim_end_cancel(it->body);
        bytes += status >> 4;
        count -= status >> 4;
        if ((status & 15) == 0)
            continue;
        if (it->done) { // nobody answers to what is still to come
            weft_world__exchange_end(it, "HTTP-protocol-error");
        } else {
            weft_sim_end_drop(it->body);
            it->body = NULL;
        }
        it->is_unwanted = true;
    }
}

// ---- Connections ----

// What has come and was not read would make a reset of the close, and that could overtake what was sent.
static void read_the_rest(int descriptor)
{
    char rest[4096];
    shutdown(descriptor, SHUT_WR);
    for (int i = 0; i < 64 && recv(descriptor, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
        continue;
}

static void free_connection(weft_world__job *job)
{
    static const char failure[] =
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    http_connection *it = (http_connection *)job;
    if (it->awaits) // what was to answer has trapped
        send(it->descriptor, failure, sizeof failure - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (it->descriptor >= 0) {
        read_the_rest(it->descriptor);
        close(it->descriptor);
    }
    for (int i = 0; i < 3; i++)
        free(it->text[i]);
    free(it->out);
    free(it);
}

http_connection *weft_world__connection_new(weft_world *world, int descriptor)
{
    http_connection *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    weft_world__job_begin(world, &it->job, free_connection);
    it->world = world;
    it->descriptor = descriptor;
    it->left = weft_world__bytes_to_cut(world);
    it->users = 1;
    return it;
}

void weft_world__connection_gone(http_connection *it)
{
    it->gone = true;
    weft_sim_ring(&it->bell);
}

void weft_world__connections_ring(weft_world *world)
{
    for (weft_world__job *job = world->jobs; job; job = job->next)
        if (job->free == free_connection)
            weft_sim_ring(&((http_connection *)job)->bell);
}

void weft_world__connection_release(http_connection *it)
{
    if (--it->users)
        return;
    weft_world__fields_release(it->fields);
    weft_world__job_end(&it->job);
}

void weft_world__put(http_connection *it, const void *bytes, size_t count)
{
    if (it->out_length + count > it->out_capacity) {
        it->out_capacity = 2 * (it->out_length + count);
        it->out = realloc(it->out, it->out_capacity);
        if (!it->out)
            abort();
    }
    if (count)
        memcpy(it->out + it->out_length, bytes, count);
    it->out_length += count;
}

void weft_world__put_text(http_connection *it, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    weft_world__put(it, text, (size_t)length);
    free(text);
}

static void put_field(http_connection *it, const http_field *field)
{
    weft_world__put(it, field->name, strlen(field->name));
    weft_world__put(it, ": ", 2);
    weft_world__put(it, field->value, field->length);
    weft_world__put(it, "\r\n", 2);
}

void weft_world__put_fields(http_connection *it, const http_fields *fields, bool has_length)
{
    bool had_length = false;
    for (uint32_t i = 0; i < fields->count; i++) {
        bool is_length = !strcmp(fields->items[i].name, "content-length");
        if (!is_length || (has_length && !had_length)) // the first alone counts
            put_field(it, &fields->items[i]);
        had_length = had_length || is_length;
    }
    weft_world__put(it, "\r\n", 2);
    it->out_head = it->out_length;
}

static bool is_gone(void *object)
{
    http_connection *it = object;
    it->gone = it->gone || (it->call && weft_sim_call_cancel_asked(it->call));
    return it->gone;
}

void weft_world__flush(http_connection *it)
{
    size_t at = 0;
    if (it->descriptor < 0) // a script has it from `out`
        return;
    while (at < it->out_length && !it->gone) {
        size_t count = weft_world__bytes_at_once(it->world, "sends", it->left, it->out_length - at);
        if (!count) { // it is cut: who receives learns of it, too
            shutdown(it->descriptor, SHUT_RDWR);
            weft_world__connection_gone(it);
            break;
        }
        ssize_t sent = send(it->descriptor, it->out + at, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        weft_world__bytes_moved(&it->left, sent);
        if (sent > 0)
            at += (size_t)sent;
        else if (errno == EAGAIN)
            weft_world__wait_for(it->world, "sends",
                                 (weft_world__wait){.descriptor = it->descriptor,
                                                    .events = POLLOUT,
                                                    .when = UINT64_MAX,
                                                    .until = is_gone,
                                                    .object = it,
                                                    .bell = &it->bell});
        else if (errno != EINTR)
            weft_world__connection_gone(it);
    }
    it->out_length = it->out_head = 0;
}

// ---- What is sent ----

static http_framing framing_of(const http_fields *headers, uint64_t *length, http_framing without)
{
    const http_field *field = weft_world__fields_find(headers, "content-length");
    *length = field ? strtoull(field->value, NULL, 10) : 0;
    return field ? HTTP_WITH_LENGTH : without;
}

http_framing weft_world__framing_of_request(const http_message *it, uint64_t *length)
{
    bool has_none = !strcmp(it->method, "GET") || !strcmp(it->method, "HEAD") || !strcmp(it->method, "CONNECT");
    return framing_of(it->headers, length, has_none ? HTTP_NO_BODY : HTTP_CHUNKED);
}

http_framing weft_world__framing_of_response(const http_message *it, bool to_head, bool to_old,
                                             uint64_t *length)
{
    bool has_none = to_head || it->status == 204 || it->status == 304 || it->status < 200;
    http_framing framing = framing_of(it->headers, length, to_old ? HTTP_UNTIL_CLOSE : HTTP_CHUNKED);
    return has_none ? HTTP_NO_BODY : framing;
}

typedef struct sending {
    http_connection *to;
    weft_sim_end *end;
} sending;

static bool is_offered(void *object)
{
    const sending *it = object;
    return weft_sim_end_met(it->end) || weft_sim_end_dropped(it->end) || is_gone(it->to);
}

static bool is_read(void *object)
{
    const sending *it = object;
    return weft_sim_end_done(it->end) || is_gone(it->to);
}

static void put_piece(http_connection *to, http_framing framing, void *bytes, uint32_t count)
{
    if (framing == HTTP_NO_BODY)
        return;
    if (framing == HTTP_CHUNKED)
        weft_world__put_text(to, "%x\r\n", (unsigned)count);
    weft_world__put(to, bytes, count);
    if (framing == HTTP_CHUNKED)
        weft_world__put(to, "\r\n", 2);
}

// All pieces of a body; false if they are not what was announced.
static bool send_pieces(http_connection *to, weft_sim_end *body, http_framing framing, uint64_t *left)
{
    sending it = {to, body};
    weft_sim_end_rings(body, &to->bell);
    for (;;) {
        void *bytes;
        if (!is_offered(&it))
            weft_world__flush(to); // what is put with the first piece goes with it, if that is there
        weft_sim_sleep_until(to->world->sim, "sends a body", is_offered, &it, &to->bell);
        if (to->gone || weft_sim_end_dropped(body))
            return true;
        uint32_t count = weft_sim_end_offer(body, &bytes);
        if (!count)
            continue;
        count = count < CHUNK ? count : CHUNK;
        if (framing == HTTP_WITH_LENGTH) {
            if (!*left)
                return false;
            count = count < *left ? count : (uint32_t)*left;
            *left -= count;
        }
        put_piece(to, framing, bytes, count);
        weft_sim_end_copy(body, bytes, count); // onto themselves, and now: a flush gives the writer time to go
        if (framing != HTTP_NO_BODY)
            weft_world__flush(to);
        if (to->gone)
            return true;
    }
}

static void put_trailers(http_connection *to, const http_message *from, const http_fields *trailers)
{
    for (uint32_t i = 0; i < trailers->count; i++)
        if (weft_world__fields_lists(from->headers, "trailer", trailers->items[i].name))
            put_field(to, &trailers->items[i]);
}

// The trailers of a message that a component has made, when they are there: why it is cut, or NULL.
static const char *take_trailers(http_connection *to, http_message *from, http_fields **trailers)
{
    const weft_sim_type *result = from->trailers_type->element;
    weft_sim_value value = {0};
    const char *error = NULL;
    sending it = {to, from->trailers};
    weft_sim_end_rings(from->trailers, &to->bell);
    weft_sim_end_start(from->trailers, &value, 1);
    if (!is_read(&it))
        weft_world__flush(to);
    weft_sim_sleep_until(to->world->sim, "waits for trailers", is_read, &it, &to->bell);
    uint32_t status = weft_sim_end_done(it.end) ? weft_sim_end_wait(it.end) : weft_sim_end_cancel(it.end);
    weft_sim_end_drop(it.end);
    if (status)
        return NULL;
    if (value.which)
        error = result->parts[1].type->parts[value.payload->which].name;
    else if (value.payload->which)
        *trailers = weft_world__object(value.payload->payload);
    weft_sim_value_free(result, &value);
    return error;
}

typedef struct passing {
    http_connection *to;
    const http_exchange *from;
} passing;

static bool has_ended(void *object)
{
    const passing *it = object;
    return it->from->has_ended || is_gone(it->to);
}

// The same of one that comes by another connection.
static const char *take_last(http_connection *to, http_exchange *from, http_fields **trailers)
{
    passing it = {to, from};
    if (!has_ended(&it))
        weft_world__flush(to);
    from->passes_to = to;
    weft_sim_sleep_until(to->world->sim, "waits for trailers", has_ended, &it, &to->bell);
    from->passes_to = NULL;
    *trailers = from->last;
    from->last = NULL;
    return from->error;
}

const char *weft_world__send_body(http_connection *to, http_message *from, http_framing framing,
                                  uint64_t length, bool may_have_trailers, const char **told)
{
    http_fields *trailers = NULL;
    const char *error = NULL;
    weft_sim_end *body = from->body;
    if (!body && from->from)
        body = weft_world__exchange_body(from->from, from->instance, &weft_world__bytes);
    bool is_unread = from->method && framing == HTTP_NO_BODY; // and who writes it is told so
    bool fits = !body || is_unread || send_pieces(to, body, framing, &length);
    if (body)
        weft_sim_end_drop(body);
    if (framing == HTTP_WITH_LENGTH && !to->gone && (length || !fits))
        error = from->method ? "HTTP-request-body-size" : "HTTP-response-body-size";
    bool is_too_long = error && from->method && !length; // the other side has it whole
    bool is_short = error && from->method && length;
    if (from->from) {
        if (!error)
            error = take_last(to, from->from, &trailers);
        weft_world__exchange_unwanted(from->from);
    } else if (error || to->gone) {
        weft_sim_end_drop(from->trailers);
    } else {
        error = take_trailers(to, from, &trailers);
    }
    *told = body || from->method ? error : NULL; // as on wasmtime
    if (to->call && weft_sim_call_cancel_asked(to->call))
        *told = "internal-error";
    if (from->sent)
        weft_world__tell_sent(from, *told);
    if (is_too_long)
        error = NULL;
    if (!error && framing == HTTP_CHUNKED) {
        weft_world__put(to, "0\r\n", 3);
        if (trailers && may_have_trailers)
            put_trailers(to, from, trailers);
        weft_world__put(to, "\r\n", 2);
    }
    weft_world__fields_release(trailers);
    if (error && to->out_length && to->out_length == to->out_head)
        to->out_length = 0; // a head alone says nothing that is true
    weft_world__flush(to);
    weft_world__message_free(from);
    return is_short ? "HTTP-protocol-error" : error ? error : to->gone ? "connection-terminated" : NULL;
}
