// A server's life: it accepts, runs a coroutine for each connection, and stops when they have ended.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/select.h>
#include <weft/wasi/clock.h>
#include <weft/wasi/tcp_server.h>
#include "internal.h"

// ---- A connection ----

// The head of a connection's block. It runs the handler, whose frame is behind it, as its child.
typedef struct weft__tcp_root {
    weft_coro co;
    weft_tcp_server *server;
    struct weft__tcp_root *next, **at; // in the server's list, and what points to it there
} root;

enum { ROOT_SIZE = (sizeof(root) + 15) / 16 * 16 };

static weft_coro *frame_of(root *it)
{
    return (weft_coro *)(void *)((char *)it + ROOT_SIZE);
}

static weft_connection *connection_of(root *it)
{
    return (weft_connection *)(void *)((char *)it + ROOT_SIZE + it->server->weft__handler.conn);
}

static weft_stepped root_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    weft_tcp_server *server = self->server;
    weft_coro *handler = frame_of(self);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, handler, server->weft__handler.run));
    WEFT_FINALLY;
    if (weft_outcome_of(handler) == WEFT_FAILED)
        weft__report_failure(server->weft__handler.name, handler);
    weft_connection_close(connection_of(self));
    if (self->next)
        self->next->at = self->at;
    *self->at = self->next;
    server->active--;
    weft_event_set(&server->weft__changed);
    WEFT_END;
}

static void stop_reading(root *it)
{
    if (it->server->weft__stop_reads)
        weft__bytes_end(&connection_of(it)->in);
}

// Puts it into the server's list.
static void add(weft_tcp_server *it, root *one)
{
    one->next = it->weft__roots;
    one->at = &it->weft__roots;
    if (one->next)
        one->next->at = &one->next;
    it->weft__roots = one;
}

// Runs the handler for the connection that was accepted.
static void begin(weft_coro *co, weft_tcp_server *it)
{
    const weft__tcp_handler *handler = &it->weft__handler;
    root *made =
        weft__spawn_new(co, &it->weft__scope, ROOT_SIZE + handler->size, ROOT_SIZE + handler->zeroed, root_run);
    if (!made) {
        weft_connection_close(&it->weft__conn);
        return;
    }
    made->server = it;
    add(it, made);
    it->active++;
    *connection_of(made) = it->weft__conn;
    connection_of(made)->data = it->weft__data;
    it->weft__conn = (weft_connection){.error = WEFT_OK};
    weft_detach(weft_child_of(made));
    if (it->weft__stopping)
        stop_reading(made);
}

void *weft_tcp_next(const weft_tcp_server *it, const void *frame)
{
    root *next = frame ? ((root *)(void *)((char *)frame - ROOT_SIZE))->next : it->weft__roots;
    while (next && frame_of(next)->state == WEFT__IDLE) // its handler has not begun: there is nothing to cancel
        next = next->next;
    return next ? frame_of(next) : NULL;
}

// ---- The server ----

static weft_tcp_server *server_of(weft_coro *co)
{
    return (weft_tcp_server *)(void *)((char *)co - offsetof(weft_tcp_server, weft__co));
}

static weft_stepped serve_run(weft_coro *co)
{
    weft_tcp_server *it = server_of(co);
    WEFT_BEGIN;
    it->weft__scope.policy = WEFT_GO_ON;
    while (!it->weft__stopping && !it->error) {
        if (it->active >= it->weft__limit) {
            weft_event_clear(&it->weft__changed);
            WEFT_AWAIT(weft_event_wait(co, &it->weft__changed));
            continue;
        }
        WEFT_AWAIT(weft_accept(co, &it->listener, &it->weft__conn));
        if (!it->weft__conn.error)
            begin(co, it);
        else if (!it->weft__stopping)
            it->error = it->weft__conn.error;
    }
    weft_listener_close(&it->listener);
    WEFT_AWAIT(weft_select(co, it->weft__cases, weft_join_all(of, &it->weft__scope),
                           weft_sleep(of, &weft_host_clock, &it->weft__timer, it->weft__finish)));
    WEFT_FINALLY;
    if (weft_cancelled(co))
        it->error = WEFT_ECANCELED;
    WEFT_AWAIT(weft_timer_stop(co, &it->weft__timer));
    weft_listener_close(&it->listener);
    weft_connection_close(&it->weft__conn);
    WEFT_AWAIT(weft_scope_close(co, &it->weft__scope));
    WEFT_END;
}

void weft_tcp_stop(weft_tcp_server *it)
{
    it->weft__stopping = true;
    weft_event_set(&it->weft__changed);
    if (it->listener.weft__conn) // it accepts
        weft_cancel(&it->listener.weft__co);
    // While a stop blocks, other connections may end, or come. So each is taken out before, and those that come
    // are stopped when they begin.
    root *rest = it->weft__roots;
    it->weft__roots = NULL;
    if (rest)
        rest->at = &rest;
    while (rest) {
        root *one = rest;
        rest = one->next;
        if (rest)
            rest->at = &rest;
        add(it, one);
        stop_reading(one);
    }
}

weft_poll weft__tcp_serve(weft_coro *co, weft_tcp_server *it, const char *where,
                          const weft__tcp_handler *handler, const weft_tcp_serve_options *options)
{
    it->weft__handler = *handler;
    it->weft__data = options->data;
    it->weft__stopping = false;
    it->weft__limit = options->limit ? options->limit : 1000;
    it->weft__finish = options->finish ? options->finish : WEFT_SECONDS(10);
    it->weft__stop_reads = options->stop_reads;
    weft_listen_options listen = options->listen;
    if (!listen.backlog)
        listen.backlog = it->weft__limit;
    it->error = where ? weft__tcp_listen(&it->listener, where, &listen) : WEFT_OK;
    if (it->error)
        return weft_breathe(co);
    return weft_call(co, &it->weft__co, serve_run);
}
