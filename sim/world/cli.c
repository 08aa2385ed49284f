// wasi:cli: arguments, environment, exit, and the standard streams.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <errno.h>
#include <poll.h>
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

// ---- The standard streams ----

static const char *error_name(int error)
{
    return error == EPIPE ? "pipe" : "io";
}

static ssize_t move_in(weft_world__pump *it, void *bytes, size_t count)
{
    ssize_t moved = read(it->descriptor, bytes, count);
    return moved < 0 && errno == EBADF ? 0 : moved; // one that is closed is at its end
}

// Writes all, though nobody may read it for long: so do other hosts, and what is written at once stays
// together.
static ssize_t move_out(weft_world__pump *it, void *bytes, size_t count)
{
    for (size_t moved = 0; moved < count;) {
        ssize_t more = write(it->descriptor, (char *)bytes + moved, count - moved);
        if (more > 0)
            moved += (size_t)more;
        else if (errno == EAGAIN)
            poll(&(struct pollfd){.fd = it->descriptor, .events = POLLOUT}, 1, NEVER);
        else if (errno == EBADF) // it is closed: all is well, and goes nowhere
            break;
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)count;
}

static void read_stdin(weft_sim_call *call, void *data)
{
    weft_sim_call_start(call);
    weft_world__pump_in(call, (weft_world__pump){.world = data,
                                                 .move = move_in,
                                                 .error_name = error_name,
                                                 .descriptor = STDIN_FILENO,
                                                 .waits = STDIN_FILENO});
}

static void write_to(weft_sim_call *call, weft_world *world, int descriptor)
{
    weft_sim_value *args = weft_sim_call_start(call);
    weft_world__pump_out(
        call, &args[0],
        (weft_world__pump){
            .world = world, .move = move_out, .error_name = error_name, .descriptor = descriptor, .waits = -1});
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
