// A calculator over TCP: each line is a sum such as 2*(3+4), and the reply is its value. The parser is plain C
// that reads a character at a time, from any depth of brackets; each connection runs it in a fiber of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,inherit-network -W component-model-async calc.wasm 127.0.0.1:7000
//     nc 127.0.0.1 7000
#include <weft/fiber.h>
#include <weft/wasi.h>

enum { DEEPEST = 100 }; // brackets in brackets

// ---- Plain C ----

typedef struct input {
    int (*next)(struct input *in); // waits for the next character; -1 at the end
    int c;                         // that was read last
    int depth;
    const char *wrong;
} input;

static double sum(input *in);

static void step(input *in)
{
    do {
        in->c = in->next(in);
    } while (in->c == ' ' || in->c == '\r');
}

static double number(input *in)
{
    double value = 0, part = 1;
    if (in->c < '0' || in->c > '9')
        in->wrong = "a number is missing";
    for (; in->c >= '0' && in->c <= '9'; step(in))
        value = 10 * value + (in->c - '0');
    if (in->c == '.')
        for (step(in); in->c >= '0' && in->c <= '9'; step(in))
            value += (in->c - '0') * (part /= 10);
    return value;
}

static double factor(input *in)
{
    double value;
    if (in->c == '-') {
        step(in);
        return -number(in);
    }
    if (in->c != '(')
        return number(in);
    if (++in->depth > DEEPEST) {
        in->wrong = "too many brackets";
        return 0;
    }
    step(in);
    value = sum(in);
    in->depth--;
    if (in->c == ')')
        step(in);
    else if (!in->wrong)
        in->wrong = "a bracket is not closed";
    return value;
}

static double product(input *in)
{
    double value = factor(in);
    while (!in->wrong && (in->c == '*' || in->c == '/')) {
        int by = in->c;
        step(in);
        value = by == '*' ? value * factor(in) : value / factor(in);
    }
    return value;
}

static double sum(input *in)
{
    double value = product(in);
    while (!in->wrong && (in->c == '+' || in->c == '-')) {
        int by = in->c;
        step(in);
        value = by == '+' ? value + product(in) : value - product(in);
    }
    return value;
}

// ---- A connection ----

WEFT_FORMAT_FLOATS;

typedef struct {
    weft_coro co;
    weft_connection conn;
    weft_fiber fiber;
} calc;

typedef struct {
    input in; // first
    weft_bytes_reader *from;
    uint8_t buffer[256];
    size_t at, length;
} reader;

static int next(input *in)
{
    reader *it = (reader *)in;
    if (it->at == it->length) {
        it->at = it->length = 0;
        if (WEFT_FIBER_AWAIT(weft_bytes_read(weft_fiber_co(), it->from, it->buffer, sizeof it->buffer)))
            it->length = it->from->count;
        if (!it->length)
            return -1;
    }
    return it->buffer[it->at++];
}

WEFT_FIBER(calc)
{
    reader it = {.in.next = next, .from = &self->conn.in};
    char reply[64];
    for (step(&it.in); it.in.c >= 0; step(&it.in)) {
        it.in.wrong = NULL;
        it.in.depth = 0;
        double value = sum(&it.in);
        if (it.in.c < 0) // amid a line
            return;
        if (!it.in.wrong && it.in.c != '\n')
            it.in.wrong = "the line goes on";
        while (it.in.c >= 0 && it.in.c != '\n')
            step(&it.in);
        size_t length = it.in.wrong ? weft_format(reply, sizeof reply, "%s\n", it.in.wrong)
                                    : weft_format(reply, sizeof reply, "%g\n", value);
        if (!WEFT_FIBER_AWAIT(weft_bytes_write_all(co, &self->conn.out, (uint8_t *)reply, length)))
            return;
    }
}

// ---- The server ----

typedef struct {
    weft_coro co;
    weft_tcp_server server;
    weft_address address;
} serve;

WEFT_ASYNC(serve)
{
    weft_error error;
    char where[WEFT_ADDRESS_ROOM + 1] = "127.0.0.1:7000";
    char text[WEFT_ADDRESS_ROOM];
    WEFT_BEGIN;
    error = weft_argument_count() > 1 ? weft_text_to_z(weft_argument(1), where, sizeof where) : WEFT_OK;
    if (!error)
        error = weft_tcp_listen(&self->server.listener, where);
    if (!error)
        error = weft_listener_address(&self->server.listener, &self->address);
    if (error)
        WEFT_FAIL(error);
    WEFT_TRY(weft_stdout(), weft_printf(co, "listening at %.*s\n",
                                        WEFT_TEXT_ARGUMENTS(weft_address_text(&self->address, text))));
    WEFT_TRY(&self->server, weft_tcp_serve(co, &self->server, NULL, calc));
    WEFT_FINALLY;
    weft_listener_close(&self->server.listener);
    WEFT_END;
}
WEFT_COMMAND(serve);
