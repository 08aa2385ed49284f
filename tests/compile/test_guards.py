# What goes wrong with coroutine macros is refused, or warned about, at compile time; each beside a twin that is right.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A guard is two texts for the same place, in one source around it. The right one has to compile with the same flags, so
# that the wrong one is refused for what is wrong in it, which the compiler's words must say, too.

import re
from dataclasses import dataclass

import pytest
from build.test_compile import C_COMPILERS, WARNINGS, to_object
from limits import limited
from paths import ROOT
from soak import much

# TYPES, BODY and FINALLY are where the texts go.
SOURCE = """
#include "bindings.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, w_stream_u32, uint32_t);
WEFT_FUTURE(number, w_future_u32, uint32_t);

WEFT_ONESHOT(reply, uint32_t);
WEFT_BROADCAST(news, uint32_t, 2);

typedef struct { weft_coro co; } other;
void use(uint32_t number);
void forget(int *number);
weft_step other_run, frame_run;

typedef struct { weft_coro co; uint8_t small; uint32_t x; weft_op *op; } callee;

WEFT_ASYNC(callee)
{
    WEFT_BEGIN;
    WEFT_END;
}

WEFT_STREAM(texts, w_stream_string, w_string_t);
WEFT_FLOW(numbers, uint32_t);
WEFT_FLOW(texts, w_string_t);
typedef struct { numbers_feed feed; } feeder;

WEFT_ASYNC_FEED(numbers, feeder)
{
    WEFT_BEGIN;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t x;
    uint32_t items[4];
    callee it;
    feeder feeder;
    weft_scope scope;
    weft_child handle;
    weft_deadline deadline;
    weft_embedded embedded;
    weft_clock *clock;
    other child;
    numbers_reader in;
    numbers_writer out;
    number_reader one;
    number_writer of_one;
    weft_subtask call;
    weft_any any;
    weft_op *ops[1];
    weft_case cases[2];
    weft_once once;
    weft_attempt attempt;
    weft_condition condition;
    weft_permit permit;
    reply reply;
    news news;
    news_subscriber subscriber;
} frame;

TYPES

weft_stepped frame_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    use(self->x);
    BODY
    WEFT_FINALLY;
    FINALLY
    WEFT_END;
}
"""


@dataclass
class Guard:
    """Two texts for `place`, and what gcc and clang (and zig, which is clang) say of the wrong one; None: nothing."""

    right: str
    wrong: str
    gcc: str | None
    clang: str | None
    place: str = "BODY"


YIELD = "WEFT_AWAIT(weft_yield(co));"
UNUSED = Guard("", "", r"ignoring return value .*warn_unused_result", r"ignoring return value .*warn_unused_result")


def unused(call):
    return Guard(f"WEFT_AWAIT({call});", f"{call};", UNUSED.gcc, UNUSED.clang)


# An async function of a file's, which is used: gcc looks at no other.
ASYNC = (
    "typedef struct { weft_coro co; uint32_t x; } one;\nWEFT_ASYNC(one)\n{\nWEFT_BEGIN;\nBODY_OF\nWEFT_END;\n}\n"
    "weft_step *the_one = one__step;"
)
# Of weft/wasi.h.
SERVER = """#include <weft/wasi.h>
typedef struct { weft_coro co; TYPE conn; } talker;
WEFT_ASYNC(talker) { WEFT_BEGIN; WEFT_END; }
weft_poll serves(weft_coro *co, weft_tcp_server *it);
weft_poll serves(weft_coro *co, weft_tcp_server *it) { return weft_tcp_serve(co, it, NULL, talker); }
"""
# Each start of an async function, and where its frame, or its type, stands.
STARTS = {
    "call": "WEFT_CALL(TYPE, FRAME FIELDS);",
    "try_call": "WEFT_TRY_CALL(TYPE, FRAME FIELDS);",
    "once": "WEFT_ONCE(TYPE, FRAME, &self->attempt, &self->once FIELDS);",
    "try_once": "WEFT_TRY_ONCE(TYPE, FRAME, &self->attempt, &self->once FIELDS);",
    "call_within": "WEFT_CALL_WITHIN(TYPE, FRAME, &self->deadline, self->clock, 5 FIELDS);",
    "call_until": "WEFT_CALL_UNTIL(TYPE, FRAME, &self->deadline, self->clock, 5 FIELDS);",
    "spawn": "WEFT_SPAWN(TYPE, FRAME, &self->scope, &self->handle FIELDS);",
    "block_on": "use(WEFT_BLOCK_ON(TYPE, FRAME FIELDS));",
    "embedded": "WEFT_EMBEDDED_START(TYPE, FRAME, &self->embedded FIELDS);",
    "spawn_new": "if (WEFT_SPAWN_NEW(TYPE, &self->scope FIELDS)) use(1);",
    "task_spawn": "if (WEFT_TASK_SPAWN(TYPE, WEFT_CANCEL_TOO FIELDS)) use(1);",
}


def start(name, type="callee", frame="&self->it", fields=", .x = 1"):
    return STARTS[name].replace("TYPE", type).replace("FRAME", frame).replace(" FIELDS", fields)


def starts(name, gcc, clang, **wrong):
    """A guard for each start that is wrong in this way, or of frames only."""
    some = {it: text for it, text in STARTS.items() if "frame" not in wrong or "FRAME" in text}
    return {f"{name}_in_{it}": Guard(start(it), start(it, **wrong), gcc, clang) for it in some}



def select(*waits):
    return f"WEFT_AWAIT(weft_select(co, self->cases, {', '.join(waits)}));"


TYPED = {
    **starts("frame_of_another_type", "the frame is no callee: give a pointer to one", "the frame is no callee: give a pointer to one", frame="&self->child"),
    **starts("no_async_function", "other__WEFT_ASYNC_is_missing_above", "other__WEFT_ASYNC_is_missing_above", type="other"),
    **starts("unknown_field", "has no member named 'y'", "no member named 'y'", fields=", .y = 1"),
    "frame_itself": Guard(start("call"), start("call", frame="self->it"), "invalid type argument of unary", "indirection requires pointer operand"),
    "frame_of_no_type": Guard(start("call"), start("call", frame="(void *)&self->it"), "the frame is no callee: give a pointer to one|dereferencing 'void", "the frame is no callee: give a pointer to one"),
    "field_of_another_type": Guard(
        start("call", fields=", .op = &self->in.op"), start("call", fields=", .op = &self->in"),
        "incompatible pointer type", "incompatible pointer types assigning",
    ),
    "field_of_a_number": Guard(start("call"), start("call", fields=", .op = 1"), "makes pointer from integer", "incompatible integer to pointer"),
    "field_too_small": Guard(
        start("call", fields=", .small = 255"), start("call", fields=", .small = 256"),
        "unsigned conversion from 'int' to 'uint8_t'.*changes value", "implicit conversion from 'int' to 'uint8_t'.*changes value",
    ),
    "value_without_a_name": Guard(start("call"), start("call", fields=", 1"), "expected '\\)' before numeric constant", "expected '\\)'"),
    "more_cases_than_room": Guard(
        select("weft_await(of, &self->in)", "weft_never(of)"), select(*["weft_never(of)"] * 3),
        "with one for each wait of the select", "with one for each wait of the select",
    ),
    "broadcast_that_keeps_nothing": Guard(
        "WEFT_BROADCAST(none, uint32_t, 1);", "WEFT_BROADCAST(none, uint32_t, 0);",
        "a broadcast keeps at least one item", "a broadcast keeps at least one item", place="TYPES",
    ),
    "more_fields_than_16": Guard(
        start("call", fields=", .x = 1" * 16), start("call", fields=", .x = 1" * 17),
        "more than 16 fields are to be set", "more than 16 fields are to be set",
    ),
    "try_call_in_finaliser": Guard(
        start("call"), start("try_call"),
        "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY", "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY",
        place="FINALLY",
    ),
    "scope_and_handle_swapped": Guard(
        start("spawn"), "WEFT_SPAWN(callee, &self->it, &self->handle, &self->scope);",
        "incompatible pointer type", "incompatible pointer types",
    ),
    "feed_of_another_stream": Guard(
        "self->x = WEFT_FEED_SPAWN(numbers, feeder, &self->feeder, &self->scope, &self->handle);",
        "self->x = WEFT_FEED_SPAWN(texts, feeder, &self->feeder, &self->scope, &self->handle);",
        r"feeder is no feed of texts: define it by WEFT_ASYNC_FEED\(texts, feeder\)", r"feeder is no feed of texts: define it by WEFT_ASYNC_FEED\(texts, feeder\)",
    ),
    "new_feed_of_another_stream": Guard(
        "if (WEFT_FEED_NEW(numbers, feeder, &self->scope, &self->x)) use(1);",
        "if (WEFT_FEED_NEW(texts, feeder, &self->scope, &self->x)) use(1);",
        r"feeder is no feed of texts: define it by WEFT_ASYNC_FEED\(texts, feeder\)", r"feeder is no feed of texts: define it by WEFT_ASYNC_FEED\(texts, feeder\)",
    ),
    "feed_that_is_called": Guard(
        "self->x = WEFT_FEED_SPAWN(numbers, feeder, &self->feeder, &self->scope, &self->handle);",
        "WEFT_CALL(feeder, &self->feeder);",
        "has no member named 'co'", "no member named 'co'",
    ),
    "call_in_a_helper": Guard(
        "void plain(weft_coro *co, callee *it);\nvoid plain(weft_coro *co, callee *it) { (void)it; weft_cancel(co); }",
        "weft_stepped plain(weft_coro *co, callee *it);\n"
        "weft_stepped plain(weft_coro *co, callee *it) { WEFT_CALL(callee, it); return weft_step_end(co); }",
        "label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function' used but not defined",
        "use of undeclared label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function'",
        place="TYPES",
    ),
    "async_without_begin": Guard(
        ASYNC.replace("BODY_OF", YIELD), ASYNC.replace("BODY_OF", YIELD).replace("WEFT_BEGIN;", ""),
        "label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function' used but not defined",
        "use of undeclared label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function'",
        place="TYPES",
    ),
    "async_without_end": Guard(
        ASYNC.replace("BODY_OF", YIELD), ASYNC.replace("BODY_OF", YIELD).replace("WEFT_END;", ""),
        "label 'WEFT_END_is_missing' used but not defined",
        "use of undeclared label 'WEFT_END_is_missing'",
        place="TYPES",
    ),
    "async_that_drops_a_wait": Guard(
        ASYNC.replace("BODY_OF", YIELD), ASYNC.replace("BODY_OF", "weft_yield(co);"),
        UNUSED.gcc, UNUSED.clang, place="TYPES",
    ),
    "async_that_returns_a_wait": Guard(
        ASYNC.replace("BODY_OF", YIELD), ASYNC.replace("BODY_OF", "return weft_yield(co);"),
        "incompatible types when returning type 'weft_poll' but 'weft_stepped' was expected",
        "returning 'weft_poll'.* from a function with incompatible result type 'weft_stepped'", place="TYPES",
    ),
    "co_is_not_first": Guard(
        ASYNC.replace("BODY_OF", ""), ASYNC.replace("BODY_OF", "").replace("weft_coro co; uint32_t x;", "uint32_t x; weft_coro co;"),
        "the first member of a frame is `weft_coro co`", "the first member of a frame is `weft_coro co`", place="TYPES",
    ),
    "co_is_no_header": Guard(
        ASYNC.replace("BODY_OF", ""), ASYNC.replace("BODY_OF", "").replace("weft_coro co;", "uint32_t co;"),
        "the first member of a frame is `weft_coro co`", "the first member of a frame is `weft_coro co`", place="TYPES",
    ),
    "feed_is_not_first": Guard(
        "typedef struct { numbers_feed feed; uint32_t x; } one;\nWEFT_ASYNC_FEED(numbers, one) { WEFT_BEGIN; WEFT_END; }",
        "typedef struct { uint32_t x; numbers_feed feed; } one;\nWEFT_ASYNC_FEED(numbers, one) { WEFT_BEGIN; WEFT_END; }",
        "the first member of a frame is `numbers_feed feed`", "the first member of a frame is `numbers_feed feed`", place="TYPES",
    ),
    "frame_of_great_alignment": Guard(
        "typedef struct { weft_coro co; _Alignas(16) int x; } one;\nWEFT_ASYNC(one) { WEFT_BEGIN; WEFT_END; }",
        "typedef struct { weft_coro co; _Alignas(32) int x; } one;\nWEFT_ASYNC(one) { WEFT_BEGIN; WEFT_END; }",
        "the alignment of a frame is at most 16: point to what needs more", "the alignment of a frame is at most 16: point to what needs more", place="TYPES",
    ),
    "export_of_no_async_function": Guard(
        "WEFT_EXPORT(w, exports_double, callee, (uint32_t n), .x = n);",
        "WEFT_EXPORT(w, exports_double, other, (uint32_t n), .x = n);",
        "other__WEFT_ASYNC_is_missing_above", "other__WEFT_ASYNC_is_missing_above", place="TYPES",
    ),
    "export_of_an_unknown_field": Guard(
        "WEFT_EXPORT(w, exports_double, callee, (uint32_t n), .x = n);",
        "WEFT_EXPORT(w, exports_double, callee, (uint32_t n), .y = n);",
        "has no member named 'y'", "no member named 'y'", place="TYPES",
    ),
    "parameters_of_another_typed_export": Guard(
        "WEFT_EXPORT_OR(w, exports_print, callee, (w_string_t *text), exports_print_return(), .x = (uint32_t)text->len);",
        "WEFT_EXPORT_OR(w, exports_print, callee, (w_string_t text), exports_print_return(), .x = (uint32_t)text.len);",
        "conflicting types for 'exports_print'", "conflicting types for 'exports_print'", place="TYPES",
    ),
}
GUARDS = TYPED | {
    # Locals do not survive an await. gcc finds most of them, and only when it optimises.
    "local_across_await": Guard(
        f"uint32_t local = self->x; use(local); {YIELD}",
        f"uint32_t local = self->x; {YIELD} use(local);",
        "'local' may be used uninitialized",
        "variable 'local' may be uninitialized when used here.*Wconditional-uninitialized",
    ),
    "local_of_a_loop": Guard(
        f"for (self->x = 0; self->x < 3; self->x++) {{\n{YIELD}\n}}",
        f"for (uint32_t i = 0; i < 3; i++) {{\n{YIELD}\n}}",
        "'i' may be used uninitialized",
        "variable 'i' may be uninitialized when used here.*Wconditional-uninitialized",
    ),
    "local_in_a_switch": Guard(
        f"switch (self->x) {{ case 1: {{ uint32_t n = self->x; use(n);\n{YIELD} }} }}",
        f"switch (self->x) {{ case 1: {{ uint32_t n = self->x;\n{YIELD} use(n); }} }}",
        None,
        "variable 'n' may be uninitialized when used here.*Wconditional-uninitialized",
    ),
    # An attribute that acts at the end of a scope would act at each suspension. gcc lets it.
    "cleanup_across_await": Guard(
        f"{{ __attribute__((cleanup(forget))) int local = 1; use(self->x); }} {YIELD}",
        f"{{ __attribute__((cleanup(forget))) int local = 1; use(self->x); {YIELD} }}",
        None,
        "cannot jump from this indirect goto statement to one of its possible targets",
    ),
    "array_of_variable_length": Guard(
        f"{{ uint32_t many[4]; use(sizeof many); }} {YIELD}",
        f"{{ uint32_t many[self->x]; use(sizeof many); {YIELD} }}",
        "'saved_stack.*' may be used uninitialized",
        "cannot jump from this indirect goto statement to one of its possible targets",
    ),
    # The body is no loop and no switch of the library's.
    "stray_break": Guard(
        f"for (;;) {{ {YIELD} break; }}",
        f"{YIELD} break;",
        "break statement not within loop or switch",
        "'break' statement not in loop or switch statement",
    ),
    "stray_break_in_if": Guard(
        f"while (self->x) {{ if (self->x > 1) break; {YIELD} }}",
        f"if (self->x > 1) break; {YIELD}",
        "break statement not within loop or switch",
        "'break' statement not in loop or switch statement",
    ),
    "stray_break_in_finaliser": Guard(
        f"for (;;) {{ {YIELD} break; }}",
        f"{YIELD} break;",
        "break statement not within loop or switch",
        "'break' statement not in loop or switch statement",
        place="FINALLY",
    ),
    "stray_continue": Guard(
        f"while (self->x--) {{ if (self->x == 1) continue; {YIELD} }}",
        f"if (self->x == 1) continue; {YIELD}",
        "continue statement not within a loop",
        "'continue' statement not in loop statement",
    ),
    "stray_case": Guard(
        f"switch (self->x) {{ case 1: {YIELD} }}",
        f"case 1: {YIELD}",
        "case label not within a switch statement",
        "'case' statement not in switch statement",
    ),
    # One statement each; without their semicolon they are none.
    "if_else_without_braces": Guard(
        "if (self->x) WEFT_AWAIT(weft_yield(co));\nelse WEFT_FINISH;",
        "if (self->x) WEFT_AWAIT(weft_yield(co));;\nelse WEFT_FINISH;",
        "'else' without a previous 'if'",
        "expected expression",
    ),
    # A wait whose WEFT_AWAIT is missing.
    "ignored_yield": unused("weft_yield(co)"),
    "ignored_call": unused("weft_call(co, &self->child.co, other_run)"),
    "ignored_await": unused("weft_await(co, &self->in)"),
    "ignored_any": unused("weft_await_any(co, &self->any, self->ops, 1)"),
    "ignored_subtask": unused("weft_subtask_call(co, &self->call, imported(1, &self->x))"),
    "ignored_started": unused("weft_subtask_await_started(co, &self->call)"),
    "ignored_stream_read": unused("numbers_read(co, &self->in, self->items, 4)"),
    "ignored_stream_write": unused("numbers_write(co, &self->out, self->items, 4)"),
    "ignored_stream_write_all": unused("numbers_write_all(co, &self->out, self->items, 4)"),
    "ignored_future_read": unused("number_read(co, &self->one, &self->x)"),
    "ignored_future_write": unused("number_write(co, &self->of_one, 1)"),
    "ignored_condition": unused("weft_condition_wait(co, &self->condition, &self->permit)"),
    "ignored_oneshot": unused("reply_wait(co, &self->reply)"),
    "ignored_broadcast": unused("news_receive(co, &self->news, &self->subscriber)"),
    "ignored_once": unused("weft_once_begin(co, &self->once, &self->permit)"),
    "ignored_once_call": unused("weft_once_call(co, &self->attempt, &self->once, &self->child.co, other_run)"),
    "ignored_room": unused("weft_scope_room(co, &self->scope)"),
    "await_of_no_wait": Guard(
        "WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));",
        "WEFT_AWAIT(self->in.count);",
        "incompatible type for argument 1 of 'weft__pending'",
        "passing .* to parameter of incompatible type 'weft_poll'",
    ),
    "await_of_a_status": Guard(
        "WEFT_AWAIT(weft_subtask_call(co, &self->call, imported(1, &self->x)));",
        "WEFT_AWAIT(imported(1, &self->x));",
        "incompatible type for argument 1 of 'weft__pending'",
        "passing .* to parameter of incompatible type 'weft_poll'",
    ),
    "await_of_a_start": Guard(
        "numbers_start_read(co, &self->in, self->items, 4);",
        "WEFT_AWAIT(numbers_start_read(co, &self->in, self->items, 4));",
        "invalid use of void expression",
        "passing 'void' to parameter of incompatible type 'weft_poll'|argument type 'void' is incomplete",
    ),
    # Ways out.
    "return_a_wait": Guard(
        YIELD,
        "return weft_yield(co);",
        "incompatible types when returning type 'weft_poll' but 'weft_stepped' was expected",
        "returning 'weft_poll'.* from a function with incompatible result type 'weft_stepped'",
    ),
    "return_nothing": Guard(
        "if (self->x) WEFT_FINISH;",
        "if (self->x) return;",
        "'return' with no value, in function returning non-void",
        "non-void function 'frame_run' should return a value",
    ),
    "return_a_number": Guard(
        "if (self->x) WEFT_FAIL(1);",
        "if (self->x) return 1;",
        "incompatible types when returning type 'int' but 'weft_stepped'",
        "returning 'int' from a function with incompatible result type 'weft_stepped'",
    ),
    "finish_in_finaliser": Guard(
        "if (self->x) use(1);",
        "if (self->x) WEFT_FINISH;",
        "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY",
        "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY",
        place="FINALLY",
    ),
    "fail_in_finaliser": Guard(
        "if (self->x) use(1);",
        "if (self->x) WEFT_FAIL(1);",
        "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY",
        "WEFT_FINISH and WEFT_FAIL stand before WEFT_FINALLY",
        place="FINALLY",
    ),
    "two_finalisers": Guard(
        YIELD,
        "WEFT_FINALLY;",
        "duplicate label 'weft__finally'",
        "redefinition of label 'weft__finally'",
    ),
    "await_in_a_helper": Guard(
        "void plain(weft_coro *co);\nvoid plain(weft_coro *co) { weft_cancel(co); }",
        f"weft_stepped plain(weft_coro *co);\nweft_stepped plain(weft_coro *co) {{ {YIELD} return weft_step_end(co); }}",
        "label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function' used but not defined",
        "use of undeclared label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function'",
        place="TYPES",
    ),
    "no_begin": Guard(
        f"weft_step f;\nweft_stepped f(weft_coro *co)\n{{\nWEFT_BEGIN;\n{YIELD}\nWEFT_FINALLY;\nWEFT_END;\n}}",
        f"weft_step f;\nweft_stepped f(weft_coro *co)\n{{\n{YIELD}\nWEFT_FINALLY;\nWEFT_END;\n}}",
        "label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function' used but not defined",
        "use of undeclared label 'WEFT_BEGIN_is_missing_or_this_is_no_async_function'",
        place="TYPES",
    ),
    "no_end": Guard(
        f"weft_step f;\nweft_stepped f(weft_coro *co)\n{{\nWEFT_BEGIN;\n{YIELD}\nWEFT_END;\n}}",
        f"weft_step f;\nweft_stepped f(weft_coro *co)\n{{\nWEFT_BEGIN;\n{YIELD}\n}}",
        "label 'WEFT_END_is_missing' used but not defined",
        "use of undeclared label 'WEFT_END_is_missing'",
        place="TYPES",
    ),
    # Types.
    "payload_of_stream": Guard(
        "WEFT_STREAM(words, w_stream_string, w_string_t);",
        "WEFT_STREAM(words, w_stream_string, uint32_t);",
        "not the payload type of w_stream_string_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_stream_string_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "payload_sign": Guard(
        "WEFT_STREAM(more, w_stream_u32, uint32_t);",
        "WEFT_STREAM(more, w_stream_u32, int32_t);",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "payload_of_unit_stream": Guard(
        "WEFT_STREAM_UNIT(ticks, w_stream);",
        "WEFT_STREAM_UNIT(ticks, w_stream_u32);",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "payload_of_future": Guard(
        "WEFT_FUTURE(word, w_future_string, w_string_t);",
        "WEFT_FUTURE(word, w_future_string, uint32_t);",
        "not the payload type of w_future_string_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_future_string_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "payload_of_unit_future": Guard(
        "WEFT_FUTURE_UNIT(done, w_future);",
        "WEFT_FUTURE_UNIT(done, w_future_u32);",
        "not the payload type of w_future_u32_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_future_u32_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "future_for_stream": Guard(
        "WEFT_FUTURE(word, w_future_u32, uint32_t);",
        "WEFT_FUTURE(word, w_stream_u32, uint32_t);",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "stream_for_future": Guard(
        "WEFT_STREAM(words, w_stream_u32, uint32_t);",
        "WEFT_STREAM(words, w_future_u32, uint32_t);",
        "not the payload type of w_future_u32_read: take that of its pointer, or the macro of its kind",
        "not the payload type of w_future_u32_read: take that of its pointer, or the macro of its kind",
        place="TYPES",
    ),
    "drop_of_another_type": Guard(
        "void drop(w_string_t *text, bool moved);\nWEFT_STREAM_OWNED(words, w_stream_string, w_string_t, drop);",
        "void drop(uint32_t *text, bool moved);\nWEFT_STREAM_OWNED(words, w_stream_string, w_string_t, drop);",
        "incompatible pointer type",
        "incompatible pointer types",
        place="TYPES",
    ),
    "future_reader_in_stream_function": Guard(
        "WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));",
        "WEFT_AWAIT(numbers_read(co, &self->one, self->items, 4));",
        "incompatible pointer type",
        "incompatible pointer types passing 'number_reader",
    ),
    "writer_in_read": Guard(
        "WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));",
        "WEFT_AWAIT(numbers_read(co, &self->out, self->items, 4));",
        "incompatible pointer type",
        "incompatible pointer types passing 'numbers_writer",
    ),
    "buffer_of_another_type": Guard(
        "WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));",
        "static float wrong[4]; WEFT_AWAIT(numbers_read(co, &self->in, wrong, 4));",
        "incompatible pointer type",
        "incompatible pointer types passing 'float",
    ),
    "await_of_no_operation": Guard(
        "WEFT_AWAIT(weft_await(co, &self->in));",
        "WEFT_AWAIT(weft_await(co, &self->child));",
        "has no member named 'op'",
        "no member named 'op'",
    ),
    "await_of_a_question": Guard(
        "if (weft_resolved(&self->one)) WEFT_FINISH;",
        "WEFT_AWAIT(weft_resolved(&self->one));",
        "incompatible type for argument 1 of 'weft__pending'",
        "passing .* to parameter of incompatible type 'weft_poll'",
    ),
    # Only a root is checked: weft_frame cannot know what a frame is for, which may begin with another frame.
    "coro_is_not_first_in_a_root": Guard(
        "typedef struct { weft_coro co; uint32_t n; } root; weft_step root_run;\n"
        "WEFT_EXPORT_STEP(w, exports_double, root, root_run, (uint32_t n), self->n = n);",
        "typedef struct { uint32_t n; weft_coro co; } root; weft_step root_run;\n"
        "WEFT_EXPORT_STEP(w, exports_double, root, root_run, (uint32_t n), self->n = n);",
        "the first member of a frame is `weft_coro co`",
        "the first member of a frame is `weft_coro co`",
        place="TYPES",
    ),
    "value_of_another_type": Guard(
        "WEFT_RETURN(co, exports_double, self->x);",
        "WEFT_RETURN(co, exports_double, self->call);",
        "incompatible type for argument 1 of 'exports_double_return'",
        "passing 'weft_subtask'.* to parameter of incompatible type 'uint32_t'",
    ),
    "value_of_none": Guard(
        "WEFT_RETURN_VOID(co, exports_print);",
        "WEFT_RETURN(co, exports_print, 1);",
        "too many arguments to function 'exports_print_return'",
        "too many arguments to function call, expected 0",
    ),
    "parameters_of_another_export": Guard(
        "typedef struct { weft_coro co; uint32_t n; } root; weft_step root_run;\n"
        "WEFT_EXPORT_STEP(w, exports_double, root, root_run, (uint32_t n), self->n = n);",
        "typedef struct { weft_coro co; uint32_t n; } root; weft_step root_run;\n"
        "WEFT_EXPORT_STEP(w, exports_double, root, root_run, (float n), self->n = (uint32_t)n);",
        "conflicting types for 'exports_double'",
        "conflicting types for 'exports_double'",
        place="TYPES",
    ),
    "a server of another frame": Guard(
        SERVER.replace("TYPE", "weft_connection"),
        SERVER.replace("TYPE", "weft_udp"),
        "a frame of a TCP server has `weft_connection conn`",
        "a frame of a TCP server has `weft_connection conn`",
        place="TYPES",
    ),
}


@pytest.fixture
def compiles(need, tmp_path):
    """compiles(compiler, guard, text) compiles `text` in its place; the exit code and what the compiler said."""

    def check(compiler, guard, text, *options):
        command = C_COMPILERS[compiler]
        need(command[0])
        source = SOURCE
        for place in ("TYPES", "BODY", "FINALLY"):
            source = source.replace(f"    {place}\n", "\n" + (text if place == guard.place else "") + "\n")
            source = source.replace(f"\n{place}\n", "\n" + (text if place == guard.place else "") + "\n")
        path = tmp_path / "guard.c"
        path.write_text(source)
        flags = ["-std=c11", "-O2", *WARNINGS, f"-I{ROOT}/include", f"-I{ROOT}/tests/compile"]
        done = limited([*command, *flags, *options, *to_object(command), path], cwd=tmp_path)
        return done.returncode, done.stdout

    return check


# clang and zig are one front end, also for WebAssembly.
@pytest.mark.parametrize("compiler", much(C_COMPILERS, ["gcc", "zig-wasm"]))
@pytest.mark.parametrize("name", GUARDS)
def test_guard(compiles, name, compiler):
    guard = GUARDS[name]
    code, said = compiles(compiler, guard, guard.right)
    assert code == 0, said
    code, said = compiles(compiler, guard, guard.wrong)
    words = guard.gcc if compiler == "gcc" else guard.clang
    if words is None:
        assert code == 0, f"{compiler} finds this now: put its words into the table\n{said}"
    else:
        assert code != 0 and re.search(words, said.replace("‘", "'").replace("’", "'")), said
