// Error contexts: a message that any number of handles share. Spec: ErrorContext, canon_error_context_new to
// canon_error_context_drop.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <string.h>

weft_sim__error_context *weft_sim__error_context_make(weft_sim *sim, const char *text, uint32_t length)
{
    weft_sim__error_context *it = weft_sim__new(sim, sizeof *it + length + 1);
    it->references = 1;
    it->length = length;
    it->text = (char *)(it + 1);
    if (length)
        memcpy(it->text, text, length);
    return it;
}

void weft_sim__error_context_unref(weft_sim__error_context *context)
{
    if (!--context->references)
        weft_sim__release(context);
}

uint32_t weft_sim_error_context_new(weft_sim_instance *self, const char *text, uint32_t length)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "error-context.new", 0);
    if (!weft_sim__is_memory(text, length))
        weft_sim__trap(sim, WEFT_SIM_TRAP_TEXT_BOUNDS, "%u bytes at %p", (unsigned)length, (const void *)text);
    uint32_t handle =
        weft_sim__handle_add(self, KIND_ERROR_CONTEXT, weft_sim__error_context_make(sim, text, length));
    weft_sim__note_answer(sim, "error-context.new", NULL, 0, 0, 0, 0, handle);
    return handle;
}

void weft_sim_error_context_debug_message(weft_sim_instance *self, uint32_t handle, void *message)
{
    weft_sim__built_in(self, "error-context.debug-message", handle);
    weft_sim__error_context *it = weft_sim__handle_get(self, handle, KIND_ERROR_CONTEXT);
    void *text = weft_sim__realloc(self, WEFT_SIM_TRAP_TEXT_BOUNDS, 1, it->length);
    if (it->length)
        memcpy(text, it->text, it->length);
    uint32_t pair[2] = {(uint32_t)(uintptr_t)text, it->length};
    memcpy(message, pair, sizeof pair);
    weft_sim__note(self->sim, "error-context.debug-message", NULL, 1, handle, 0, 0);
}

void weft_sim_error_context_drop(weft_sim_instance *self, uint32_t handle)
{
    weft_sim__built_in(self, "error-context.drop", handle);
    weft_sim__error_context *it = weft_sim__handle_get(self, handle, KIND_ERROR_CONTEXT);
    weft_sim__handle_remove(self, handle);
    weft_sim__error_context_unref(it);
    weft_sim__note(self->sim, "error-context.drop", NULL, 1, handle, 0, 0);
}
