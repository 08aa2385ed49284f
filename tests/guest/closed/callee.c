// Closes the writers of futures where nobody can wait.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

static uint32_t made; // and not given up

static void drop_text(callee_string_t *text, bool moved)
{
    (void)moved;
    made -= text->len == 4;
    callee_string_free(text);
}

static void make_text(callee_string_t *text, void *data)
{
    made++;
    callee_string_dup(text, data);
}

WEFT_FUTURE(number, exports_weft_closed_peer_future_u32, uint32_t);
WEFT_FUTURE_MADE(text, exports_weft_closed_peer_future_string, callee_string_t, drop_text, make_text);

struct exports_weft_closed_peer_promise_t {
    uint32_t number;
    number_writer out;
};

exports_weft_closed_peer_own_promise_t exports_weft_closed_peer_constructor_promise(uint32_t number)
{
    exports_weft_closed_peer_promise_t *it = weft_alloc(sizeof *it);
    *it = (exports_weft_closed_peer_promise_t){.number = number};
    return exports_weft_closed_peer_promise_new(it);
}

exports_weft_closed_peer_future_u32_t
exports_weft_closed_peer_method_promise_answer(exports_weft_closed_peer_borrow_promise_t self)
{
    return number_new(&self->out, self->number);
}

void exports_weft_closed_peer_promise_destructor(exports_weft_closed_peer_promise_t *it)
{
    EXPECT(number_close_writer(NULL, &it->out), true);
    EXPECT(number_close_writer(NULL, &it->out), true); // is closed
    weft_free(it, sizeof *it);
}

exports_weft_closed_peer_future_u32_t exports_weft_closed_peer_give(uint32_t number)
{
    number_writer out;
    exports_weft_closed_peer_future_u32_t in = number_new(&out, number);
    fail_at = 1;
    EXPECT(number_close_writer(NULL, &out), false); // there is no memory, and nothing is done
    EXPECT(number_close_writer(NULL, &out), true);
    return in;
}

typedef struct {
    weft_coro co;
    number_writer out;
} closer;

WEFT_ASYNC(closer)
{
    WEFT_BEGIN;
    WEFT_FINALLY;
    number_close_writer(co, &self->out);
    WEFT_END;
}

exports_weft_closed_peer_future_u32_t exports_weft_closed_peer_give_blocking(uint32_t number)
{
    closer frame = {0};
    exports_weft_closed_peer_future_u32_t in = number_new(&frame.out, number);
    EXPECT(weft_block_on(&frame.co, closer__step), WEFT_DONE);
    return in;
}

exports_weft_closed_peer_future_string_t exports_weft_closed_peer_give_made(void)
{
    text_writer out;
    exports_weft_closed_peer_future_string_t in = text_new(&out, "made");
    EXPECT(made, 0);
    EXPECT(text_close_writer(NULL, &out), true);
    EXPECT(made, 1);
    return in;
}

typedef struct {
    weft_coro co;
    text_writer out;
    callee_string_t text;
} giver;

static weft_stepped made_late_run(weft_coro *co)
{
    giver *self = weft_frame(co, giver);
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_closed_peer_give_made_late, text_new(&self->out, "made"));
    callee_string_dup(&self->text, "written");
    text_start_write(co, &self->out, self->text);
    weft_stop_blocking(&self->out);
    WEFT_FINALLY;
    EXPECT(text_close_writer(co, &self->out), true);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_closed_peer_give_made_late, giver, made_late_run, (void), );

static weft_stepped written_run(weft_coro *co)
{
    giver *self = weft_frame(co, giver);
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_closed_peer_give_written, text_new(&self->out, "made"));
    callee_string_dup(&self->text, "written");
    WEFT_AWAIT(text_write(co, &self->out, self->text));
    WEFT_FINALLY;
    EXPECT(text_close_writer(co, &self->out), true);
    EXPECT(made, 0);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_closed_peer_give_written, giver, written_run, (void), );

typedef struct {
    weft_coro co;
} touch;

WEFT_ASYNC(touch)
{
    WEFT_BEGIN;
    WEFT_RETURN_VOID(co, exports_weft_closed_peer_touch);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_closed_peer_touch, touch, (void));

// An expectation that failed is told as bytes that are left.
uint32_t exports_weft_closed_peer_left(void)
{
    return check_text[0] ? 99999 : live_bytes + (made << 16);
}

uint64_t exports_weft_closed_peer_probe(void)
{
    weft_trim();
    return probe();
}
