// Components from files, and calls from the command line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "invoke.h"
#include "wave.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

_Noreturn void stop(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
    exit(1);
}

uint64_t number_of(const char *text, uint64_t least, uint64_t most, const char *why)
{
    uint64_t number;
    if (!weft_sim_number(text, &number) || number < least || number > most)
        stop(text, why);
    return number;
}

uint64_t seed_of(const char *text)
{
    return number_of(text, 1, UINT64_MAX, "is no seed: one is a number from 1 on");
}

static const weft_sim_component *load_as(const char *path, const char *file)
{
    void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        stop(path, dlerror());
    const weft_sim_component *component = dlsym(object, "weft_sim_component");
    if (!component)
        stop(path, "is no component: build it with weft_add_component() under toolchains/native.cmake");
    return component;
}

const weft_sim_component *load(const char *path)
{
    char *full = realpath(path, NULL); // or the loader would look elsewhere for a name without a slash
    const weft_sim_component *component = load_as(path, full ? full : path);
    free(full);
    return component;
}

// The loader takes another name for another object. This one is in memory, and has a name that debuggers can
// open, too, until there are so many others: a descriptor is used again, so the rest of the name counts, in
// bits.
const weft_sim_component *load_again(const char *path)
{
    static int kept[16];
    static uint32_t count;
    char name[128];
    int *is = &kept[count++ % 16];
    if (*is)
        close(*is);
    int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("component", MFD_CLOEXEC);
    if (from < 0 || to < 0)
        stop(path, strerror(errno));
    for (ssize_t copied; (copied = sendfile(to, from, NULL, 1 << 20)) != 0;)
        if (copied < 0 && errno != EINTR)
            stop(path, strerror(errno));
    close(from);
    *is = to;
    int at = snprintf(name, sizeof name, "/proc/%d/fd", (int)getpid());
    for (uint32_t bits = count; bits; bits >>= 1)
        at += snprintf(name + at, sizeof name - (size_t)at, bits & 1 ? "/." : "/");
    snprintf(name + at, sizeof name - (size_t)at, "/%d", to);
    return load_as(path, name);
}

// "thing" of the world, or of an interface: that alone, or "my:package/interface.thing@1.0.0", as wasmtime has
// it.
static bool is_named(const weft_sim_func *func, const char *name, size_t length)
{
    char full[512] = "";
    if (strlen(func->name) == length && !strncmp(func->name, name, length))
        return true;
    if (!func->interface)
        return false;
    const char *version = strchr(func->interface, '@');
    size_t before = version ? (size_t)(version - func->interface) : strlen(func->interface);
    snprintf(full, sizeof full, "%.*s.%s%s", (int)before, func->interface, func->name, version ? version : "");
    return strlen(full) == length && !strncmp(full, name, length);
}

static const weft_sim_export *find_export(const weft_sim_component *component, const char *call)
{
    size_t length = strcspn(call, "( ");
    const weft_sim_export *export;
    for (uint32_t i = 0; (export = weft_sim_export_at(component, i)); i++)
        if (is_named(&export->func, call, length))
            return export;
    stop(call, "is no call of a function that the first component exports");
}

invocation invocation_of(const weft_sim_component *component, const char *text)
{
    invocation it = {.text = text, .export = find_export(component, text)};
    it.args = calloc(it.export->func.param_count + 1, sizeof *it.args);
    if (!it.args)
        abort();
    return it;
}

void invocation_read(invocation *it, weft_sim_instance *instance)
{
    wave_reader reader = wave_reader_of(instance, it->text);
    reader.at += strcspn(it->text, "( ");
    if (!wave_read_arguments(&reader, &it->export->func, it->args))
        stop(it->text, reader.wrong);
}

void invocation_run(invocation *it, weft_sim_instance *instance)
{
    const weft_sim_func *func = &it->export->func;
    weft_sim_call *made = weft_sim_call_export(instance, func->interface, func->name, it->args);
    weft_sim_call_wait(made);
    if (func->result)
        wave_print(stdout, instance, func->result, weft_sim_call_result(made));
    else
        fputs("()", stdout);
    putchar('\n');
    weft_sim_call_free(made);
}

void always(weft_sim_options *options, const char *name)
{
    const struct {
        const char *name;
        uint16_t *weight;
    } all[] = {{"block", &options->block},
               {"eager-yield", &options->eager_yield},
               {"late", &options->late},
               {"hold", &options->hold},
               {"partial", &options->partial},
               {"unasked", &options->unasked},
               {"slow-cancel", &options->slow_cancel}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!strcmp(all[i].name, name)) {
            *all[i].weight = 1000;
            return;
        }
    stop(name, "is nothing that the host can do always");
}
