// Asks for the addresses of many names at once; or, with -t, many servers for the time, by SNTP (RFC 4330).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,inherit-network,allow-ip-name-lookup -W component-model-async ask.wasm example.org
//     wasmtime run ... --env TRIES=2 ask.wasm -t time.example.org 192.0.2.1:1230
//
// Settings: LIMIT, so many at a time; TRIES; TIMEOUT of each; PAUSE, about so long behind the first, and twice
// as long behind each more. Answers are printed as they come.
#include <weft/wasi.h>

enum { PACKET = 48, PORT = 123 };

typedef struct {
    weft_coro co;
    bool time;
    uint32_t tries;
    uint64_t timeout, pause; // ns
    size_t at;               // of the names among the arguments
    weft_scope scope;
    bool failed;
} ask;

// One try.
typedef struct {
    weft_coro co;
    struct asking *of;
    const weft_address *address;
    weft_udp udp;
    uint8_t question[PACKET];
    weft_datagram answer;
    int64_t sent, offset, delay; // ns, the first since 1970
    uint64_t since;              // of the clock that does not jump
} attempt;

typedef struct asking {
    weft_coro co;
    ask *of;
    weft_text name;
    weft_names names;
    attempt attempt;
    weft_deadline deadline;
    weft_timer timer;
    uint32_t tried;
    weft_error error;
    size_t at; // of the addresses
} asking;

// Names are resolved once; then each try asks the next address.
static weft_poll resolve(weft_coro *co, asking *it)
{
    weft_address address;
    weft_text host = it->name;
    uint16_t port = PORT;
    if (it->of->time && weft_text_to_ip(host, &address))
        (void)weft_text_to_host(it->name, &host, &port); // else it has no port
    return weft_resolve(co, &it->names, host, port);
}

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// In ns since 1970, until 2106: SNTP counts from 1900, and again from 2036.
static int64_t time_at(const uint8_t *bytes)
{
    uint32_t seconds = word_at(bytes) - 2208988800;
    return (int64_t)seconds * 1000000000 + (int64_t)((uint64_t)word_at(bytes + 4) * 1000000000 >> 32);
}

static void write_question(attempt *self)
{
    self->question[0] = 4 << 3 | 3;            // the version, and that it is a question
    weft_random_bytes(self->question + 40, 8); // where our time would be: nobody can guess what is sent back
    self->since = weft_now(&weft_host_clock);  // before it is sent, so that the delay covers all of the error
    weft_instant now = weft_instant_now();
    self->sent = now.seconds * 1000000000 + now.nanoseconds;
}

// True for the answer; false for all else that may come.
static bool is_answer(attempt *self)
{
    const weft_datagram *answer = &self->answer;
    if (answer->length < PACKET || !weft_address_equal(&answer->from, self->address) ||
        (answer->bytes[0] & 7) != 4 || __builtin_memcmp(answer->bytes + 24, self->question + 40, 8))
        return false;
    int64_t came = self->sent + (int64_t)(weft_now(&weft_host_clock) - self->since);
    int64_t received = time_at(answer->bytes + 32), answered = time_at(answer->bytes + 40);
    self->offset = ((received - self->sent) + (answered - came)) / 2;
    self->delay = (came - self->sent) - (answered - received);
    return true;
}

WEFT_ASYNC(attempt)
{
    weft_names *names = &self->of->names;
    WEFT_BEGIN;
    if (!names->count)
        WEFT_TRY(names, resolve(co, self->of));
    if (!self->of->of->time)
        WEFT_FINISH;
    self->address = &names->addresses[self->of->tried % names->count];
    write_question(self);
    WEFT_TRY(&self->udp, weft_udp_send_to(co, &self->udp, self->question, PACKET, self->address));
    do {
        WEFT_TRY(&self->answer, weft_udp_receive(co, &self->udp, &self->answer));
    } while (!is_answer(self));
    if (self->answer.bytes[0] >> 6 == 3 || !self->answer.bytes[1]) // it has no time, or none for us
        WEFT_FAIL(WEFT_EDENIED);
    WEFT_FINALLY;
    weft_datagram_close(&self->answer);
    weft_udp_close(&self->udp);
    WEFT_END;
}

WEFT_ASYNC(asking)
{
    ask *of = self->of;
    attempt *last = &self->attempt;
    char room[WEFT_ADDRESS_ROOM];
    weft_text ip;
    WEFT_BEGIN;
    for (;;) {
        WEFT_CALL_WITHIN(attempt, last, &self->deadline, &weft_host_clock, of->timeout, .of = self);
        self->error = self->deadline.expired ? WEFT_ETIMEDOUT : (weft_error)weft_failure(&last->co);
        bool may_pass =
            self->error == WEFT_ETIMEDOUT || self->error == WEFT_EAGAINNAME || self->error == WEFT_EHOSTUNREACH;
        if (!may_pass || ++self->tried == of->tries)
            break;
        uint64_t pause = of->pause << (self->tried - 1);
        pause = pause / 2 + weft_insecure_below(pause + 1); // so that not all ask again at once
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, pause));
    }
    if (self->error) {
        of->failed = true;
        WEFT_AWAIT(
            weft_eprintf(co, "ask: %.*s: %s\n", WEFT_TEXT_ARGUMENTS(self->name), weft_error_text(self->error)));
    } else if (of->time) {
        ip = weft_ip_text(last->address, room);
        WEFT_AWAIT(weft_printf(co, "%.*s %.*s offset %+lld us, delay %lld us\n",
                               WEFT_TEXT_ARGUMENTS(self->name), WEFT_TEXT_ARGUMENTS(ip),
                               (long long)last->offset / 1000, (long long)last->delay / 1000));
    } else {
        for (; self->at < self->names.count; self->at++) {
            ip = weft_ip_text(&self->names.addresses[self->at], room);
            WEFT_AWAIT(
                weft_printf(co, "%.*s %.*s\n", WEFT_TEXT_ARGUMENTS(self->name), WEFT_TEXT_ARGUMENTS(ip)));
        }
    }
    WEFT_FINALLY;
    weft_names_close(&self->names);
    WEFT_END;
}

// ---- All of them ----

WEFT_ASYNC(ask)
{
    weft_settings settings = {0};
    WEFT_BEGIN;
    self->scope.limit = (uint32_t)weft_setting_integer(&settings, "LIMIT", 16, 1, 1000);
    self->tries = (uint32_t)weft_setting_integer(&settings, "TRIES", 4, 1, 10);
    self->timeout = weft_setting_duration(&settings, "TIMEOUT", WEFT_SECONDS(1));
    self->pause = weft_setting_duration(&settings, "PAUSE", WEFT_MILLISECONDS(250));
    self->time = weft_text_equal_z(weft_argument(1), "-t");
    self->at = self->time ? 2 : 1;
    if (settings.error || self->at >= weft_argument_count()) {
        WEFT_AWAIT(
            weft_eprintf(co, "ask: %s\n", settings.error ? settings.message : "usage: ask [-t] NAME..."));
        WEFT_FAIL(1);
    }
    for (; self->at < weft_argument_count(); self->at++) {
        WEFT_AWAIT_ROOM(&self->scope);
        asking *one = WEFT_SPAWN_NEW(asking, &self->scope, .of = self, .name = weft_argument(self->at));
        if (!one)
            WEFT_FAIL(WEFT_ENOMEM);
        weft_detach(weft_child_of(one));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    if (weft_stdout()->error)
        WEFT_FAIL(weft_stdout()->error);
    if (self->failed)
        WEFT_FAIL(1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(ask);
