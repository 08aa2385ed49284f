// Bytes between a component's stream and a descriptor. They move while the component's copy is in flight, so
// that a copy that is done is out, and nothing is read that nobody wants.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void free_pump(weft_world__job *job)
{
    weft_world__pump *it = (weft_world__pump *)job;
    if (it->owned)
        close(it->descriptor);
    if (it->socket)
        weft_world__socket_release(it->socket);
    free(it->buffer);
    free(it);
}

// Tells how it ended, and drops both ends; `way` is that of shutdown(2).
static void finish(weft_world__pump *it, int way, int error)
{
    weft_sim_value value = {0};
    if (it->socket) {
        shutdown(it->descriptor, way);
        weft_world__socket_release(it->socket);
        it->socket = NULL;
    }
    weft_sim_end_drop(it->bytes);
    if (error)
        value = weft_world__failure(it->instance, it->future->element, it->error_name(error));
    weft_world__resolve(it->result, it->future, value);
    weft_world__job_end(&it->job);
}

// Until the other side is gone.
static ssize_t move(weft_world__pump *it, void *bytes, size_t count)
{
    if (!it->left) {
        errno = it->gone;
        return -1;
    }
    ssize_t moved = it->move(it, bytes, count < it->left ? count : (size_t)it->left);
    weft_world__bytes_moved(&it->left, moved);
    return moved;
}

// All of them: a script at the other end may take them piece by piece.
static void hand_on(weft_sim_end *end, unsigned char *bytes, uint32_t count)
{
    for (uint32_t status = 0; count && (status & 15) != DROPPED; count -= status >> 4, bytes += status >> 4)
        status = weft_sim_end_copy(end, bytes, count);
}

static void pumps_in(weft_sim *sim, void *data)
{
    weft_world__pump *it = data;
    void *bytes;
    int error = it->error;
    uint32_t wanted;
    (void)sim;
    while (!error && (wanted = weft_world__meet(it->world, "reads", it->bytes, it->waits, POLLIN, &bytes))) {
        if (!bytes && !it->buffer && !(it->buffer = malloc(CHUNK)))
            abort();
        ssize_t count = move(it, bytes ? bytes : it->buffer, wanted);
        if (count == 0)
            break;
        if (count > 0) // where they are there already, onto themselves
            hand_on(it->bytes, bytes ? bytes : it->buffer, (uint32_t)count);
        else if (errno == EAGAIN)
            it->waits = it->descriptor;
        else if (errno != EINTR)
            error = errno;
    }
    finish(it, SHUT_RD, error);
}

static void pumps_out(weft_sim *sim, void *data)
{
    weft_world__pump *it = data;
    void *bytes;
    int error = it->error;
    uint32_t offered;
    (void)sim;
    while (!error && (offered = weft_world__meet(it->world, "writes", it->bytes, it->waits, POLLOUT, &bytes))) {
        ssize_t count = move(it, bytes, offered);
        if (count >= 0)
            weft_sim_end_copy(it->bytes, bytes, (uint32_t)count); // onto themselves: they are out already
        else if (errno == EAGAIN)
            it->waits = it->descriptor;
        else if (errno != EINTR)
            error = errno;
    }
    finish(it, SHUT_WR, error);
}

static weft_world__pump *begin(weft_sim_script script, weft_world__pump pump)
{
    pump.left = weft_world__bytes_to_cut(pump.world);
    weft_world__pump *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = pump;
    weft_world__job_begin(it->world, &it->job, free_pump);
    weft_sim_spawn_small(it->world->sim, script, it);
    return it;
}

void weft_world__pump_in(weft_sim_call *call, weft_world__pump pump)
{
    const weft_sim_part *parts = weft_sim_call_func(call)->result->parts;
    pump.instance = weft_sim_call_caller(call);
    pump.future = parts[1].type;
    pump.gone = ECONNRESET;
    weft_world__pump *it = begin(pumps_in, pump);
    weft_sim_value both = weft_sim_items_value(it->instance, 2);
    both.items[0].handle = weft_sim_stream_make(it->instance, parts[0].type, &it->bytes);
    both.items[1].handle = weft_sim_stream_make(it->instance, it->future, &it->result);
    weft_sim_call_return(call, &both);
}

void weft_world__pump_out(weft_sim_call *call, weft_sim_value *stream, weft_world__pump pump)
{
    weft_sim_value future;
    pump.instance = weft_sim_call_caller(call);
    pump.future = weft_sim_call_func(call)->result;
    pump.gone = EPIPE;
    pump.bytes = weft_sim_value_end(stream);
    weft_world__pump *it = begin(pumps_out, pump);
    future.handle = weft_sim_stream_make(it->instance, it->future, &it->result);
    weft_sim_call_return(call, &future);
}
