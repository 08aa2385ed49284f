// What `weft-native serve` has beside `run`: a socket, and an end by SIGINT.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TOOL_SERVE_H
#define WEFT_SIM_TOOL_SERVE_H

#include "../world/weft_world.h"

// Opens both, and tells on standard error where clients find it, as wasmtime does. The rest of the service is
// the caller's to fill in.
weft_world_service serve_begin(const char *address);

#endif
