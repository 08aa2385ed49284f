// What `weft-native serve` has beside `run`: a socket, an end by SIGINT, and many instances.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TOOL_SERVE_H
#define WEFT_SIM_TOOL_SERVE_H

#include "../world/weft_world.h"

// Opens both, for so many instances, and tells on standard error where clients find it, as wasmtime does. The
// rest of the service is the caller's to fill in.
weft_world_service serve_begin(const char *address, uint32_t count);
// Makes as many processes that serve, and returns in each: its number. The one that calls waits for them, and
// has another in the place of one that ends, until SIGINT, which it passes on, and with `dumps` SIGQUIT and
// SIGUSR1, too. It ends by 1 if one of them has failed.
uint32_t serve_many(weft_world_service *service, bool dumps);

#endif
