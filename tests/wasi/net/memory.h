// Memory that is counted, and that can be made to fail; and the number of the next handle.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NET_MEMORY_H
#define NET_MEMORY_H

#include <stdlib.h>
#include <weft/wasi.h>

static size_t allocated; // bytes
static uint64_t failing; // which allocation fails, from now on; 0: none

void *weft_alloc(size_t size)
{
    void *memory = failing && !--failing ? NULL : malloc(size);
    allocated += memory ? size : 0;
    return memory;
}

void weft_free(void *memory, size_t size)
{
    allocated -= memory ? size : 0;
    free(memory);
}

__attribute__((unused)) static uint32_t next_handle(void)
{
    weft_bytes_writer out;
    weft_bytes_reader in = weft_bytes_reader_of(weft_bytes_new(&out));
    uint32_t handle = in.op.handle;
    weft_bytes_close_reader(&in);
    weft_bytes_close_writer(&out);
    return handle;
}

#endif
