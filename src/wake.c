// Waking a task that is asleep in the host: a stream of the component's own, in the sleeper's waitable set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/task.h>

#pragma weak weft__embedded_wake

// Also called when a member leaves the set of a task that is asleep: a host that has made up its mind to
// deliver that member's event must find another (wasmtime 49 gives up the store if the set is empty then).
//
// The waker does all of it: a read that it starts in the sleeper's set, and the write that completes it. So a
// task that is never woken so, or is awake, makes no host call for it.
void weft__task_rouse_asleep(weft_task *task)
{
    if (task->flags & WEFT__ROUSED)
        return;
    task->flags |= WEFT__ROUSED;
    if (task->flags & WEFT__EMBEDDED) {
        weft__embedded_wake(task);
        return;
    }
    if (!task->wake_reader) {
        uint64_t ends = __stream_new_unit();
        task->wake_reader = (uint32_t)ends;
        task->wake_writer = (uint32_t)(ends >> 32);
        __waitable_join(task->wake_reader, task->set);
    }
    __stream_read_unit(task->wake_reader, NULL, 1);
    __stream_write_unit(task->wake_writer, NULL, 1);
}

void weft__task_rouse_end(weft_task *task)
{
    __waitable_join(task->wake_reader, 0);
    if (task->flags & WEFT__ROUSED) // and the event has not come
        __stream_cancel_read_unit(task->wake_reader);
    __stream_drop_readable_unit(task->wake_reader);
    __stream_drop_writable_unit(task->wake_writer);
    task->wake_reader = task->wake_writer = 0;
}
