// Task-locals: values under a key, seen by a coroutine, by all that it calls, and by all that these spawn.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     static const char request_id;                    // its address is the key
//
//     weft_local_bind(co, &self->id, &request_id, self->request);
//     ...anything called or spawned from here: weft_local_get(co, &request_id)
//     WEFT_FINALLY;
//     WEFT_AWAIT(weft_scope_close(co, &self->scope));  // who was spawned under the binding ends first
//     weft_local_unbind(&self->id);
//
// Laws:
// - A binding is a struct in the frame of the coroutine that makes it. It holds from bind to unbind. A later
//   binding of the same key covers it meanwhile. The value is the caller's, and no business of the library.
// - A coroutine sees its own bindings, and then those that its caller sees; or, if it was spawned, those that
//   its spawner saw at the spawn.
// - So a coroutine that was spawned under a binding ends before the unbind. A coroutine unbinds its bindings
//   before it ends, last to first. Misuse else. To unbind twice is fine: a finaliser needs no flags.
// - weft_task_spawn, whose coroutines outlive their spawner, and weft_block_on inherit nothing.
//
// Nothing allocates. Bind, get and spawn take a step for each caller up to the nearest that binds anything or
// was spawned; get takes one for each binding behind it, too. Without any bindings, a spawn pays one test.
#ifndef WEFT_LOCAL_H
#define WEFT_LOCAL_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// A binding. Zero-initialised is valid, and none. Private.
struct weft_local {
    const void *key;
    void *value;
    weft_local *outer; // the binding that it stands before
    weft_coro *by;     // the coroutine that made it; NULL: it is not bound
    uintptr_t up;      // what that coroutine's `up` was before it was bound
    uint32_t heirs;    // spawned coroutines that inherited it
};

// Binds `key`, any address, to `value` for `co`. Misuse if `co` is not running, or `local` is bound.
void weft_local_bind(weft_coro *co, weft_local *local, const void *key, void *value);

// Ends a binding: see the laws. What is not bound stays so.
void weft_local_unbind(weft_local *local);

// The value that `co` sees under `key`; NULL if there is none.
void *weft_local_get(const weft_coro *co, const void *key);

#ifdef __cplusplus
}
#endif

#endif
