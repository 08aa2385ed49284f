// What the objects of weft.net share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_LUA_NET_H
#define WEFT_LUA_NET_H

#include "internal.h"
#include <weft/wasi/address.h>

// ---- net.c ----

uint16_t weft__lua_port(lua_State *L, int at);
// The address that the arguments from `at` on are: a text and a port.
weft_error weft__lua_given_address(lua_State *L, int at, weft_address *address);
// An address and its port, as two results; or how it is that there is none.
int weft__lua_address(lua_State *L, weft_error error, const weft_address *address);
// Leaves nothing on the stack. `close` is its __gc and __close.
void weft__lua_type(lua_State *L, const char *name, lua_CFunction close, const luaL_Reg *methods);

// True while a wait of an object's is on. A call that is cancelled before its body begins has no finaliser to
// tell that it is over.
static inline bool weft__lua_runs(const weft_coro *co, bool is_on)
{
    return is_on && weft_outcome_of(co) == WEFT_UNFINISHED;
}

// ---- udp.c ----

int weft__lua_udp(lua_State *L);
void weft__lua_open_udp(lua_State *L);

#endif
