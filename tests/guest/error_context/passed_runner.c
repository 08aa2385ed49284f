// Passes an error context to the peer and back, and returns its message. Bound by hand: wit-bindgen c does not
// know the type.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <weft/error_context.h>

__attribute__((import_module("weft:passed/peer"), import_name("back"))) uint32_t back(uint32_t it);
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align,
                                                                size_t size);
__attribute__((export_name("run"))) void *run(void);

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size)
{
    (void)old_size;
    (void)align;
    return realloc(old, size);
}

void *run(void)
{
    static struct {
        char *text;
        size_t length;
    } result;
    weft_error_context sent = weft_error_context_new("lost on the way", 15);
    weft_error_context received = back(sent);
    weft_error_context_drop(&sent); // the peer's, and what came back, are handles of their own
    result.text = weft_error_context_message(received, &result.length);
    weft_error_context_drop(&received);
    return &result;
}
