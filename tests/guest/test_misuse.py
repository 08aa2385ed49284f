# Misuse: what Weft says first, and what the host would have said. The raw rows are those of ABI.md, section 3.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest


@pytest.fixture
def preset():
    """These need messages, or lists, that a release does not have."""
    return "debug"


TRAP = 134  # wasmtime's exit code for a message that starts with `wasm trap:`

EXPORT = "exports_weft_rules_subject_run"
CLOSED = "the end is closed, handed on, or never opened: use one that is open"
BUSY = "the end N has an operation in flight: await or stop that first"
DONE = "the future N was read or written already: make one for each value"
NOT_RUNNING = "the coroutine is not running: is WEFT_AWAIT missing, or is it not yours to suspend?"
CHILD_BUSY = "the child has not ended: wait for its end, or use another frame"
STRAY = "the coroutine ended by return, past its finaliser: use WEFT_FINISH"
BAD_EVENT = "the export was sent an event of an unknown or wrong kind: update Weft or the host"
ABANDONED = "the export ended with an operation in flight: await or stop it first"
LOCAL = "the binding is bound already, covered, or seen by a child: let the child end, and unbind last to first"
OTHER_EXPORT = "the export is not the one whose call runs here: return in a coroutine of its call"
AWAITED = "the operation N has a waiter already: let others wait for a weft_event"
STILL_IN_SCOPE = "the child has ended and is in its scope still: close the scope, or detach the child"
LIMIT = "the semaphore has another limit than when its permits were taken: change it while none is taken"
NOT_HELD = "the permit is not held: acquire it first"
SETTLED = "the value has come, or failed, already: look at settled.is_set before"
SLOT = "the slot is waited with already: give each wait its own"
NO_CASE = "the case has not waited itself: give it `of`; for a call, a yield or a select, join a spawned child"
OPEN_SCOPE = "the coroutine ended with an open scope in its frame: close it in the finaliser"
ON_STACK = "the memory is on the stack, which goes while the host uses it: keep it in the frame"
STOPPING = "the operation N is being stopped already: leave it to who does so"

# Each test of misuse/weft.c: the rule, and the line on standard error after `weft: `. N is a handle.
WEFT = {
    "closed_read": ("closed", f"numbers_read: {CLOSED}"),
    "closed_write": ("closed", f"numbers_write: {CLOSED}"),
    "closed_write_all": ("closed", f"numbers_write_all: {CLOSED}"),
    "closed_read_handed_on": ("closed", f"numbers_read: {CLOSED}"),
    "closed_hand_on": ("closed", f"numbers_hand_on: {CLOSED}"),
    "closed_future_read": ("closed", f"number_read: {CLOSED}"),
    "closed_future_write": ("closed", f"number_write: {CLOSED}"),
    "closed_future_hand_on": ("closed", f"number_hand_on: {CLOSED}"),
    "busy_read": ("busy", f"numbers_read: {BUSY}"),
    "busy_read_complete": ("busy", f"numbers_read: {BUSY}"),
    "busy_write": ("busy", f"numbers_write: {BUSY}"),
    "busy_write_all": ("busy", f"numbers_write_all: {BUSY}"),
    "busy_hand_on": ("busy", f"numbers_hand_on: {BUSY}"),
    "busy_close_reader": ("busy", f"numbers_close_reader: {BUSY}"),
    "busy_close_writer": ("busy", f"numbers_close_writer: {BUSY}"),
    "busy_future_read": ("busy", f"number_read: {BUSY}"),
    "busy_future_write": ("busy", f"number_write: {BUSY}"),
    "busy_future_hand_on": ("busy", f"number_hand_on: {BUSY}"),
    "busy_future_close_reader": ("busy", f"number_close_reader: {BUSY}"),
    "busy_future_close_writer": ("busy", f"number_close_writer: {BUSY}"),
    "future_done_read": ("future_done", f"number_read: {DONE}"),
    "future_done_write": ("future_done", f"number_write: {DONE}"),
    "future_done_hand_on": ("future_done", f"number_hand_on: {DONE}"),
    "other_gone_hand_on": (
        "other_gone",
        "numbers_hand_on: the end N has seen its other end go: it can only be closed",
    ),
    "call_busy_call": (
        "call_busy",
        "weft_subtask_start: the subtask N is still in flight: await or stop it before reuse",
    ),
    "awaited_in_any": ("awaited", f"weft_await_any: {AWAITED}"),
    "awaited_by_another": ("awaited", f"weft_await: {AWAITED}"),
    "stopping_stop": ("stopping", f"weft_stop_blocking: {STOPPING}"),
    "stopping_await": ("stopping", f"weft_await: {STOPPING}"),
    "stopping_any": ("stopping", f"weft_await_any: {STOPPING}"),
    "stopping_cancel": ("stopping", f"weft_stop_blocking: {STOPPING}"),
    "not_running_yield": ("not_running", f"weft_yield: {NOT_RUNNING}"),
    "not_running_call": ("not_running", f"weft_call: {NOT_RUNNING}"),
    "not_running_await": ("not_running", f"weft_await: {NOT_RUNNING}"),
    "not_running_any": ("not_running", f"weft_await_any: {NOT_RUNNING}"),
    "not_running_end": ("not_running", f"WEFT_END: {NOT_RUNNING}"),
    "not_running_other": ("not_running", f"weft_yield: {NOT_RUNNING}"),
    "not_running_spawn": ("not_running", f"weft_spawn: {NOT_RUNNING}"),
    "not_running_bind": ("not_running", f"weft_local_bind: {NOT_RUNNING}"),
    "child_busy_itself": ("child_busy", f"weft_call: {CHILD_BUSY}"),
    "child_busy_block_on": ("child_busy", f"weft_block_on: {CHILD_BUSY}"),
    "child_busy_spawn": ("child_busy", f"weft_spawn: {CHILD_BUSY}"),
    "child_busy_handle": ("still_in_scope", f"weft_spawn: {STILL_IN_SCOPE}"),
    "child_busy_typed": ("child_busy", f"weft_call: {CHILD_BUSY}"),
    "child_busy_typed_spawn": ("child_busy", f"weft_spawn: {CHILD_BUSY}"),
    "child_busy_typed_handle": ("still_in_scope", f"weft_spawn: {STILL_IN_SCOPE}"),
    "other_task_spawn": ("other_task", "weft_spawn: the scope has children of another task: use a scope for each"),
    "scope_full_spawn": (
        "scope_full",
        "weft_spawn: the scope has as many children as its limit: WEFT_AWAIT_ROOM(&scope) before a spawn",
    ),
    "stray_return_ready": ("stray_return", f"{EXPORT}: {STRAY}"),
    "stray_return_pending": ("stray_return", f"{EXPORT}: {STRAY}"),
    "stray_return_parked": ("stray_return", f"{EXPORT}: {STRAY}"),
    "stray_return_alone": ("stray_return", f"{EXPORT}: {STRAY}"),
    "stray_return_again": ("stray_return", f"{EXPORT}: {STRAY}"),
    "stray_return_await": ("stray_return", f"{EXPORT}: {STRAY}"),
    "not_started_cancel": ("not_started", "weft_cancel: the coroutine has not been started: call or spawn it first"),
    "not_started_join": ("not_started", "weft_join: the coroutine has not been started: call or spawn it first"),
    "local_in_use_twice": ("local_in_use", f"weft_local_bind: {LOCAL}"),
    "local_in_use_covered": ("local_in_use", f"weft_local_unbind: {LOCAL}"),
    "local_in_use_inherited": ("local_in_use", f"weft_local_unbind: {LOCAL}"),
    "still_bound_end": ("still_bound", f"{EXPORT}: the coroutine ended with a binding: unbind it in the finaliser; in C++ it is a weft::local"),
    "no_result_exit": ("no_result", f"{EXPORT}: the export ended without WEFT_RETURN: return a value on each way out"),
    "failed_result_exit": ("failed_result", f"{EXPORT}: the failure N ended the export without WEFT_RETURN: return a value that tells it"),
    "second_result_return": ("second_result", f"{EXPORT}: the export has returned already: ask weft_returned first"),
    "wrong_export_return": ("wrong_export", f"exports_weft_rules_subject_other: {OTHER_EXPORT}"),
    "wrong_export_block_on": ("wrong_export", f"{EXPORT}: {OTHER_EXPORT}"),
    "abandoned_read": ("abandoned", f"{EXPORT}: {ABANDONED}"),
    "abandoned_call": ("abandoned", f"{EXPORT}: {ABANDONED}"),
    "abandoned_block_on": ("abandoned", f"weft_block_on: {ABANDONED}"),
    "held_acquire": ("held", "weft_acquire: the permit is held already: release it first"),
    "not_held_wait": ("not_held", f"weft_condition_wait: {NOT_HELD}"),
    "not_held_done": ("not_held", f"weft_once_done: {NOT_HELD}"),
    "copied_permit": ("copied", "weft_release: the permit is a copy: release the one that was acquired"),
    "limit_changed_raise": ("limit_changed", f"weft_acquire: {LIMIT}"),
    "limit_changed_lower": ("limit_changed", f"weft_acquire: {LIMIT}"),
    "settled_complete": ("settled", f"answer_complete: {SETTLED}"),
    "settled_fail": ("settled", f"answer_fail: {SETTLED}"),
    "slot_busy_receive": ("slot_busy", f"letters_receive: {SLOT}"),
    "slot_busy_send": ("slot_busy", f"letters_send: {SLOT}"),
    "slot_busy_acquire": ("slot_busy", f"weft_acquire: {SLOT}"),
    "slot_busy_subscriber": ("slot_busy", f"news_receive: {SLOT}"),
    "slot_busy_subscribe": ("slot_busy", f"news_subscribe: {SLOT}"),
    "slot_busy_condition": ("slot_busy", f"weft_acquire: {SLOT}"),
    "slot_busy_select": ("slot_busy", f"weft_select: {SLOT}"),
    "not_running_select": ("not_running", f"weft_select: {NOT_RUNNING}"),
    "no_case_call": ("no_case", f"weft_select: {NO_CASE}"),
    "no_case_yield": ("no_case", f"weft_select: {NO_CASE}"),
    "no_case_itself": ("no_case", f"weft_select: {NO_CASE}"),
    "no_case_never": ("no_case", f"weft_never: {NO_CASE}"),
    "own_case_ends": (
        "own_case",
        "weft_select: the case is served by another of its select: have one end of a channel in it, not both",
    ),
    "child_busy_exactly": ("child_busy", f"read_exactly: {CHILD_BUSY}"),
    "child_busy_to_end": ("child_busy", f"read_to_end: {CHILD_BUSY}"),
    "child_busy_forward": ("child_busy", f"numbers_forward: {CHILD_BUSY}"),
    "still_in_scope_spawn": (
        "still_in_scope",
        f"weft_spawn: {STILL_IN_SCOPE}",
    ),
    "left_in_flight_child": (
        "left_in_flight",
        f"{EXPORT}: the child ended with an operation in flight in its frame: await or stop that first",
    ),
    "open_scope_root": ("open_scope", f"{EXPORT}: {OPEN_SCOPE}"),
    "open_scope_child": ("open_scope", f"{EXPORT}: {OPEN_SCOPE}"),
    "on_stack_read": ("on_stack", f"numbers_read: {ON_STACK}"),
    "on_stack_start_read": ("on_stack", f"numbers_read: {ON_STACK}"),
    "on_stack_write": ("on_stack", f"numbers_write: {ON_STACK}"),
    "on_stack_write_all": ("on_stack", f"numbers_write_all: {ON_STACK}"),
    "on_stack_future_read": ("on_stack", f"number_read: {ON_STACK}"),
    "on_stack_call": ("on_stack", f"weft_await: {ON_STACK}"),
    "on_stack_frame": ("on_stack", f"weft_call: {ON_STACK}"),
    "on_stack_slot": ("on_stack", f"letters_receive: {ON_STACK}"),
    "on_stack_spawn": ("on_stack", f"weft_spawn: {ON_STACK}"),
    "no_room_to_read_forward": (
        "no_room_to_read",
        "numbers_forward: the buffer has a length of 0, so nothing can be read into it: give it at least 1",
    ),
    "overtaken_poke": (
        "overtaken",
        "weft_block_on: the call is done, but one on top of its stack still blocks: make its export async, or see cancel.h",
    ),
    # The check in the task itself is a second line of defence: no call of the API leads to it.
    "deadlock_any": ("deadlock", "weft_await_any: the export waits, and nothing in flight could wake it: start that first"),
    "no_memory_export": ("no_memory", f"{EXPORT}: the export has no memory to start with: limit its calls, or use WEFT_EXPORT_OR"),
    "busy_register": ("busy", f"waitable_register: {BUSY}"),
    "no_room_register": (
        "no_room",
        "waitable_register: the waitable N cannot be registered, as there is no memory: wait for fewer at a time",
    ),
    "rust_spawn": (
        "rust_spawn",
        "spawn_local: the future is Rust's, which no Weft task polls: weft_foreign_await it in a coroutine",
    ),
    "task_over_register": (
        "task_over",
        "waitable_register: the waitable N was registered with a task that has ended: register it with the current one",
    ),
    "no_task_poll": (
        "no_task",
        "weft_embedded_poll: the waitable N is to be waited for, but no task is current: poll where wasip3_task_set has set one",
    ),
    # Only a newer host could do this, or one in error: the test plays it.
    "bad_event_callback": ("bad_event", f"{EXPORT}: {BAD_EVENT}"),
    "bad_event_other_kind": ("bad_event", f"{EXPORT}: {BAD_EVENT.replace('export', 'export N')}"),
    "bad_event_code": ("bad_event", f"{EXPORT}: {BAD_EVENT.replace('export', 'export N')}"),
    **{
        f"bad_event_alone_{kind}": ("bad_event", f"{EXPORT}: {BAD_EVENT.replace('export', 'export N')}")
        for kind in ("read", "write", "call", "future")
    },
    "lost_task_callback": (
        "lost_task",
        "weft_task_callback: the callback finds no task in its context slot: leave that slot to Weft",
    ),
}

IN_SET = "wasm trap: waitable cannot be used synchronously while added to a waitable set"
CONCURRENT = "wasm trap: cannot have concurrent operations active on a future/stream"
READ_AFTER = "cannot read after being notified that the writable end dropped"
WRITE_AFTER = "cannot write after being notified that the readable end dropped"
READ_AGAIN = "cannot read from future after previous read succeeded"
WRITE_AGAIN = "cannot write to future after previous write succeeded or readable end dropped"
LIFT_DONE = "cannot lift stream after being notified that the writable end dropped"
LIFT_READ = "cannot lift future after previous read succeeded"
RETURNED = "wasm trap: `task.return` or `task.cancel` called more than once for current task"
OVERFLOW = "wasm trap: backpressure counter overflow"
NON_NUMERIC = "cannot read from and write to intra-component future/stream with non-numeric payload"
UNASKED = "wasm trap: `task.cancel` called by task which has not been cancelled"
WRONG_RETURN = "wasm trap: invalid `task.return` signature and/or options for current task"
SYNC = "wasm trap: cannot block a synchronous task before returning"
OUT_OF_BOUNDS = "read pointer out of bounds of memory"

# Each test of misuse/raw.c: the host's words, and the tests of misuse/weft.c for the same rule: Weft's own check is
# first, or (`fine_`) what is wrong with the raw bindings is right with Weft, or (`host_`) it is left to the host.
RAW = {
    "subtask_drop_unresolved": ("wasm trap: cannot drop a subtask which has not yet resolved", ["abandoned_call"]),
    "subtask_cancel_in_set": (IN_SET, ["fine_stop_twice"]),
    "subtask_cancel_resolved": (
        "wasm trap: `subtask.cancel` called after terminal status delivered",
        ["fine_stop_twice"],
    ),
    "stream_cancel_read_in_set": (IN_SET, ["fine_stop_twice", "fine_close_in_flight"]),
    "stream_cancel_write_in_set": (IN_SET, ["fine_close_in_flight"]),
    "future_cancel_read_in_set": (IN_SET, ["fine_close_in_flight"]),
    "future_cancel_write_in_set": (IN_SET, ["fine_close_in_flight"]),
    "stream_drop_reading": ("cannot remove busy stream", ["fine_close_in_flight"]),
    "stream_drop_read_undelivered": ("cannot remove busy stream", ["fine_close_unseen"]),
    "stream_transfer_reading": ("cannot remove busy stream", ["busy_hand_on"]),
    "future_drop_reading": ("cannot remove busy future", ["fine_close_in_flight"]),
    "future_transfer_reading": ("cannot remove busy future", ["busy_future_hand_on"]),
    "stream_drop_writing": ("cannot drop busy stream", ["fine_close_in_flight"]),
    "future_drop_writing": ("cannot drop busy future", ["fine_close_in_flight"]),
    "future_drop_unwritten": (
        "cannot drop future write end without first writing a value",
        ["fine_close_twice"],
    ),
    "stream_read_twice": (CONCURRENT, ["busy_read"]),
    "stream_write_twice": (CONCURRENT, ["busy_write", "busy_write_all"]),
    "stream_read_undelivered": (CONCURRENT, ["busy_read_complete"]),
    "future_read_twice": (CONCURRENT, ["busy_future_read", "busy_future_write"]),
    "stream_cancel_read_idle": (
        "stream or future read cancelled when no read is pending",
        ["fine_stop_idle"],
    ),
    "stream_cancel_write_idle": (
        "stream or future write cancelled when no write is pending",
        ["fine_stop_idle"],
    ),
    "future_cancel_read_idle": (
        "stream or future read cancelled when no read is pending",
        ["fine_stop_idle"],
    ),
    "stream_read_after_dropped": (READ_AFTER, ["fine_copy_after_dropped"]),
    "stream_write_after_dropped": (WRITE_AFTER, ["fine_copy_after_dropped"]),
    "future_read_again": (READ_AGAIN, ["future_done_read"]),
    "future_write_again": (WRITE_AGAIN, ["future_done_write"]),
    "future_write_after_dropped": (WRITE_AFTER, ["fine_copy_after_dropped"]),
    "stream_transfer_in_set": ("cannot lift stream while it's in a waitable set", ["fine_release_from_set"]),
    "stream_transfer_done": (LIFT_DONE, ["other_gone_hand_on"]),
    "future_transfer_done": (LIFT_READ, ["future_done_hand_on"]),
    "stream_read_too_long": ("wasm trap: stream read/write count too large", []),  # clamped: see the streams' tests
    "stream_write_too_long": ("wasm trap: stream read/write count too large", []),
    "stream_read_out_of_bounds": (OUT_OF_BOUNDS, ["host_out_of_bounds"]),
    "stream_read_misaligned": ("read pointer not aligned", []),  # the types of Weft's functions see to it
    "both_ends_of_texts": (NON_NUMERIC, ["host_both_ends_of_texts"]),
    "set_drop_with_members": ("resource has children", []),  # sets are Weft's
    "set_drop_waited_on": ("wasm trap: cannot drop waitable set with waiters", []),
    "return_twice": (RETURNED, ["second_result_return"]),
    "return_after_cancel": (RETURNED, ["fine_cancelled"]),  # Weft cancels the task after the user's last step
    "exit_with_neither": ("wasm trap: async-lifted export failed to produce a result", ["no_result_exit"]),
    "wrong_return": (WRONG_RETURN, ["wrong_export_return"]),
    "cancel_unasked": (UNASKED, ["no_result_exit"]),
    "block_in_sync": (SYNC, ["host_block_in_sync"]),
    "backpressure_underflow": (OVERFLOW, ["host_backpressure_underflow"]),
    "backpressure_overflow": (OVERFLOW, ["host_backpressure_overflow"]),
    "unknown_code": ("wasm trap: unsupported callback code", []),  # codes are Weft's
    "stale_handle": (r"unknown handle index \d+", ["host_stale_handle"]),
    "zero_handle": ("unknown handle index 0", ["closed_read"]),
    "wrong_kind": ("handle is not a waitable", []),  # Weft's types tell them apart
    "handles_used_up": ("cannot allocate another handle: store handle limit exceeded", []),
}
REGULAR = {"stale_handle"}  # their words are a regular expression

HOST = {
    "host_both_ends_of_texts": NON_NUMERIC,
    "host_out_of_bounds": OUT_OF_BOUNDS,
    "host_backpressure_underflow": OVERFLOW,
    "host_backpressure_overflow": OVERFLOW,
    "host_stale_handle": r"unknown handle index \d+",
    "host_block_in_sync": SYNC,
}

FINE = [
    "fine_cancel_across",
    "fine_stop_across",
    "fine_close_twice",
    "fine_close_in_flight",
    "fine_close_unseen",
    "fine_close_under_reader",
    "fine_close_under_writer",
    "fine_close_under_future",
    "fine_block_on",
    "fine_own_stack",
    "fine_stack_is_spoilt",
    "fine_stop_idle",
    "fine_stop_twice",
    "fine_copy_after_dropped",
    "fine_release_from_set",
    "fine_overtaken",
    "fine_cancelled",
]

# Without checks, misuse goes as far as the host. What never gets there (a second await of one coroutine, a second
# waiter, a frame that is run twice, an operation left behind) is undefined then, and has no test.
UNCHECKED = {
    **{name: "unknown handle index 0" for name in WEFT if name.startswith("closed_")},
    "busy_read": CONCURRENT,
    "busy_read_complete": CONCURRENT,
    "busy_write": CONCURRENT,
    "busy_write_all": CONCURRENT,
    "busy_future_read": CONCURRENT,
    "busy_future_write": CONCURRENT,
    "busy_hand_on": "cannot remove busy stream",
    "busy_future_hand_on": "cannot remove busy future",
    "busy_close_reader": "cannot remove busy stream",
    "busy_close_writer": "cannot drop busy stream",
    "busy_future_close_reader": "cannot remove busy future",
    "busy_future_close_writer": CONCURRENT,
    "future_done_read": READ_AGAIN,
    "future_done_write": WRITE_AGAIN,
    "future_done_hand_on": LIFT_READ,
    "other_gone_hand_on": LIFT_DONE,
    "no_result_exit": UNASKED,
    "second_result_return": RETURNED,
    "wrong_export_return": WRONG_RETURN,
}


def names_of(source, pattern, directory):
    text = (directory / "misuse" / source).read_text()
    return set(re.findall(pattern, text, re.M))


def host_says(outcome, words):
    """A cause that the host gives is `words`, a regular expression; the exit code is that of a trap if they say so."""
    causes = re.findall(r"^\s+(?:\d+: )?(?!error while executing|0x)(.+)$", outcome.text, re.M)
    assert [cause for cause in causes if re.fullmatch(words, cause)], outcome.text
    assert outcome.code == (TRAP if words.startswith("wasm trap:") else 1), outcome.text


def frames(outcome):
    """The function names of the backtrace, innermost first."""
    return re.findall(r"^\s+\d+:.*?!(\S+)$", outcome.text, re.M)


def test_every_rule_has_a_test(request):
    """Each rule of hooks.h is broken by a test, and each test of the two components is expected here."""
    here = request.path.parent
    rules = set(re.findall(r"^ +RULE\((\w+),", (here.parent.parent / "include/weft/hooks.h").read_text(), re.M))
    of_fibers = {"no_fiber", "small_stack", "stack_overflow", "jump_outside", "jump_lost"}  # test_fibers.py
    of_wasi = {"not_begun"}  # tests/wasi/test_http_service.py
    of_tasks = {"task_begun", "task_runs", "scope_runs", "room_taken", "no_code"}  # test_cxx.py
    elsewhere = of_fibers | of_wasi | of_tasks
    assert {rule for rule, _ in WEFT.values()} == rules - elsewhere
    assert names_of("weft.c", r"^    TEST\((\w+)\)", here) == {*WEFT, *HOST, *FINE}
    assert names_of("raw.c", r"^    TEST\((\w+),", here) == {*RAW, "nothing_wrong"}
    assert {name for _, counterparts in RAW.values() for name in counterparts} <= {*WEFT, *HOST, *FINE}


def test_texts(request):
    """The texts above are those of hooks.h."""
    hooks = (request.path.parent.parent.parent / "include/weft/hooks.h").read_text()
    texts = {rule: f"the {what} # {text}" for rule, what, text in re.findall(r'RULE\((\w+), "(\w+)",[\s\\]+"(.*)"\)', hooks)}
    for rule, line in WEFT.values():
        assert texts[rule].replace(" # ", " ") == line.split(": ", 1)[1].replace(" N ", " ")
    for rule, text in texts.items():
        assert ": " in text, f"{rule}: behind a colon stands what to do"


def pattern(line):
    """Of a message: N is a number, and the coroutine that ran is told, if one did."""
    return re.escape("weft: " + line).replace(" N\\ ", r" [1-9]\d*\ ") + r"( \(in \w+ at \w+\.[ch]:\d+\))?"


def test_where(guest):
    """The message tells the coroutine and its last await, and a failure's code."""
    assert re.search(r"^weft: numbers_read: .* \(in closed_read at broken\.h:\d+\)$", guest("misuse-debug", "closed_read").text, re.M)
    failed = guest("misuse-debug", "failed_result_exit").text
    assert re.search(rf"^weft: {EXPORT}: the failure 7 ended .* \(in root_run at weft\.c:\d+\)$", failed, re.M), failed


@pytest.mark.parametrize("test", WEFT)
def test_debug(guest, test):
    """In Debug the message tells the call, the object and the rule, and the function where it stops the rule, too."""
    rule, line = WEFT[test]
    outcome = guest("misuse-debug", test)
    said = [text for text in outcome.text.splitlines() if text.startswith("weft: ")]
    assert len(said) == 1, outcome.text
    assert re.fullmatch(pattern(line), said[0]), said[0]
    assert frames(outcome)[:1] == [f"weft_misuse_{rule}"], outcome.text
    host_says(outcome, "wasm trap: wasm `unreachable` instruction executed")


# What only a build with WEFT_TRACE, such as Debug, looks for.
TRACED = {"on_stack", "open_scope", "left_in_flight"}


@pytest.mark.parametrize("test", [test for test, (rule, _) in WEFT.items() if rule not in TRACED])
def test_release(guest, test):
    """In a release there is no message; the backtrace tells the rule."""
    outcome = guest("misuse-release", test)
    assert "weft: " not in outcome.text, outcome.text
    assert frames(outcome)[:1] == [f"weft_misuse_{WEFT[test][0]}"], outcome.text
    host_says(outcome, "wasm trap: wasm `unreachable` instruction executed")


@pytest.mark.parametrize("test", RAW)
def test_raw(guest, test):
    words, _ = RAW[test]
    host_says(guest("misuse-raw", test), words if test in REGULAR else re.escape(words).replace(r"\ ", " "))


def test_raw_is_fine(passes):
    """The raw component fails because of its test, not by itself."""
    passes("misuse-raw", "nothing_wrong")


@pytest.mark.parametrize("kind", ["debug", "release", "unchecked"])
@pytest.mark.parametrize("test", HOST)
def test_left_to_the_host(guest, test, kind):
    """Weft passes these through: no check of its own is in front of the host's."""
    outcome = guest(f"misuse-{kind}", test)
    assert "weft_misuse_" not in outcome.text
    host_says(outcome, HOST[test])


@pytest.mark.parametrize("kind", ["debug", "release", "unchecked"])
@pytest.mark.parametrize("test", FINE)
def test_fine(passes, test, kind):
    passes(f"misuse-{kind}", test)


@pytest.mark.parametrize("test", UNCHECKED)
def test_unchecked(guest, test):
    """With WEFT_CHECKS=0 the host's own trap is what is left."""
    outcome = guest("misuse-unchecked", test)
    assert "weft_misuse_" not in outcome.text
    host_says(outcome, re.escape(UNCHECKED[test]).replace(r"\ ", " "))


def test_unchecked_without_memory(guest):
    """This one is no check, but the only thing left to do: it stays."""
    outcome = guest("misuse-unchecked", "no_memory_export")
    assert frames(outcome)[:1] == ["weft_misuse_no_memory"], outcome.text
