// The end of a run by a broken rule: the tables of trap.h, and the report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name, *wasmtime, *spec, *rule;
} traps[] = {{"NO_TRAP", "", "", ""},
#define TRAP(name, wasmtime, spec, rule) {#name, wasmtime, spec, rule},
             WEFT_SIM_TRAPS(TRAP)
#undef TRAP
};

const char *weft_sim_trap_name(weft_sim_trap trap)
{
    return traps[trap].name;
}

const char *weft_sim_trap_rule(weft_sim_trap trap)
{
    return traps[trap].rule;
}

const char *weft_sim_trap_wasmtime(weft_sim_trap trap)
{
    return traps[trap].wasmtime;
}

const char *weft_sim_trap_spec(weft_sim_trap trap)
{
    return traps[trap].spec;
}

static _Noreturn void end(weft_sim *sim, weft_sim_trap trap, const char *format, va_list arguments)
{
    weft_sim__task *task = sim->current;
    sim->trap = trap;
    weft_sim__print(&sim->report, "trap %s: ", traps[trap].name);
    if (sim->call) {
        weft_sim__print(&sim->report, "%s", sim->call);
        if (sim->call_handle)
            weft_sim__print(&sim->report, "(%u)", (unsigned)sim->call_handle);
        weft_sim__print(&sim->report, ": ");
    }
    if (format) {
        char detail[256];
        vsnprintf(detail, sizeof detail, format, arguments);
        weft_sim__print(&sim->report, "%s: ", detail);
    }
    weft_sim__print(&sim->report, "%s\n", traps[trap].rule);
    if (task)
        weft_sim__print(&sim->report, "  in: instance %u (%s), task %u (%s)\n",
                        (unsigned)task->instance->number, task->instance->component->world,
                        (unsigned)task->number, task->export ? task->export->func.name : "a helper");
    weft_sim__print(&sim->report, "  wasmtime: %s\n  spec: %s\n",
                    sim->words[0] ? sim->words : traps[trap].wasmtime, traps[trap].spec);
    weft_sim__note(sim, "trap", traps[trap].name, 0, 0, 0, 0);
    weft_sim__fiber_abandon(sim);
}

void weft_sim__wasmtime_says(weft_sim *sim, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sim->words, sizeof sim->words, format, arguments);
    va_end(arguments);
}

void weft_sim__trap(weft_sim *sim, weft_sim_trap trap, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(sim, trap, format, arguments);
}

void weft_sim__value_trap(weft_sim_instance *instance, weft_sim_trap trap, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(instance->sim, trap, format, arguments);
}

void weft_sim_unreachable(weft_sim_instance *instance, const char *message)
{
    weft_sim__trap(instance->sim, WEFT_SIM_TRAP_UNREACHABLE, message ? "%s" : NULL, message);
}
