// Every rule whose breach ends a run: its name, what wasmtime 49 says, where the spec has it, and the rule in
// our words. Where wasmtime has a text for each case, the table has one with | between what differs, and N for
// a handle; a report has the one that is said in its case. Spec places are the functions of definitions.py, of
// which CanonicalABI.md tells the story; "host" is a host's own rule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TRAP_H
#define WEFT_SIM_TRAP_H

// clang-format off
#define WEFT_SIM_TRAPS(X) \
    X(HANDLE_UNKNOWN, "unknown handle index N", "Table.get", \
      "there is no such handle: it was dropped, given away, or never made") \
    X(HANDLE_KIND, "handle is not a waitable|an waitable-set|a stream|..., index N is not a resource", "isinstance() in each built-in", \
      "the handle is of another kind than this call takes") \
    X(HANDLE_TYPE, "handle is a stream|future of a different type, handle index N used with the wrong type", "e.shared.t != t, h.rt is not rt", \
      "the handle is of the right kind but of another type: use the functions made for its type") \
    X(HANDLES_FULL, "cannot allocate another handle: store handle limit exceeded", "Table.add", \
      "no handle is free: drop some") \
    X(CANNOT_LEAVE, "cannot leave component instance", "may_leave", \
      "a realloc or post-return function calls only context.{get,set}, backpressure.{inc,dec} and resource.rep") \
    X(CANNOT_ENTER, "cannot enter component instance", "may_enter_from", \
      "the instance is on the stack already: it must not be called back from below") \
    X(NO_TASK, "(cannot happen there)", "current_task", \
      "a built-in was called while no task of this component runs") \
    X(SUBTASK_DROP, "cannot drop a subtask which has not yet resolved", "Subtask.drop", \
      "a subtask may be dropped only after its final status was delivered") \
    X(SUBTASK_CANCEL_DONE, "`subtask.cancel` called after terminal status delivered", "canon_subtask_cancel", \
      "the subtask's final status was delivered: there is nothing left to cancel") \
    X(SUBTASK_CANCEL_TWICE, "(delivers CANCEL a second time)", "canon_subtask_cancel", \
      "the subtask was cancelled before: cancel once, then wait for its status") \
    X(SYNC_IN_SET, "waitable cannot be used synchronously while added to a waitable set", "in_waitable_set() and not async_", \
      "a blocking call on a waitable that is in a set: leave the set first") \
    X(SYNC_WAITER, "(cannot happen there)", "has_sync_waiter", \
      "a task is blocked on this waitable: it must be left alone until then") \
    X(END_CONCURRENT, "cannot have concurrent operations active on a future/stream", "stream_copy, future_copy: state != IDLE", \
      "an operation of this end is in flight, or its event was not delivered yet") \
    X(END_DROP_BUSY, "cannot remove|drop busy stream|future", "CopyEnd.drop", \
      "an end must not be dropped while an operation is in flight: cancel it first") \
    X(END_CANCEL_IDLE, "stream or future read|write cancelled when no read|write is pending", "cancel_copy", \
      "there is no operation to cancel") \
    X(READ_AFTER_DROPPED, "cannot read after being notified that the writable end dropped", "stream_copy: state DONE", \
      "a read told DROPPED: the stream is at its end") \
    X(WRITE_AFTER_DROPPED, "cannot write after being notified that the readable end dropped", "stream_copy: state DONE", \
      "a write told DROPPED: nobody reads any more") \
    X(FUTURE_READ_TWICE, "cannot read from future after previous read succeeded", "future_copy: state DONE", \
      "a future is read once") \
    X(FUTURE_WRITE_TWICE, "cannot write to future after previous write succeeded or readable end dropped", "future_copy: state DONE", \
      "a future is written once") \
    X(FUTURE_UNWRITTEN, "cannot drop future write end without first writing a value", "WritableFutureEnd.drop", \
      "a future's writer must write before it is dropped, and learn the outcome") \
    X(TRANSFER_BUSY, "cannot remove busy stream|future", "lift_async_value: state != IDLE", \
      "an end must not be given away while an operation is in flight") \
    X(TRANSFER_DONE, "cannot lift stream after being notified that the writable end dropped, cannot lift future after previous read succeeded", "lift_async_value: state != IDLE", \
      "an end that is done must not be given away: drop it") \
    X(TRANSFER_IN_SET, "cannot lift stream|future while it's in a waitable set", "lift_async_value: in_waitable_set()", \
      "an end must leave its set before it is given away") \
    X(COUNT_TOO_LARGE, "stream read/write count too large", "BufferGuestImpl", \
      "the count of a read or write stays below 2^28") \
    X(BUFFER_BOUNDS, "read pointer out of bounds of memory", "BufferGuestImpl", \
      "the buffer is not memory of the component") \
    X(BUFFER_ALIGNMENT, "read|write pointer not aligned", "BufferGuestImpl", \
      "the buffer is not aligned for its items") \
    X(INTRA_COMPONENT, "cannot read from and write to intra-component future/stream with non-numeric payload", \
      "SharedStreamImpl.read: none_or_number_type", \
      "both ends are in one component: only numbers, or nothing, can be copied") \
    X(SET_MEMBERS, "resource has children", "WaitableSet.drop", \
      "a set must not be dropped while waitables are in it") \
    X(SET_WAITERS, "cannot drop waitable set with waiters", "WaitableSet.drop", \
      "a set must not be dropped while a task waits on it") \
    X(RETURN_TWICE, "`task.return` or `task.cancel` called more than once for current task", "Task.return_, Task.cancel", \
      "the task has returned or cancelled before") \
    X(RETURN_WRONG, "invalid `task.return` signature and/or options for current task", "canon_task_return", \
      "the current task belongs to another export, or to one that returns by itself") \
    X(NO_RESULT, "async-lifted export failed to produce a result", "Task.unregister_thread", \
      "the task said EXIT with neither task.return nor task.cancel before") \
    X(CANCEL_UNASKED, "`task.cancel` called by task which has not been cancelled", "Task.cancel", \
      "task.cancel answers a CANCEL event, and there was none") \
    X(SYNC_BLOCKED, "cannot block a synchronous task before returning", "canon_lift: no candidates", \
      "a function that is not async, or a destructor, waits, and no task of its component can go on meanwhile") \
    X(BACKPRESSURE, "backpressure counter overflow", "canon_backpressure_inc, canon_backpressure_dec", \
      "backpressure stays within 0 and 65535") \
    X(CALLBACK_CODE, "unsupported callback code", "unpack_callback_result", \
      "a callback answers EXIT, YIELD, or WAIT with a set") \
    X(BORROWS_REMAIN, "borrow handles still remain at the end of the call", "num_borrows > 0", \
      "borrowed handles must be dropped before the task returns") \
    X(RESOURCE_LENT, "cannot remove owned resource while borrowed", "num_lends != 0", \
      "the resource is lent to a call: wait until that has resolved") \
    X(RESOURCE_NOT_OWNED, "index is not an own resource", "lift_own", \
      "the handle is borrowed: it cannot be given away") \
    X(CONTEXT_SLOT, "(refused when the component is made)", "canon_context_get", \
      "there are two context slots") \
    X(VALUE_ALIGNMENT, "unaligned pointer", "lift_flat_values, load_list_from_range", \
      "a pointer in a value is not aligned for what it points to") \
    X(VALUE_BOUNDS, "out of bounds memory access", "lift_flat_values, lower_flat_values", \
      "a pointer to values does not point to memory of the component") \
    X(TEXT_BOUNDS, "string content out-of-bounds", "load_string_from_range", \
      "a string is not in memory of the component, or too long") \
    X(LIST_BOUNDS, "list content out-of-bounds", "load_list_from_range", \
      "a list is not in memory of the component, or too long") \
    X(VALUE_CHAR, "invalid `char` bit pattern", "convert_i32_to_char", \
      "a char is a Unicode scalar value") \
    X(VALUE_UTF8, "invalid utf8 encoding", "load_string_from_range", \
      "a string is not UTF-8") \
    X(VALUE_CASE, "invalid variant discriminant", "load_variant, lift_flat_variant", \
      "there is no such case") \
    X(REALLOC, "string|list content out-of-bounds, unaligned pointer", "LiftLowerContext.reallocate", \
      "cabi_realloc gave no memory, or memory that is not aligned") \
    X(UNREACHABLE, "wasm `unreachable` instruction executed", "call_and_trap_on_throw", \
      "the component stopped itself")
// clang-format on

typedef enum weft_sim_trap {
    WEFT_SIM_NO_TRAP,
#define WEFT_SIM__TRAP(name, wasmtime, spec, rule) WEFT_SIM_TRAP_##name,
    WEFT_SIM_TRAPS(WEFT_SIM__TRAP)
#undef WEFT_SIM__TRAP
        WEFT_SIM_TRAP_COUNT
} weft_sim_trap;

const char *weft_sim_trap_name(weft_sim_trap trap);     // "HANDLE_UNKNOWN"
const char *weft_sim_trap_rule(weft_sim_trap trap);     // in our words
const char *weft_sim_trap_wasmtime(weft_sim_trap trap); // in wasmtime's
const char *weft_sim_trap_spec(weft_sim_trap trap);     // where the spec has it

#endif
