// Does what it is told, a line of standard input at a time, and answers each with a line: a number, how it
// went, and a text. A line that begins with "& " is begun, and answered at once; `cancel` ends what it began.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.h"

// What the commands use, one of each.
typedef struct {
    weft_connection conn;
    weft_outbox box;
    weft_tcp_options options;
    weft_listener listener;
    weft_udp udp;
    weft_udp_options udp_options;
    weft_datagram datagram;
    weft_text command, argument;
    uint64_t number; // the argument
    uint64_t done;
    uint64_t written; // in all
    bool is_writing;
    weft_error error;
    weft_text text;
    weft_address address;
    weft_address addresses[4000];
    size_t count;
    weft_names names;
    char where[256];
    char room[WEFT_ADDRESS_ROOM];
    char words[512];
    uint8_t bytes[65536];
} things;

static void add(weft_text *to, weft_text text)
{
    if (text.length)
        __builtin_memcpy((char *)to->at + to->length, text.at, text.length);
    to->length += text.length;
}

static void add_number(weft_text *to, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    add(to, weft_text_of(digits + at, sizeof digits - at));
    add(to, WEFT_TEXT(" "));
}

static bool is(const things *it, const char *command)
{
    return weft_text_equal_z(it->command, command);
}

static void parse(things *it, weft_text line)
{
    __builtin_memcpy(it->words, line.at, line.length);
    it->argument = weft_text_of(it->words, line.length);
    weft_text_next(&it->argument, ' ', &it->command);
    it->number = 0;
    weft_text_to_u64(it->argument, &it->number);
    it->done = 0;
    it->error = WEFT_OK;
    it->text = (weft_text){NULL, 0};
}

static weft_text told(things *it)
{
    weft_text to = {(char *)it->bytes, 0};
    add_number(&to, it->options.keep_alive == 1);
    add_number(&to, it->options.keep_alive_idle / WEFT_MILLISECONDS(1));
    add_number(&to, it->options.keep_alive_interval / WEFT_MILLISECONDS(1));
    add_number(&to, it->options.keep_alive_count);
    add_number(&to, it->options.hop_limit);
    add_number(&to, it->options.receive_buffer);
    add_number(&to, it->options.send_buffer);
    return to;
}

static weft_error addresses_of(things *it)
{
    weft_text rest = it->argument, part;
    weft_error error = WEFT_OK;
    for (it->count = 0; !error && weft_text_next(&rest, ' ', &part); it->count++)
        error = weft_text_to_address(part, &it->addresses[it->count]);
    return error;
}

// So many addresses, of two texts: the last is the second.
static weft_error many_addresses_of(things *it)
{
    weft_text number;
    uint64_t count;
    weft_text_next(&it->argument, ' ', &number);
    weft_error error = weft_text_to_u64(number, &count);
    if (error || (error = addresses_of(it)))
        return error;
    it->count = (size_t)count;
    it->addresses[count - 1] = it->addresses[1];
    for (size_t i = 1; i < count - 1; i++)
        it->addresses[i] = it->addresses[0];
    return WEFT_OK;
}

static weft_text listed(things *it)
{
    weft_text to = {(char *)it->bytes, 0};
    for (size_t i = 0; i < it->names.count; i++) {
        add(&to, weft_address_text(&it->names.addresses[i], it->room));
        add(&to, WEFT_TEXT(" "));
    }
    return to;
}

// What waits for nothing; false if it is something else.
static bool at_once(things *it)
{
    bool of_address = is(it, "peer") || is(it, "own");
    if (is(it, "peer")) {
        it->error = weft_connection_peer(&it->conn, &it->address);
    } else if (is(it, "own")) {
        it->error = weft_connection_own(&it->conn, &it->address);
    } else if (is(it, "close")) {
        weft_names_close(&it->names);
        weft_connection_close(&it->conn);
    } else if (is(it, "written")) {
        it->done = it->written;
    } else if (is(it, "close-in")) {
        weft_bytes_close_reader(&it->conn.in);
    } else if (is(it, "close-out")) {
        weft_bytes_close_writer(&it->conn.out);
    } else if (is(it, "put")) {
        it->error = weft_outbox_put(&it->box, it->argument);
        it->done = it->box.waiting;
    } else if (is(it, "put-number")) {
        it->error = weft_outbox_format(&it->box, "<%llu>\n", (unsigned long long)it->number);
        it->done = it->box.waiting;
    } else if (is(it, "put-bytes")) { // so many
        for (size_t i = 0; i < sizeof it->bytes; i++)
            it->bytes[i] = (uint8_t)(i % 251);
        it->error = weft_outbox_put(&it->box, weft_text_of(it->bytes, (size_t)it->number));
        it->done = it->box.waiting;
    } else if (is(it, "set")) {
        it->error = weft_connection_set(&it->conn, .keep_alive = 1, .keep_alive_idle = WEFT_SECONDS(30),
                                        .keep_alive_interval = WEFT_SECONDS(5), .keep_alive_count = 4,
                                        .hop_limit = 9, .receive_buffer = 100000, .send_buffer = 50000);
    } else if (is(it, "hand-over")) { // to other bindings, and back
        int32_t socket = weft_connection_hand_on(&it->conn);
        if (weft_connection_peer(&it->conn, &it->address) != WEFT_ESTATE)
            it->error = WEFT_EINVAL;
        weft_connection_close(&it->conn);
        it->conn = weft_connection_of(socket);
    } else if (is(it, "listen")) {
        it->error = weft_text_to_z(it->argument, it->where, sizeof it->where);
        it->error = it->error ? it->error : weft_tcp_listen(&it->listener, it->where);
        it->error = it->error ? it->error : weft_listener_address(&it->listener, &it->address);
    } else if (is(it, "unlisten")) {
        weft_listener_close(&it->listener);
    } else if (is(it, "udp-bind")) {
        it->error = weft_text_to_z(it->argument, it->where, sizeof it->where);
        it->error = it->error ? it->error : weft_udp_bind(&it->udp, it->where, .hop_limit = 5);
    } else if (is(it, "udp-connect")) {
        it->error = weft_text_to_address(it->argument, &it->address);
        it->error = it->error ? it->error : weft_udp_connect(&it->udp, &it->address);
    } else if (is(it, "udp-disconnect")) {
        it->error = weft_udp_connect(&it->udp, NULL);
    } else if (is(it, "udp-own")) {
        it->error = weft_udp_own(&it->udp, &it->address);
    } else if (is(it, "udp-peer")) {
        it->error = weft_udp_peer(&it->udp, &it->address);
    } else if (is(it, "udp-close")) {
        weft_udp_close(&it->udp);
        weft_datagram_close(&it->datagram);
    } else if (is(it, "udp-hand-over")) {
        int32_t socket = weft_udp_hand_on(&it->udp);
        weft_udp_close(&it->udp);
        it->udp = weft_udp_of(socket);
    } else if (is(it, "udp-options")) {
        it->error = weft_udp_set(&it->udp, .hop_limit = 9, .receive_buffer = 100000, .send_buffer = 50000);
        it->error = it->error ? it->error : weft_udp_options_of(&it->udp, &it->udp_options);
        it->options = (weft_tcp_options){.hop_limit = it->udp_options.hop_limit,
                                         .receive_buffer = it->udp_options.receive_buffer,
                                         .send_buffer = it->udp_options.send_buffer};
        it->text = told(it);
    } else if (is(it, "get")) {
        it->error = weft_connection_options(&it->conn, &it->options);
        it->text = it->error ? it->text : told(it);
    } else {
        return false;
    }
    of_address = of_address || is(it, "listen") || is(it, "udp-own") || is(it, "udp-peer");
    if (of_address && !it->error)
        it->text = weft_address_text(&it->address, it->room);
    return true;
}

typedef struct {
    weft_coro co;
    things *it;
} doing;

WEFT_ASYNC(doing)
{
    things *it = self->it;
    WEFT_BEGIN;
    if (at_once(it)) {
    } else if (is(it, "box")) { // with that limit
        weft_outbox_open(co, &it->box, &it->conn.out, (size_t)it->number);
    } else if (is(it, "drain-box")) {
        WEFT_TRY(&it->box, weft_outbox_drain(co, &it->box, (size_t)it->number));
        it->done = it->box.waiting;
    } else if (is(it, "put-thrice")) { // without a wait between: how much the last write had
        for (int i = 0; i < 3; i++)
            weft_outbox_put(&it->box, it->argument);
        WEFT_TRY(&it->box, weft_outbox_drain(co, &it->box, 0));
        it->done = it->conn.out.count;
    } else if (is(it, "close-box")) {
        WEFT_TRY(&it->box, weft_outbox_close(co, &it->box));
    } else if (is(it, "connect")) {
        it->error = weft_text_to_address(it->argument, &it->address);
        if (!it->error)
            WEFT_TRY(&it->conn, weft_tcp_connect_to(co, &it->conn, &it->address));
    } else if (is(it, "connect-name")) {
        it->error = weft_text_to_z(it->argument, it->where, sizeof it->where);
        WEFT_TRY(&it->conn, weft_tcp_connect(co, &it->conn, it->where, .socket.hop_limit = 8));
    } else if (is(it, "accept")) {
        WEFT_TRY(&it->conn, weft_accept(co, &it->listener, &it->conn));
    } else if (is(it, "connect-any") || is(it, "connect-many")) {
        it->error = is(it, "connect-any") ? addresses_of(it) : many_addresses_of(it);
        WEFT_TRY(&it->conn, weft_tcp_connect_any(co, &it->conn, it->addresses, it->count));
    } else if (is(it, "resolve")) {
        WEFT_TRY(&it->names, weft_resolve(co, &it->names, it->argument, 7));
        it->done = it->names.count;
        it->text = listed(it);
    } else if (is(it, "write")) { // that text
        WEFT_AWAIT(weft_write(co, &it->conn.out, it->argument));
        it->done = it->conn.out.count;
        it->error = it->conn.out.error;
    } else if (is(it, "pour")) { // so many bytes
        while (it->done < it->number && !it->error) {
            for (size_t i = 0; i < sizeof it->bytes; i++)
                it->bytes[i] = (uint8_t)((it->done + i) % 251);
            uint64_t left = it->number - it->done;
            it->is_writing = true;
            WEFT_AWAIT(weft_bytes_write_all(co, &it->conn.out, it->bytes,
                                            left < sizeof it->bytes ? (size_t)left : sizeof it->bytes));
            it->done += it->conn.out.count;
            it->is_writing = false;
            it->written += it->conn.out.count;
            it->error = it->conn.out.error;
        }
    } else if (is(it, "read")) { // once, some text
        WEFT_AWAIT(weft_bytes_read(co, &it->conn.in, it->bytes, 100));
        it->done = it->conn.in.count;
        it->error = it->conn.in.error;
        it->text = weft_text_of(it->bytes, it->conn.in.count);
    } else if (is(it, "drain")) { // all, as `pour` has it
        do {
            WEFT_AWAIT(weft_bytes_read(co, &it->conn.in, it->bytes, sizeof it->bytes));
            for (size_t i = 0; i < it->conn.in.count; i++)
                if (it->bytes[i] != (it->done + i) % 251)
                    it->text = WEFT_TEXT("other bytes");
            it->done += it->conn.in.count;
        } while (it->conn.in.count);
        it->error = it->conn.in.error;
    } else if (is(it, "udp-send")) { // that text
        WEFT_TRY(&it->udp, weft_udp_send(co, &it->udp, (const uint8_t *)it->argument.at, it->argument.length));
    } else if (is(it, "udp-send-to")) {
        weft_text address;
        weft_text_next(&it->argument, ' ', &address);
        it->error = weft_text_to_address(address, &it->address);
        WEFT_TRY(&it->udp, weft_udp_send_to(co, &it->udp, (const uint8_t *)it->argument.at, it->argument.length,
                                            &it->address));
    } else if (is(it, "udp-send-many")) {
        for (size_t i = 0; i < it->number; i++)
            it->bytes[i] = (uint8_t)(i % 251);
        WEFT_TRY(&it->udp, weft_udp_send_to(co, &it->udp, it->bytes, (size_t)it->number, &it->address));
    } else if (is(it, "udp-receive")) {
        WEFT_TRY(&it->datagram, weft_udp_receive(co, &it->udp, &it->datagram));
        weft_text to = {(char *)it->bytes, 0};
        add(&to, weft_address_text(&it->datagram.from, it->room));
        add(&to, WEFT_TEXT(" "));
        add(&to, weft_text_of(it->datagram.bytes, it->datagram.length < 100 ? it->datagram.length : 100));
        it->done = it->datagram.length;
        it->text = to;
    } else if (is(it, "finish")) {
        WEFT_AWAIT(weft_bytes_finish(co, &it->conn.out));
        it->error = it->conn.out.error;
    } else {
        it->text = WEFT_TEXT("what?");
    }
    WEFT_FINALLY;
    if (it->is_writing)
        it->written += it->conn.out.count;
    it->is_writing = false;
    if (weft_failure(co))
        it->error = (weft_error)weft_failure(co);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    things it;
    doing doing;
    weft_scope scope;
    weft_child child;
    weft_lines lines;
    char answer[65536];
    uint8_t line[512];
} script;

static weft_text answer(script *self)
{
    things *it = &self->it;
    weft_text to = {self->answer, 0};
    add_number(&to, it->done);
    add(&to, weft_text_z(weft_error_name(it->error)));
    add(&to, WEFT_TEXT(" "));
    add(&to, it->text);
    add(&to, WEFT_TEXT("\n"));
    return to;
}

static void look(things *it)
{
    weft_text to = {(char *)it->bytes, 0};
    add_number(&to, next_handle());
    it->text = to;
    it->done = allocated;
}

WEFT_ASYNC(script)
{
    things *it = &self->it;
    WEFT_BEGIN;
    weft_bytes_lines(&self->lines, weft_stdin(), self->line, sizeof self->line, WEFT_LINES_CUT);
    for (;;) {
        WEFT_TRY(weft_stdin(), weft_line_next(co, &self->lines));
        if (!self->lines.is)
            WEFT_FINISH;
        weft_text line = weft_text_of(self->lines.line, self->lines.length);
        bool begins = weft_text_starts(line, WEFT_TEXT("& "));
        if (weft_text_equal_z(line, "cancel")) {
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
        } else if (weft_text_starts(line, WEFT_TEXT("fail "))) {
            parse(it, line);
            failing = it->number;
        } else if (weft_text_equal_z(line, "waiting")) {
            parse(it, line);
            it->done = it->box.waiting;
        } else if (weft_text_equal_z(line, "left")) {
            parse(it, line);
            look(it);
        } else if (begins) {
            parse(it, weft_text_slice(line, 2, line.length));
            WEFT_SPAWN(doing, &self->doing, &self->scope, &self->child, .it = it);
        } else {
            parse(it, line);
            WEFT_CALL(doing, &self->doing, .it = it);
        }
        WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), answer(self)));
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(weft_outbox_close(co, &it->box));
    weft_connection_close(&it->conn);
    weft_connection_close(&it->conn);
    weft_listener_close(&it->listener);
    weft_names_close(&it->names);
    weft_datagram_close(&it->datagram);
    weft_udp_close(&it->udp);
    WEFT_END;
}
WEFT_COMMAND(script);
