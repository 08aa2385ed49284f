// What the files of the file system tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_FS_H
#define WEFT_WORLD_FS_H

#include "internal.h"

enum { READ = 1, WRITE = 2, FILE_SYNC = 4, DATA_SYNC = 8, MUTATE_DIRECTORY = 32 }; // of descriptor-flags

// A new one, of a descriptor of the process, which it takes; and the one that an argument borrows.
weft_sim_value weft_world__descriptor_new(weft_world *world, weft_sim_instance *instance,
                                          const weft_sim_resource *resource, int number, uint32_t flags);
weft_world__descriptor *weft_world__descriptor_of(weft_world *world, const weft_sim_value *value);

// The name of an errno's case in error-code, and of a mode's in descriptor-type.
const char *weft_world__fs_error(int error);
const char *weft_world__type_name(uint32_t mode);
// Answers a call that returns a result: `ok` or NULL for 0, or an errno.
void weft_world__fs_answer(weft_sim_call *call, int error, weft_sim_value *ok);

#endif
