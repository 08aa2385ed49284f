// wasi:http/client: a connection for each request, without TLS. One script connects and receives, another
// sends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct client {
    weft_world__job job;
    weft_world *world;
    weft_sim_call *call; // until it has returned
    weft_sim_instance *caller;
    const weft_sim_type *result;
    http_message *request; // until it is being sent
    http_connection *connection;
    weft_world__lookup *lookup; // of its address, or NULL
    uint64_t timeouts[3];
    bool is_head;
    bool has_sent;
    const char *error; // of what the component gave to be sent
    // What becomes of the request, when it is sent and there is an answer, or will be none; NULL: it is told.
    weft_sim_end *sent;
    const weft_sim_type *sent_type;
    const char *told;
} client;

static void free_client(weft_world__job *job)
{
    weft_world__lookup_release(((client *)job)->lookup);
    free(job);
}

static bool is_cancelled(void *object)
{
    const client *it = object;
    return it->call && weft_sim_call_cancel_asked(it->call);
}

static uint64_t after(client *it, int which)
{
    uint64_t now = weft_world__now(it->world), timeout = it->timeouts[which];
    return timeout < UINT64_MAX - now ? now + timeout : UINT64_MAX;
}

static void tell(client *it, const char *error)
{
    if (it->sent)
        weft_world__tell_result(it->world, it->caller, it->sent, it->sent_type, error);
    it->sent = NULL;
}

static void fails(client *it, const char *error)
{
    if (is_cancelled(it)) {
        weft_sim_call_cancelled(it->call);
        tell(it, "internal-error");
    } else {
        tell(it, it->told ? it->told : error);
        weft_sim_value value = weft_world__failure(it->caller, it->result, error);
        weft_sim_call_return(it->call, &value);
    }
    it->call = NULL;
}

// ---- The connection ----

// An authority is HOST, HOST:PORT, or one of these with [HOST]. NULL, or an error-code.
static const char *resolve(client *it, const char *authority, uint64_t when, in_port_t *port)
{
    const struct addrinfo address = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    const char *colon = strrchr(authority, ':'), *end = strchr(authority, ']');
    if (colon && end && colon < end)
        colon = NULL;
    unsigned long number = colon && colon[1] ? strtoul(colon + 1, NULL, 10) : 80;
    if (number > UINT16_MAX)
        return "connection-refused";
    *port = htons((uint16_t)number);
    const char *from = *authority == '[' && end ? authority + 1 : authority;
    size_t length = (size_t)((from != authority ? end : colon ? colon : authority + strlen(authority)) - from);
    if (length >= 256 || strchr(authority, '@'))
        return "DNS-error";
    weft_world__lookup *its = it->lookup = weft_world__lookup_new(from, length);
    if (!getaddrinfo(its->name, NULL, &address, &its->found))
        return NULL;
    if (!weft_world__lookup_begin(its))
        return "DNS-error";
    weft_world__wait wait = {.descriptor = its->done,
                             .events = POLLIN,
                             .when = when,
                             .until = is_cancelled,
                             .object = it,
                             .bell = &it->connection->bell};
    weft_world__wait_for(it->world, "resolves a name", wait);
    if (poll(&(struct pollfd){.fd = its->done, .events = POLLIN}, 1, 0) <= 0)
        return "connection-timeout"; // or nobody asks any more
    return its->error ? "DNS-error" : NULL;
}

// The errno of one address, or 0.
static int connect_to(client *it, const struct addrinfo *address, in_port_t port, uint64_t when)
{
    // Of both kinds of address it stands at the same place.
    ((struct sockaddr_in *)(void *)address->ai_addr)->sin_port = port;
    int error = 0, one = 1;
    socklen_t length = sizeof error;
    http_connection *to = it->connection;
    if (to->descriptor >= 0)
        close(to->descriptor);
    to->descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (to->descriptor < 0)
        return errno;
    setsockopt(to->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!connect(to->descriptor, address->ai_addr, address->ai_addrlen))
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    weft_world__wait wait = {.descriptor = to->descriptor,
                             .events = POLLOUT,
                             .when = when,
                             .until = is_cancelled,
                             .object = it,
                             .bell = &to->bell};
    if (!weft_world__wait_for(it->world, "connects", wait))
        return ECANCELED;
    if (poll(&(struct pollfd){.fd = to->descriptor, .events = POLLOUT}, 1, 0) <= 0)
        return ETIMEDOUT;
    getsockopt(to->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

static const char *connects(client *it)
{
    const http_message *request = it->request;
    if (!request->path || !request->authority)
        return "HTTP-request-URI-invalid";
    if (!request->scheme || !strcmp(request->scheme, "HTTPS")) // none is HTTPS, as on wasmtime
        return "TLS-protocol-error";
    if (strcmp(request->scheme, "HTTP") != 0)
        return "HTTP-protocol-error";
    in_port_t port;
    uint64_t when = after(it, CONNECT_TIMEOUT);
    const char *problem = resolve(it, request->authority, when, &port);
    if (problem)
        return problem;
    int error = ECONNREFUSED;
    for (const struct addrinfo *address = it->lookup->found; address && error && !is_cancelled(it);
         address = address->ai_next)
        error = connect_to(it, address, port, when);
    return !error ? NULL : error == ETIMEDOUT ? "connection-timeout" : "connection-refused";
}

// ---- The request ----

static void sends(weft_sim *sim, void *data)
{
    client *it = data;
    http_message *from = it->request;
    http_connection *to = it->connection;
    uint64_t length;
    http_framing framing = weft_world__framing_of_request(from, &length);
    (void)sim;
    it->request = NULL;
    weft_world__put_text(to, "%s %s%s HTTP/1.1\r\nhost: %s\r\n", from->method, *from->path == '?' ? "/" : "",
                         *from->path ? from->path : "/", from->authority);
    if (framing == HTTP_CHUNKED)
        weft_world__put_text(to, "transfer-encoding: chunked\r\n");
    weft_world__put_fields(to, from->headers, framing == HTTP_WITH_LENGTH);
    const char *error = weft_world__send_body(to, from, framing, length, true, &it->told);
    if (!to->gone)
        it->error = error;
    it->has_sent = true;
    if (!it->call)
        tell(it, it->told);
    weft_sim_ring(&to->bell);
    weft_world__connection_release(to);
}

// ---- The response ----

static void has_head(http_connection *to, http_message *message)
{
    client *it = to->owner;
    weft_sim_value value = {0};
    value.payload = weft_world__boxed(
        it->caller, weft_world__object_value(it->caller, it->result->parts[0].type->resource, message));
    weft_sim_call_return(it->call, &value);
    it->call = NULL;
    if (it->has_sent)
        tell(it, it->told);
}

static void has_all(http_connection *it)
{
    weft_world__exchange_end(it->exchange, NULL);
    it->ends = true;
}

// The component does not want it any more, or has failed to give what was to be sent.
static bool is_to_stop(void *object)
{
    const client *it = object;
    const http_exchange *of = it->connection->exchange;
    if (of && (of->is_unwanted || (of->body && weft_sim_end_dropped(of->body))))
        return true;
    return it->error || is_cancelled(object);
}

static bool has_sent(void *object)
{
    return ((const client *)object)->has_sent;
}

static void receives(client *it)
{
    http_connection *from = it->connection;
    http_received got = HTTP_MORE;
    uint64_t when = after(it, FIRST_BYTE_TIMEOUT);
    weft_world__parse_begin(from, HTTP_RESPONSE);
    from->is_bodiless = it->is_head;
    while (got == HTTP_MORE && !from->ends) {
        got = weft_world__receive(from, when, is_to_stop, it);
        if (!it->call)
            when = after(it, BETWEEN_BYTES_TIMEOUT);
    }
    const char *error = got == HTTP_TIMEOUT ? "connection-read-timeout" : "HTTP-protocol-error";
    bool is_whole = from->exchange && from->exchange->has_ended && !from->exchange->error;
    if (from->exchange && !from->exchange->has_ended)
        weft_world__exchange_end(from->exchange, error);
    if (it->call)
        fails(it, it->error ? it->error : error);
    weft_world__wait gone = {.descriptor = from->descriptor,
                             .events = POLLRDHUP,
                             .when = UINT64_MAX,
                             .until = has_sent,
                             .object = it,
                             .bell = &from->bell};
    if (!is_whole || (!it->has_sent && weft_world__wait_for(it->world, "still sends", gone)))
        weft_world__connection_gone(from);
    weft_sim_sleep_until(it->world->sim, "still sends", has_sent, it, &from->bell);
    if (from->exchange)
        weft_world__exchange_release(from->exchange);
}

static void asks(weft_sim *sim, void *data)
{
    client *it = data;
    const char *error = is_cancelled(it) ? "HTTP-protocol-error" : connects(it);
    if (error || is_cancelled(it)) {
        weft_world__message_drop(it->request);
        fails(it, error);
    } else {
        it->connection->users++;
        weft_sim_spawn_small(sim, sends, it);
        receives(it);
    }
    weft_world__connection_release(it->connection);
    weft_world__job_end(&it->job);
}

static void send_request(weft_sim_call *call, void *data)
{
    weft_world *world = data;
    client *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    weft_world__job_begin(world, &it->job, free_client);
    it->world = world;
    it->call = call;
    it->caller = weft_sim_call_caller(call);
    it->result = weft_sim_call_func(call)->result;
    it->request = weft_world__object(weft_sim_call_start(call));
    if (it->request->from)
        it->request->instance = it->caller;
    it->sent = it->request->sent;
    it->sent_type = it->request->sent_type;
    it->request->sent = NULL;
    it->is_head = !strcmp(it->request->method, "HEAD");
    for (int i = 0; i < 3; i++)
        it->timeouts[i] = it->request->options ? it->request->options->timeouts[i] : UINT64_MAX;
    it->connection = weft_world__connection_new(world, -1);
    it->connection->owner = it;
    it->connection->has_head = has_head;
    it->connection->has_all = has_all;
    weft_sim_call_rings(call, &it->connection->bell);
    weft_sim_spawn_small(world->sim, asks, it);
}

const weft_world__row weft_world__http_client[] = WEFT_WORLD__ROWS({"wasi:http/client", "send", send_request});
