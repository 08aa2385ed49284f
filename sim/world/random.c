// wasi:random.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdlib.h>
#include <sys/random.h>

enum { MOST = 64 << 20 }; // bytes in a call, as wasmtime has it

static void fill(weft_world *world, unsigned char *bytes, size_t count)
{
    if (world->options.seeded) {
        for (size_t i = 0; i < count; i++)
            bytes[i] = (unsigned char)weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, 256);
        return;
    }
    for (size_t filled = 0; filled < count;) {
        ssize_t more = getrandom(bytes + filled, count - filled, 0);
        if (more > 0)
            filled += (size_t)more;
    }
}

static uint64_t number_of(weft_world *world)
{
    uint64_t number;
    fill(world, (unsigned char *)&number, sizeof number);
    return number;
}

static void number(weft_sim_call *call, void *data)
{
    weft_world__answer_number(call, number_of(data));
}

static void bytes(weft_sim_call *call, void *data)
{
    uint64_t asked = weft_sim_call_start(call)->number;
    uint32_t count = asked < MOST ? (uint32_t)asked : MOST;
    unsigned char *made = malloc(count + 1);
    if (!made)
        abort();
    fill(data, made, count);
    weft_sim_value list = weft_sim_bytes_value(weft_sim_call_caller(call), made, count);
    free(made);
    weft_sim_call_return(call, &list);
}

static void seed(weft_sim_call *call, void *data)
{
    weft_sim_value pair = weft_sim_items_value(weft_sim_call_caller(call), 2);
    pair.items[0].number = number_of(data);
    pair.items[1].number = number_of(data);
    weft_world__answer(call, pair);
}

static const char secure[] = "wasi:random/random", insecure[] = "wasi:random/insecure";

const weft_world__row weft_world__random[] = WEFT_WORLD__ROWS(
    {secure, "get-random-bytes", bytes}, {secure, "get-random-u64", number},
    {insecure, "get-insecure-random-bytes", bytes}, {insecure, "get-insecure-random-u64", number},
    {"wasi:random/insecure-seed", "get-insecure-seed", seed});
