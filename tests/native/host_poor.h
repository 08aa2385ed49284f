// Two more components written by hand: one that is lent a thing of the host's, and one that has no memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef HOST_POOR_H
#define HOST_POOR_H

#include "host_world.h"

static void *no_realloc(void *old, size_t old_size, size_t alignment, size_t size)
{
    (void)old;
    (void)old_size;
    (void)alignment;
    (void)size;
    return NULL;
}

static weft_sim_instance *borrower;
static uint32_t borrowed;
static void keep(const weft_sim_core *args, weft_sim_core *result);
static void give_away(const weft_sim_core *args, weft_sim_core *result);
static const weft_sim_type borrower_borrow = {
    .kind = WEFT_SIM_BORROW, .name = "borrow<thing>", .resource = &imported_thing};
static const weft_sim_type borrower_own = {.kind = WEFT_SIM_OWN, .name = "thing", .resource = &imported_thing};
static const weft_sim_func borrower_imports[] = {FUNC("give", false, NULL, {"t", &borrower_own})};
static const weft_sim_part one_borrow[] = {{"t", &borrower_borrow}};
static const weft_sim_export borrower_exports[] = {
    {.func = {.name = "keep", .params = one_borrow, .param_count = 1}, .entry = keep},
    {.func = {.name = "give-away", .params = one_borrow, .param_count = 1}, .entry = give_away}};
static const weft_sim_resource *const borrower_resources[] = {&imported_thing};
static const weft_sim_component borrower_component = {.world = "borrower",
                                                      .exports = borrower_exports,
                                                      .export_count = 2,
                                                      .imports = borrower_imports,
                                                      .import_count = 1,
                                                      .resources = borrower_resources,
                                                      .resource_count = 1,
                                                      .realloc = no_realloc,
                                                      .self = &borrower};

static void keep(const weft_sim_core *args, weft_sim_core *result)
{
    (void)result;
    borrowed = args[0].i32;
}

static void give_away(const weft_sim_core *args, weft_sim_core *result)
{
    (void)result;
    weft_sim_import_call(borrower, &borrower_imports[0], args);
}

static void lend_to(const char *name)
{
    weft_sim_value thing = weft_sim_resource_value(borrower, &imported_thing, 9);
    weft_sim_call_export(borrower, NULL, name, &thing);
}

static void lend_to_keep(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    lend_to("keep");
}

static void lend_to_give_away(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    lend_to("give-away");
}

// One without memory.
static weft_sim_instance *poor;
static uint32_t message[2];
static void message_entry(const weft_sim_core *args, weft_sim_core *result)
{
    (void)args;
    (void)result;
    weft_sim_error_context_debug_message(poor, weft_sim_error_context_new(poor, "x", 1), message);
}
static const weft_sim_export poor_exports[] = {{.func = {.name = "message"}, .entry = message_entry}};
static const weft_sim_component poor_component = {
    .world = "poor", .exports = poor_exports, .export_count = 1, .realloc = no_realloc, .self = &poor};

static void no_memory(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    weft_sim_call_export(poor, NULL, "message", NULL);
}

#endif
