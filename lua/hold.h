// Memory for what is waited for: a userdata on the stack, which is closed when the function returns, and when
// an error or a cancel ends it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LUA_HOLD_H
#define WEFT_LUA_HOLD_H

#include "internal.h"

// Zeroed. close: called once with it, or NULL. It may not wait.
void *weft__lua_hold(lua_State *L, size_t size, void (*close)(void *it));

#endif
