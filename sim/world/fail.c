// Calls that fail on purpose. What a failed call answers is made of the types that its function has, whatever
// the interface is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 256 };

struct weft_world__fault {
    weft_world__fault *next;
    char *call, *error; // of them, "*" is any
    uint64_t nth;       // 0: each
    uint32_t thousandths;
    uint64_t seen;
};

// ---- What can fail, and how ----

// The error-code of a result, or of a future of one; or NULL.
static const weft_sim_type *errors_in(const weft_sim_type *type)
{
    if (type && type->kind == WEFT_SIM_FUTURE)
        type = type->element;
    const weft_sim_type *error = type && type->kind == WEFT_SIM_RESULT ? type->parts[1].type : NULL;
    return error && (error->kind == WEFT_SIM_ENUM || error->kind == WEFT_SIM_VARIANT) ? error : NULL;
}

static bool is_stream_and_end(const weft_sim_type *type)
{
    return type && type->kind == WEFT_SIM_TUPLE && type->part_count == 2 &&
           type->parts[0].type->kind == WEFT_SIM_STREAM && type->parts[1].type->kind == WEFT_SIM_FUTURE;
}

static const weft_sim_type *errors_of(const weft_sim_func *func)
{
    return errors_in(is_stream_and_end(func->result) ? func->result->parts[1].type : func->result);
}

// "wasi:filesystem/types#descriptor.open-at".
static void name_of(const weft_sim_func *func, char *name)
{
    const char *kind = strchr(func->name, ']'); // behind [method] and the like
    snprintf(name, NAME_MAX_LENGTH, "%.*s#%s", (int)strcspn(func->interface, "@"), func->interface,
             kind ? kind + 1 : func->name);
}

// If the name ends with these words.
static bool ends_in(const char *name, const char *words)
{
    size_t length = strlen(name), of_words = strlen(words);
    if (!of_words || of_words > length || strcmp(name + length - of_words, words) != 0)
        return false;
    return of_words == length || strchr(":/#.", name[length - of_words - 1]);
}

static bool is_called(const weft_sim_func *func, const char *call)
{
    static const struct {
        const char *libc, *name;
    } others[] = {{"open", "open-at"},
                  {"read", "read-via-stream"},
                  {"read", "receive"},
                  {"write", "write-via-stream"},
                  {"write", "append-via-stream"},
                  {"write", "tcp-socket.send"},
                  {"stat", "stat-at"},
                  {"readdir", "read-directory"},
                  {"unlink", "unlink-file-at"},
                  {"mkdir", "create-directory-at"},
                  {"rmdir", "remove-directory-at"},
                  {"rename", "rename-at"},
                  {"link", "link-at"},
                  {"symlink", "symlink-at"},
                  {"readlink", "readlink-at"},
                  {"ftruncate", "set-size"},
                  {"fsync", "descriptor.sync"},
                  {"fdatasync", "sync-data"},
                  {"utimensat", "set-times-at"},
                  {"futimens", "set-times"},
                  {"socket", "create"},
                  {"recv", "receive"},
                  {"getaddrinfo", "resolve-addresses"}};
    char name[NAME_MAX_LENGTH];
    if (!func->interface || strncmp(func->interface, "wasi:", 5) != 0 || !errors_of(func))
        return false;
    name_of(func, name);
    if (!strcmp(call, "*") || ends_in(name, call))
        return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(call, others[i].libc) && ends_in(name, others[i].name))
            return true;
    return false;
}

static bool has_case(const weft_sim_type *errors, const char *name)
{
    for (uint32_t i = 0; i < errors->part_count; i++)
        if (!strcmp(errors->parts[i].name, name))
            return true;
    return false;
}

static bool is_called_in_libc(int error, const char *name)
{
    static const weft_world__name others[] = {
        {EDEADLOCK, "EDEADLOCK"}, {ENOTSUP, "ENOTSUP"}, {EWOULDBLOCK, "EWOULDBLOCK"}, {0, ""}};
    const char *first = strerrorname_np(error);
    return first && *name && (!strcmp(first, name) || !strcmp(weft_world__name_of(others, error), name));
}

// The case of that name, or of libc's name for it; NULL: none. Files and sockets have different ones.
static const char *error_named(const weft_sim_type *errors, const char *name)
{
    static const struct {
        int error;
        const char *name;
    } others[] = {{EACCES, "access-denied"},
                  {EPERM, "access-denied"},
                  {EADDRINUSE, "address-in-use"},
                  {EADDRNOTAVAIL, "address-not-bindable"},
                  {ECONNABORTED, "connection-aborted"},
                  {ECONNREFUSED, "connection-refused"},
                  {ECONNRESET, "connection-reset"},
                  {EHOSTUNREACH, "remote-unreachable"},
                  {EINVAL, "invalid-argument"},
                  {EMSGSIZE, "datagram-too-large"},
                  {ENETUNREACH, "remote-unreachable"},
                  {ENOBUFS, "out-of-memory"},
                  {ENOMEM, "out-of-memory"},
                  {EOPNOTSUPP, "not-supported"},
                  {EPIPE, "connection-broken"},
                  {ETIMEDOUT, "timeout"},
                  {ETIMEDOUT, "connection-timeout"}};
    if (has_case(errors, name))
        return name;
    for (int error = 1; error < 256; error++) {
        if (!is_called_in_libc(error, name))
            continue;
        const char *of_file = weft_world__fs_error(error);
        if ((error == EIO || strcmp(of_file, "io") != 0) && has_case(errors, of_file))
            return of_file;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (others[i].error == error && has_case(errors, others[i].name))
                return others[i].name;
    }
    return NULL;
}

static bool fits(const weft_world__fault *it, const weft_sim_func *func)
{
    return is_called(func, it->call) && (!strcmp(it->error, "*") || error_named(errors_of(func), it->error));
}

// ---- How the user says it ----

static const weft_sim_func *import_of(const weft_world *world, uint32_t *at)
{
    const weft_sim_func *func = NULL;
    uint32_t i = (*at)++;
    for (uint32_t n = 0; n < world->component_count && !func; n++) {
        uint32_t count = 0;
        while (weft_sim_import_at(world->components[n], count))
            count++;
        func = i < count ? weft_sim_import_at(world->components[n], i) : NULL;
        i -= count;
    }
    return func;
}

static const char *say(weft_world *world, const char *format, ...)
{
    va_list arguments;
    char *text = NULL, *both = NULL;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0 || asprintf(&both, "%s%s", world->message ? world->message : "", text) < 0)
        abort();
    free(text);
    free(world->message);
    return world->message = both;
}

// A component may have an import twice: once for each of its parts.
static bool is_there_before(const weft_world *world, const weft_sim_func *func, const char *name)
{
    const weft_sim_func *before;
    for (uint32_t i = 0; (before = import_of(world, &i)) != func;) {
        char other[NAME_MAX_LENGTH];
        if (!is_called(before, "*"))
            continue;
        name_of(before, other);
        if (!strcmp(name, other))
            return true;
    }
    return false;
}

// The next import that is called so, from *at on, and its name.
static const weft_sim_func *next_called(const weft_world *world, const char *call, uint32_t *at, char *name)
{
    const weft_sim_func *func;
    while ((func = import_of(world, at))) {
        if (!is_called(func, call))
            continue;
        name_of(func, name);
        if (!is_there_before(world, func, name))
            return func;
    }
    return NULL;
}

static const char *no_call(weft_world *world, const char *call)
{
    char name[NAME_MAX_LENGTH];
    uint32_t count = 0;
    say(world, "%s: the component imports no such call that can fail; it imports", call);
    for (uint32_t i = 0; next_called(world, "*", &i, name); count++)
        say(world, "%s %s", count ? "," : "", name);
    return count ? world->message : say(world, " none");
}

static const char *no_error(weft_world *world, const char *call, const char *error)
{
    const weft_sim_func *func;
    char name[NAME_MAX_LENGTH];
    say(world, "%s: %s has no such error; it has", error, call);
    for (uint32_t i = 0; (func = next_called(world, call, &i, name));) {
        for (uint32_t n = 0; n < errors_of(func)->part_count; n++)
            say(world, "%s%s", n ? ", " : " ", errors_of(func)->parts[n].name);
        say(world, " (%s)", name);
    }
    return world->message;
}

// What is behind the error: "@N", "%P" or nothing.
static bool read_when(weft_world__fault *it)
{
    char *at = it->error + strcspn(it->error, "@%");
    char kind = *at;
    *at = 0;
    it->thousandths = 1000;
    if (!kind)
        return true;
    uint64_t number;
    if (!weft_sim_number(at + 1, &number) || !number || (kind == '%' && number > 100))
        return false;
    if (kind == '@')
        it->nth = number;
    else
        it->thousandths = (uint32_t)number * 10;
    return true;
}

static const char *check(weft_world *world, weft_world__fault *it)
{
    const weft_sim_func *func;
    bool is_known = false, fits_any = false;
    for (uint32_t i = 0; (func = import_of(world, &i));) {
        is_known = is_known || is_called(func, it->call);
        fits_any = fits_any || fits(it, func);
    }
    if (!is_known)
        return no_call(world, it->call);
    return fits_any ? NULL : no_error(world, it->call, it->error);
}

const char *weft_world_fail(weft_world *world, const char *fault)
{
    weft_world__fault *it = calloc(1, sizeof *it), **last = &world->faults;
    if (!it || !(it->call = strdup(fault)))
        abort();
    while (*last)
        last = &(*last)->next;
    *last = it;
    free(world->message);
    world->message = NULL;
    it->error = strrchr(it->call, ':');
    if (!it->error)
        return say(world, "%s: a fault is CALL:ERROR, CALL:ERROR@N or CALL:ERROR%%P", fault);
    *it->error++ = 0;
    if (!read_when(it))
        return say(world, "%s: behind the error stands @N, for the Nth call, or %%P, from 1 to 100", fault);
    return check(world, it);
}

void weft_world__faults_free(weft_world *world)
{
    for (weft_world__fault *it; (it = world->faults);) {
        world->faults = it->next;
        free(it->call);
        free(it);
    }
    free(world->message);
}

// ---- A call that fails ----

static const char *drawn(weft_world *world, const weft_sim_type *errors, const char *error)
{
    if (!strcmp(error, "*"))
        return errors->parts[weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, errors->part_count)].name;
    return error_named(errors, error);
}

// What the call is to fail by, or NULL. Each fault counts the calls that it is about.
static const char *fault_of(weft_world *world, const weft_sim_func *func)
{
    const char *error = NULL;
    for (weft_world__fault *it = world->faults; it; it = it->next)
        if (fits(it, func) && (++it->seen == it->nth || !it->nth) && !error &&
            weft_sim_chance(world->sim, WEFT_SIM_CHOOSE_SCRIPT, it->thousandths))
            error = drawn(world, errors_of(func), it->error);
    return error;
}

typedef struct ending {
    weft_world__job job;
    weft_sim_instance *instance;
    weft_sim_end *future;
    const weft_sim_type *type;
    const char *error;
} ending;

static void ends(weft_sim *sim, void *data)
{
    ending *it = data;
    (void)sim;
    weft_world__resolve(it->future, it->type, weft_world__failure(it->instance, it->type->element, it->error));
    weft_world__job_end(&it->job);
}

// A future that tells of the error.
static weft_sim_value failing_future(weft_world *world, weft_sim_instance *instance, const weft_sim_type *type,
                                     const char *error)
{
    ending *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    *it = (ending){.instance = instance, .type = type, .error = error};
    weft_sim_value future = {.handle = weft_sim_stream_make(instance, type, &it->future)};
    weft_world__job_begin(world, &it->job, NULL);
    weft_sim_spawn_small(world->sim, ends, it);
    return future;
}

static weft_sim_value failed(weft_world *world, weft_sim_call *call, const char *error)
{
    const weft_sim_type *type = weft_sim_call_func(call)->result;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    if (type->kind == WEFT_SIM_RESULT)
        return weft_world__failure(instance, type, error);
    if (type->kind == WEFT_SIM_FUTURE)
        return failing_future(world, instance, type, error);
    weft_sim_value both = weft_sim_items_value(instance, 2);
    weft_sim_end *writer;
    both.items[0].handle = weft_sim_stream_make(instance, type->parts[0].type, &writer);
    weft_sim_end_drop(writer);
    both.items[1] = failing_future(world, instance, type->parts[1].type, error);
    return both;
}

bool weft_world__fails(weft_world *world, weft_sim_call *call)
{
    const weft_sim_func *func = weft_sim_call_func(call);
    const char *error = world->faults ? fault_of(world, func) : NULL;
    if (!error)
        return false;
    weft_sim_value *args = weft_sim_call_start(call);
    for (uint32_t i = 0; i < func->param_count; i++) // what is given away is gone, as if all had gone well
        if (func->params[i].type->kind == WEFT_SIM_OWN)
            weft_world__dropped(func->params[i].type->resource, weft_sim_value_rep(&args[i]), world);
    weft_sim_note(world->sim, "host lets the call fail:", error);
    weft_sim_value answer = failed(world, call, error);
    weft_sim_call_return(call, &answer);
    return true;
}
