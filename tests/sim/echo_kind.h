// One kind of echo: the service, and its world. Included once a kind, with
//   KIND, EXPORT, TAKE          names; ITEM the type, and HOST_ITEM that of scripts
//   STREAM                      the bindings' type of the stream
//   HOST_MAKE(item, n), HOST_CHECK(item, n), HOST_FREE(item)    for scripts
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#define CAT3_(a, b, c) a##b##c
#define CAT3(a, b, c) CAT3_(a, b, c)
#define K(name) CAT3(KIND, _, name)
#define EXPORTED CAT3(exports_workloads_, EXPORT, )
#define RETURNED CAT3(exports_workloads_, EXPORT, _return)

typedef struct {
    weft_coro co;
    weft_forward forward;
    K(reader) in;
    K(writer) out;
    ITEM items[4];
    uint32_t handle;
    weft_subtask_owned call;
} K(frame);

static void K(drop_reader)(void *handle)
{
    K(reader) in = K(reader_of)(*(uint32_t *)handle);
    K(close_reader)(&in);
    broken = true;
}

static weft_stepped K(run)(weft_coro *co)
{
    K(frame) *self = weft_frame(co, K(frame));
    WEFT_BEGIN;
    began = true;
    self->handle = K(new)(&self->out);
    weft_subtask_start_owned(co, &self->call, TAKE(self->handle), K(drop_reader), NULL, &self->handle);
    WEFT_AWAIT(K(forward)(co, &self->forward, &self->in, &self->out, self->items, 1 + pick(4)));
    RETURN(co, EXPORTED, 7);
    WEFT_FINALLY;
    taken = (uint32_t)self->forward.taken;
    given = (uint32_t)self->forward.given;
    K(close_reader)(&self->in);
    K(close_writer)(&self->out);
    broken = broken || weft_cancelled(co);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END;
}

#define NO_MEMORY_LEFT                                                                                         \
    K(drop_reader)(&items);                                                                                    \
    RETURNED(NO_MEMORY)
EXPORT_OR(workloads, EXPORTED, K(frame), K(run), (STREAM items), NO_MEMORY_LEFT,
          self->in = K(reader_of)(items));

static void K(writes)(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    HOST_ITEM items[8];
    for (uint32_t rounds = pick(8); rounds; rounds--) {
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++)
            HOST_MAKE(items[i], written + i);
        linger();
        uint32_t status = copy_items(end, items, count);
        written += status >> 4;
        for (uint32_t i = status >> 4; i < count; i++)
            HOST_FREE(items[i]);
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

static void K(reads)(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    linger();
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    HOST_ITEM items[8];
    for (;;) {
        if (maybe(50)) {
            broken = true;
            break;
        }
        linger();
        uint32_t status = copy_items(end, items, (1 + pick(8)) % 8); // always 0 would be endless
        for (uint32_t i = 0; i < status >> 4; i++, read_back++) {
            HOST_CHECK(items[i], read_back);
            HOST_FREE(items[i]);
        }
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    weft_sim_end_drop(end);
}

#undef KIND
#undef EXPORT
#undef TAKE
#undef ITEM
#undef HOST_ITEM
#undef STREAM
#undef HOST_MAKE
#undef HOST_CHECK
#undef HOST_FREE
#undef K
#undef CAT3
#undef CAT3_
#undef EXPORTED
#undef RETURNED
#undef NO_MEMORY_LEFT
