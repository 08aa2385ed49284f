// What the files of the file system tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_FS_H
#define WEFT_WORLD_FS_H

#include "internal.h"

enum { READ = 1, WRITE = 2, FILE_SYNC = 4, DATA_SYNC = 8, MUTATE_DIRECTORY = 32 }; // of descriptor-flags

// A new one, of a descriptor of the process, which it takes if `owned`; and the one that an argument borrows.
weft_sim_value weft_world__descriptor_new(weft_world *world, weft_sim_instance *instance,
                                          const weft_sim_resource *resource, int number, uint32_t flags,
                                          bool owned);
weft_world__descriptor *weft_world__descriptor_of(weft_world *world, const weft_sim_value *value);

// The name of an errno's case in error-code.
const char *weft_world__fs_error(int error);
// What a mode of stat(2) is as a descriptor-type.
weft_sim_value weft_world__type_of(weft_sim_instance *instance, const weft_sim_type *types, uint32_t mode);
// Answers a call that returns a result: `ok` or NULL for 0, or an errno.
void weft_world__fs_answer(weft_sim_call *call, int error, weft_sim_value *ok);

#endif
