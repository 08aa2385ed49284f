// wasi:cli: arguments, environment, exit, and the standard streams.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- What the program is told, and how it ends ----

static void get_arguments(weft_sim_call *call, void *data)
{
    const weft_world_options *options = &((weft_world *)data)->options;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value list = weft_sim_items_value(instance, options->argument_count);
    for (uint32_t i = 0; i < options->argument_count; i++)
        list.items[i] = weft_sim_text_value(instance, options->arguments[i]);
    weft_world__answer(call, list);
}

static void get_environment(weft_sim_call *call, void *data)
{
    const weft_world_options *options = &((weft_world *)data)->options;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value list = weft_sim_items_value(instance, options->variable_count);
    for (uint32_t i = 0; i < options->variable_count; i++) {
        const char *variable = options->environment[i], *value = strchr(variable, '=');
        list.items[i] = weft_sim_items_value(instance, 2);
        list.items[i].items[0] = weft_sim_bytes_value(instance, variable, (uint32_t)(value - variable));
        list.items[i].items[1] = weft_sim_text_value(instance, value + 1);
    }
    weft_world__answer(call, list);
}

static void get_directory(weft_sim_call *call, void *data)
{
    const char *directory = ((weft_world *)data)->options.directory;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value option = {0};
    if (directory) {
        option.which = 1;
        option.payload = weft_world__boxed(instance, weft_sim_text_value(instance, directory));
    }
    weft_world__answer(call, option);
}

static void end(weft_world *world, int code)
{
    world->exited = true;
    world->exit_code = code;
    weft_sim_stop(world->sim);
}

static void exit_by_result(weft_sim_call *call, void *data)
{
    end(data, (int)weft_sim_call_start(call)->which);
}

static void exit_with_code(weft_sim_call *call, void *data)
{
    end(data, (int)weft_sim_call_start(call)->number);
}

// ---- The standard streams: what a component reads or writes moves while its copy is in flight, so that a copy
// that is done is out, and nothing is read that nobody wants ----

typedef struct stream {
    weft_world *world;
    weft_sim_instance *instance;
    int descriptor;
    weft_sim_end *bytes, *result;
    const weft_sim_type *future;
} stream;

// Tells how it ended, and drops both ends.
static void finish(stream *it, int error)
{
    weft_sim_value value = {0};
    weft_sim_end_drop(it->bytes);
    if (error) {
        const weft_sim_type *codes = it->future->element->parts[1].type;
        weft_sim_value code = {.number = weft_world__case(codes, error == EPIPE ? "pipe" : "io")};
        value.which = 1;
        value.payload = weft_world__boxed(it->instance, code);
    }
    weft_world__resolve(it->result, it->future, value);
    free(it);
}

static void reads(weft_sim *sim, void *data)
{
    stream *it = data;
    char buffer[CHUNK];
    int error = 0;
    uint32_t wanted;
    (void)sim;
    while ((wanted = weft_world__meet(it->world, "reads", it->bytes, it->descriptor, POLLIN, NULL))) {
        ssize_t count = read(it->descriptor, buffer, wanted < CHUNK ? wanted : CHUNK);
        if (count > 0) {
            weft_sim_end_copy(it->bytes, buffer, (uint32_t)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            error = count == 0 || errno == EBADF ? 0 : errno;
            break;
        }
    }
    finish(it, error);
}

// Writes all, though nobody may read it for long: so do other hosts, and what is written at once stays
// together.
static int write_all(int descriptor, const char *bytes, size_t count)
{
    while (count) {
        ssize_t written = write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = descriptor, .events = POLLOUT}, 1, NEVER);
        } else if (errno == EBADF) { // it is closed: all is well, and goes nowhere
            return 0;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static void writes(weft_sim *sim, void *data)
{
    stream *it = data;
    void *bytes;
    int error = 0;
    uint32_t count;
    (void)sim;
    while (!error && (count = weft_world__meet(it->world, "writes", it->bytes, -1, 0, &bytes))) {
        error = write_all(it->descriptor, bytes, count);
        if (!error) // onto themselves: they are out already
            weft_sim_end_copy(it->bytes, bytes, count);
    }
    finish(it, error);
}

static stream *begin(weft_world *world, weft_sim_instance *instance, weft_sim_script script, int descriptor,
                     const weft_sim_type *future)
{
    stream *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = (stream){.world = world, .instance = instance, .descriptor = descriptor, .future = future};
    weft_sim_spawn(world->sim, script, it);
    return it;
}

static void read_stdin(weft_sim_call *call, void *data)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_part *parts = weft_sim_call_func(call)->result->parts;
    weft_sim_value both = weft_sim_items_value(instance, 2);
    stream *it = begin(data, instance, reads, STDIN_FILENO, parts[1].type);
    both.items[0].handle = weft_sim_stream_make(instance, parts[0].type, &it->bytes);
    both.items[1].handle = weft_sim_stream_make(instance, parts[1].type, &it->result);
    weft_world__answer(call, both);
}

static void write_to(weft_sim_call *call, weft_world *world, int descriptor)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value *args = weft_sim_call_start(call), future;
    stream *it = begin(world, instance, writes, descriptor, weft_sim_call_func(call)->result);
    it->bytes = weft_sim_value_end(&args[0]);
    future.handle = weft_sim_stream_make(instance, it->future, &it->result);
    weft_sim_call_return(call, &future);
}

static void write_stdout(weft_sim_call *call, void *data)
{
    write_to(call, data, STDOUT_FILENO);
}

static void write_stderr(weft_sim_call *call, void *data)
{
    write_to(call, data, STDERR_FILENO);
}

static void terminal(weft_sim_call *call, int descriptor)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->element->resource;
    weft_sim_value option = {0};
    if (isatty(descriptor)) {
        option.which = 1;
        option.payload = weft_world__boxed(instance, weft_sim_resource_value(instance, resource, 0));
    }
    weft_world__answer(call, option);
}

static void terminal_stdin(weft_sim_call *call, void *data)
{
    (void)data;
    terminal(call, STDIN_FILENO);
}

static void terminal_stdout(weft_sim_call *call, void *data)
{
    (void)data;
    terminal(call, STDOUT_FILENO);
}

static void terminal_stderr(weft_sim_call *call, void *data)
{
    (void)data;
    terminal(call, STDERR_FILENO);
}

const weft_world__row weft_world__cli[] = WEFT_WORLD__ROWS(
    {"wasi:cli/environment", "get-arguments", get_arguments},
    {"wasi:cli/environment", "get-environment", get_environment},
    {"wasi:cli/environment", "get-initial-cwd", get_directory}, {"wasi:cli/exit", "exit", exit_by_result},
    {"wasi:cli/exit", "exit-with-code", exit_with_code}, {"wasi:cli/stdin", "read-via-stream", read_stdin},
    {"wasi:cli/stdout", "write-via-stream", write_stdout},
    {"wasi:cli/stderr", "write-via-stream", write_stderr},
    {"wasi:cli/terminal-stdin", "get-terminal-stdin", terminal_stdin},
    {"wasi:cli/terminal-stdout", "get-terminal-stdout", terminal_stdout},
    {"wasi:cli/terminal-stderr", "get-terminal-stderr", terminal_stderr});
