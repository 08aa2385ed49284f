// Connecting to the first of several addresses that answers, as RFC 8305 has it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/select.h>
#include <weft/wasi/clock.h>
#include <weft/wasi/names.h>
#include "internal.h"

enum { MOST = 64 }; // attempts, however many addresses a name has

typedef struct attempt {
    weft_child child; // first
    weft_connection conn;
    const weft_address *address;
} attempt;

struct weft__racing {
    weft_names names;
    const char *where; // NULL: the addresses are given
    const weft_address *addresses;
    size_t count;
    weft_tcp_connect_options options;
    attempt *attempts; // in the order in which they are tried
    size_t most, begun;
    attempt *winner;
    weft_error error; // of the first that failed
    weft_scope scope;
    weft_case cases[2];
    weft_timer timer;
};

static bool is_ipv6(const weft_address *address)
{
    return address->family == WEFT_IPV6;
}

// The first address of the family from `from` on; self->count if there is none.
static size_t next_of(const struct weft__racing *self, size_t from, bool ipv6)
{
    while (from < self->count && is_ipv6(&self->addresses[from]) != ipv6)
        from++;
    return from;
}

// Lets the families take turns, so that one that leads nowhere costs one head start at a time.
static void put_in_order(struct weft__racing *self)
{
    size_t next[2] = {0}; // of each family; self->count: there is no more
    bool ipv6 = is_ipv6(self->addresses);
    for (size_t i = 0; i < self->most; i++, ipv6 = !ipv6) {
        next[ipv6] = next_of(self, next[ipv6], ipv6);
        if (next[ipv6] == self->count) {
            ipv6 = !ipv6;
            next[ipv6] = next_of(self, next[ipv6], ipv6);
        }
        self->attempts[i] = (attempt){.address = &self->addresses[next[ipv6]++]};
    }
}

static void begin_next(weft_coro *co, struct weft__racing *self)
{
    attempt *it = &self->attempts[self->begun++];
    weft_error error = weft__tcp_ready(&it->conn, it->address, &self->options.socket);
    if (!error)
        weft_spawn(co, &self->scope, &it->child, &it->conn.weft__co, weft__tcp_connect_run);
    else if (!self->error)
        self->error = error;
}

static void take_ended(struct weft__racing *self)
{
    attempt *it;
    while (!self->winner && (it = (attempt *)(void *)weft_next_ended(&self->scope))) {
        if (!it->conn.error)
            self->winner = it;
        else if (!self->error)
            self->error = it->conn.error;
    }
}

static weft_error resolved(struct weft__racing *self)
{
    if (self->where) {
        self->addresses = self->names.addresses;
        self->count = self->names.count;
    }
    if (self->names.error)
        return self->names.error;
    if (!self->count)
        return WEFT_EINVAL;
    self->most = self->count < MOST ? self->count : MOST;
    self->attempts = weft_alloc(self->most * sizeof *self->attempts);
    return self->attempts ? WEFT_OK : WEFT_ENOMEM;
}

static weft_stepped race_run(weft_coro *co)
{
    weft_connection *conn = weft__connection_of_co(co);
    struct weft__racing *self = conn->weft__work;
    WEFT_BEGIN;
    if (self->where) {
        weft_text host;
        uint16_t port;
        conn->error = weft_text_to_host(weft_text_z(self->where), &host, &port);
        if (conn->error)
            WEFT_FINISH;
        conn->error = WEFT_ECANCELED;
        WEFT_AWAIT(weft_resolve(co, &self->names, host, port));
    }
    self->error = resolved(self);
    if (!self->error) {
        put_in_order(self);
        do {
            if (self->begun < self->most)
                begin_next(co, self);
            if (!self->scope.count)
                continue;
            WEFT_AWAIT(weft_select(co, self->cases, weft_join_any(of, &self->scope),
                                   self->begun < self->most ? weft_sleep(of, &weft_host_clock, &self->timer,
                                                                         self->options.head_start)
                                                            : weft_never(of)));
            take_ended(self);
        } while (!self->winner && (self->begun < self->most || self->scope.count));
    }
    conn->error = self->winner ? WEFT_OK : self->error;
    WEFT_FINALLY;
    WEFT_AWAIT(weft_timer_stop(co, &self->timer));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    for (size_t i = 0; i < self->begun; i++)
        if (&self->attempts[i] != self->winner)
            weft_connection_close(&self->attempts[i].conn);
    if (self->winner) {
        conn->in = self->winner->conn.in;
        conn->out = self->winner->conn.out;
        conn->weft__socket = self->winner->conn.weft__socket;
    }
    if (self->attempts)
        weft_free(self->attempts, self->most * sizeof *self->attempts);
    weft_names_close(&self->names);
    conn->weft__work = NULL;
    weft_free(self, sizeof *self);
    WEFT_END;
}

static weft_poll race(weft_coro *co, weft_connection *conn, const struct weft__racing *with)
{
    weft_connection_close(conn);
    struct weft__racing *self = weft_alloc(sizeof *self);
    conn->error = self ? WEFT_ECANCELED : WEFT_ENOMEM;
    if (!self)
        return weft_breathe(co);
    *self = *with;
    if (!self->options.head_start)
        self->options.head_start = WEFT_MILLISECONDS(250);
    conn->weft__work = self;
    return weft_call(co, &conn->weft__co, race_run);
}

weft_poll weft__tcp_connect(weft_coro *co, weft_connection *conn, const char *where,
                            const weft_tcp_connect_options *options)
{
    struct weft__racing it = {.where = where, .options = *options};
    return race(co, conn, &it);
}

weft_poll weft__tcp_connect_any(weft_coro *co, weft_connection *conn, const weft_address *addresses,
                                size_t count, const weft_tcp_connect_options *options)
{
    struct weft__racing it = {.addresses = addresses, .count = count, .options = *options};
    return race(co, conn, &it);
}
