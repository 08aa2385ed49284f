// A server that calls wasi:http/handler.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

typedef struct server {
    weft_world *world;
    const weft_world_service *service;
    uint32_t connections;
    bool stops;
} server;

// ---- A response ----

// The component begins to read a body that waits for that.
static bool is_to_tell_to_go_on(const http_exchange *it)
{
    return it && it->expects && !it->has_answered && it->body && weft_sim_end_met(it->body);
}

static void tell_to_go_on(http_exchange *it)
{
    static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (is_to_tell_to_go_on(it))
        send(it->connection->descriptor, words, sizeof words - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    it->expects = false;
}

// llhttp's own ends the process at one that it does not know.
static const char *name_of(unsigned status)
{
    switch (status) {
#define NAME(number, name, words)                                                                              \
    case number:                                                                                               \
        return #words;
        HTTP_STATUS_MAP(NAME)
#undef NAME
    default:
        return "<none>"; // as on wasmtime
    }
}

static void put_status(http_connection *to, unsigned status)
{
    char words[64];
    snprintf(words, sizeof words, "%s", name_of(status));
    for (char *at = words; *at; at++) {
        if (*at == '_')
            *at = ' ';
        else if (at > words && at[-1] != ' ' && status != 200)
            *at = (char)tolower((unsigned char)*at);
    }
    weft_world__put_text(to, "HTTP/1.1 %u %s\r\n", status, words);
}

static void put_date(http_connection *to)
{
    char text[64];
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    weft_world__put_text(to, "%s", text);
}

static void send_failure(http_exchange *of)
{
    http_connection *to = of->connection;
    of->keeps = of->keeps && !of->is_old;
    put_status(to, 500);
    weft_world__put_text(to, "content-length: 0\r\n%s", of->keeps ? "" : "connection: close\r\n");
    put_date(to);
    weft_world__put(to, "\r\n", 2);
    of->has_answered = true;
    to->awaits = false;
    weft_world__flush(to);
}

static void send_response(http_exchange *of, http_message *from, bool may_have_trailers)
{
    http_connection *to = of->connection;
    uint64_t length;
    http_framing framing = weft_world__framing_of_response(from, of->is_head, of->is_old, &length);
    of->keeps = of->keeps && !of->is_old && from->status >= 200;
    tell_to_go_on(of);
    put_status(to, from->status);
    if (framing == HTTP_CHUNKED)
        weft_world__put_text(to, "transfer-encoding: chunked\r\n");
    if (!of->keeps)
        weft_world__put_text(to, "connection: close\r\n");
    if (!weft_world__fields_find(from->headers, "date"))
        put_date(to);
    weft_world__put_fields(to, from->headers, from->status != 204);
    of->has_answered = true;
    to->awaits = false;
    const char *told,
        *error = weft_world__send_body(to, from, framing, length, may_have_trailers && !of->is_old, &told);
    if (error)
        of->keeps = false; // it is cut
    if (error && !to->gone)
        fprintf(stderr, "weft_world: a reply is cut: %s\n", error);
}

// ---- A request ----

static bool is_done(void *object)
{
    return ((const http_exchange *)object)->done;
}

static void answers(weft_sim *sim, void *data)
{
    http_exchange *of = data;
    http_connection *to = of->connection;
    server *server = to->owner;
    weft_sim_instance *instance = server->service->instance;
    const weft_sim_func *func = &weft_world__handler_of(server->service->component)->func;
    bool trailers = weft_world__fields_lists(of->message->headers, "te", "trailers");
    (void)sim;
    weft_sim_value request = weft_world__object_value(instance, func->params[0].type->resource, of->message);
    weft_sim_call *call = weft_sim_call_export(instance, func->interface, func->name, &request);
    weft_sim_call_wait(call);
    weft_sim_value *result = weft_sim_call_result(call);
    http_message *response = result->which ? NULL : weft_world__object(result->payload);
    if (result->which)
        fprintf(stderr, "weft_world: a request has failed: %s\n",
                func->result->parts[1].type->parts[result->payload->which].name);
    weft_sim_call_free(call);
    if (response && !weft_world__may_be_sent(response)) {
        weft_world__message_drop(response);
        response = NULL;
    }
    if (response) {
        if (response->from)
            response->instance = instance;
        send_response(of, response, trailers);
    } else {
        send_failure(of);
    }
    of->done = true;
    weft_sim_ring(&to->bell);
    weft_world__exchange_release(of);
    weft_world__connection_release(to);
}

static void has_head(http_connection *it, http_message *message)
{
    (void)message;
    it->awaits = true;
    it->users++;
    it->exchange->references++;
    weft_sim_spawn_small(it->world->sim, answers, it->exchange);
}

// Waits for the answer, and sees meanwhile if the client goes. One that has closed its side for sending has
// gone.
static void wait_until_done(http_connection *it)
{
    weft_world__wait gone = {.descriptor = it->descriptor,
                             .events = POLLRDHUP,
                             .when = UINT64_MAX,
                             .until = is_done,
                             .object = it->exchange,
                             .bell = &it->bell};
    if (!it->gone && !it->exchange->done && weft_world__wait_for(it->world, "waits for an answer", gone))
        weft_world__connection_gone(it);
    weft_sim_sleep_until(it->world->sim, "waits for an answer", is_done, it->exchange, &it->bell);
    it->ends = it->gone || !it->exchange->keeps;
    weft_world__exchange_release(it->exchange);
    it->exchange = NULL;
}

static void has_all(http_connection *it)
{
    weft_world__exchange_end(it->exchange, NULL);
    wait_until_done(it);
}

static bool is_to_be_looked_at(void *object)
{
    const http_connection *it = object;
    const server *server = it->owner;
    if (!it->exchange)
        return server->stops && !it->method_length;
    return it->exchange->done || is_to_tell_to_go_on(it->exchange);
}

static void talks(weft_sim *sim, void *data)
{
    http_connection *it = data;
    server *server = it->owner;
    http_received got = HTTP_MORE;
    (void)sim;
    weft_world__parse_begin(it, HTTP_REQUEST);
    while (!it->ends && got == HTTP_MORE) {
        got = weft_world__receive(it, UINT64_MAX, is_to_be_looked_at, it);
        if (got == HTTP_STOPPED && is_to_tell_to_go_on(it->exchange)) {
            tell_to_go_on(it->exchange);
            got = HTTP_MORE;
        }
    }
    if (it->exchange) {
        if (got == HTTP_END)
            weft_world__connection_gone(it);
        weft_world__exchange_end(it->exchange, "HTTP-protocol-error");
        it->exchange->keeps = false;
        wait_until_done(it);
    } else if (got == HTTP_MALFORMED && !it->gone) {
        weft_world__put_text(it, "HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                             it->refusal ? it->refusal : "400 Bad Request");
        weft_world__flush(it);
    }
    server->connections--;
    weft_world__connection_release(it);
}

// ---- The server ----

static void waits_for_stop(weft_sim *sim, void *data)
{
    server *it = data;
    (void)sim;
    weft_world__wait_for(
        it->world, "waits for the end",
        (weft_world__wait){.descriptor = it->service->stop, .events = POLLIN, .when = UINT64_MAX});
    it->stops = true;
    weft_world__connections_ring(it->world);
}

static bool is_stopping(void *object)
{
    return ((const server *)object)->stops;
}

static bool is_idle(void *object)
{
    return !((const server *)object)->connections;
}

static void begin_connection(server *it, int descriptor)
{
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    http_connection *made = weft_world__connection_new(it->world, descriptor);
    made->owner = it;
    made->has_head = has_head;
    made->has_all = has_all;
    it->connections++;
    weft_sim_spawn_small(it->world->sim, talks, made);
}

void weft_world_serve(weft_sim *sim, void *data)
{
    const weft_world_service *service = data;
    server it = {.world = service->world, .service = service};
    weft_sim_spawn(sim, waits_for_stop, &it);
    while (!it.stops) {
        int descriptor = accept4(service->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        weft_world__wait wait = {.descriptor = service->listener,
                                 .events = POLLIN,
                                 .when = UINT64_MAX,
                                 .until = is_stopping,
                                 .object = &it};
        if (descriptor >= 0)
            begin_connection(&it, descriptor);
        else if (errno == EAGAIN)
            weft_world__wait_for(it.world, "waits for a client", wait);
        else if (errno != EINTR && errno != ECONNABORTED) { // such as too many files
            wait.descriptor = -1;
            wait.when = weft_world__now(it.world) + 10 * 1000 * 1000;
            weft_world__wait_for(it.world, "waits for a descriptor", wait);
        }
    }
    weft_sim_wait_until(sim, "waits for those in flight", is_idle, &it);
}
