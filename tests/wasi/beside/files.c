// Takes a directory from bindings of its own, opens a file beneath it by the library, and asks for its size by
// bindings of its own again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_file directory, file;
    weft_subtask call;
    wasi_filesystem_types_own_descriptor_t descriptor;
    wasi_filesystem_types_result_descriptor_stat_error_code_t stat;
} look;

// The first that the host gives.
static weft_file given(void)
{
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t all;
    wasi_filesystem_preopens_get_directories(&all);
    int32_t first = all.ptr[0].f0.__handle;
    for (size_t i = 1; i < all.len; i++)
        wasi_filesystem_types_descriptor_drop_own(all.ptr[i].f0);
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_free(&all);
    return weft_file_of(first, false);
}

WEFT_ASYNC(look)
{
    WEFT_BEGIN;
    self->directory = given();
    WEFT_TRY(&self->file, weft_file_open(co, &self->file, "a", .beneath = &self->directory));
    self->descriptor.__handle = weft_file_hand_on(&self->file);
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 wasi_filesystem_types_method_descriptor_stat(
                                     wasi_filesystem_types_borrow_descriptor(self->descriptor), &self->stat)));
    if (self->stat.is_err)
        WEFT_FAIL(1);
    WEFT_RETURN(co, exports_files_look, self->stat.val.ok.size);
    WEFT_FINALLY;
    weft_file_close(&self->directory);
    if (self->descriptor.__handle)
        wasi_filesystem_types_descriptor_drop_own(self->descriptor);
    WEFT_END;
}
WEFT_EXPORT(files, exports_files_look, look, (void));
