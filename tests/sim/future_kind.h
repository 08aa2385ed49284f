// One kind of future: a reader and a writer of the component, and their peers. Included once a kind; TAKEN is
// the number of a value that was read, and gives back what that owns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#define CAT3_(a, b, c) a##b##c
#define CAT3(a, b, c) CAT3_(a, b, c)
#define K(name) CAT3(KIND, _, name)

WEFT_FUTURE_CANCEL(KIND, "$root", TAKE_NAME, 0);

typedef struct {
    weft_coro co;
    K(reader) in;
    VALUE value;
    weft_any any;
    weft_op *ops[1];
} K(read_frame);

static weft_stepped K(read_run)(weft_coro *co)
{
    K(read_frame) *self = weft_frame(co, K(read_frame));
    WEFT_BEGIN;
    switch (pick(6)) {
    case 0:
        break;
    case 5:
        K(start_read)(co, &self->in, &self->value);
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        K(cancel_read)(&self->in);
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        if (pick(2))
            WEFT_AWAIT(weft_await(co, &self->in));
        break;
    case 1:
        K(start_read)(co, &self->in, &self->value);
        WEFT_AWAIT(weft_yield(co));
        weft_stop_blocking(&self->in);
        break;
    case 2:
        K(start_read)(co, &self->in, &self->value);
        break;
    case 3:
        K(start_read)(co, &self->in, &self->value);
        self->ops[0] = &self->in.op;
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
        break;
    default:
        WEFT_AWAIT(K(read)(co, &self->in, &self->value));
    }
    RETURN(co, EXPORT_READ, 7);
    WEFT_FINALLY;
    if (pick(2))
        WEFT_AWAIT(weft_await(co, &self->in));
    weft_stop_blocking(&self->in);
    if (weft_resolved(&self->in))
        model.got = TAKEN(self->value);
    K(close_reader)(&self->in);
    WEFT_END;
}

#define NO_READER                                                                                              \
    K(reader) in = K(reader_of)(value);                                                                        \
    K(close_reader)(&in);                                                                                      \
    RETURN_READ(NO_MEMORY)
EXPORT_OR(workloads, EXPORT_READ, K(read_frame), K(read_run), (uint32_t value), NO_READER,
          self->in = K(reader_of)(value));

// A future's writer must write, and learn of the outcome.
static void K(peer_writes)(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    HOST_VALUE value;
    HOST_MAKE(value);
    uint32_t status;
    do {
        linger();
        status = copy_items(end, &value, 1);
    } while ((status & 15) == WEFT_COPY_CANCELLED);
    if ((status & 15) == WEFT_COPY_COMPLETED)
        model.gave = WRITTEN;
    else
        HOST_FREE(value);
    weft_sim_end_drop(end);
}

static void K(play_read)(weft_sim *sim, void *data)
{
    (void)data;
    model = (future_model){0};
    weft_sim_spawn(sim, calm_down, NULL);
    weft_sim_end *writer;
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, param_type(READ_NAME), &writer)};
    weft_sim_spawn(sim, K(peer_writes), writer);
    linger();
    call_and_wait(READ_NAME, &value, NULL);
}

typedef struct {
    weft_coro co;
    K(writer) out;
    uint32_t handle;
    weft_subtask_owned call;
    weft_any any;
    weft_op *ops[1];
    weft_case cases[2];
    weft_event over;
    uint32_t turns;
    bool waits;
} K(write_frame);

static void K(drop_reader)(void *handle)
{
    K(reader) in = K(reader_of)(*(uint32_t *)handle);
    K(close_reader)(&in);
}

static weft_stepped K(write_run)(weft_coro *co)
{
    K(write_frame) *self = weft_frame(co, K(write_frame));
    WEFT_BEGIN;
    self->handle = K(new)(&self->out, MAKE(OTHERWISE));
    weft_subtask_start_owned(co, &self->call, TAKE(self->handle), K(drop_reader), NULL, &self->handle);
    self->waits = true;
    weft_event_set(&self->over);
    for (self->turns = pick(3); self->turns; self->turns--) {
        WEFT_AWAIT(
            weft_select(co, self->cases, K(reader_dropped)(of, &self->out), weft_event_wait(of, &self->over)));
        WEFT_AWAIT(weft_yield(co));
    }
    if (pick(4) == 0) {
        RETURN(co, EXPORT_WRITE, 7);
        WEFT_FINISH;
    }
    weft_stop_blocking(&self->out);
    self->waits = false;
    switch (pick(6)) {
    case 0:
        break;
    case 5:
        K(start_write)(co, &self->out, MAKE(WRITTEN));
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        K(cancel_write)(&self->out);
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        if (pick(2))
            WEFT_AWAIT(weft_await(co, &self->out));
        break;
    case 1:
        K(start_write)(co, &self->out, MAKE(WRITTEN));
        WEFT_AWAIT(weft_yield(co));
        weft_stop_blocking(&self->out);
        break;
    case 2:
        K(start_write)(co, &self->out, MAKE(WRITTEN));
        break;
    case 3:
        K(start_write)(co, &self->out, MAKE(WRITTEN));
        self->ops[0] = &self->out.op;
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
        break;
    default:
        WEFT_AWAIT(K(write)(co, &self->out, MAKE(WRITTEN)));
    }
    RETURN(co, EXPORT_WRITE, 7);
    WEFT_FINALLY;
    if (!self->waits && pick(2))
        WEFT_AWAIT(weft_await(co, &self->out));
    weft_stop_blocking(&self->out);
    if (weft_resolved(&self->out))
        model.gave = WRITTEN;
    model.may_be_default = !model.gave;
    if (pick(2))
        weft_subtask_cancel(
            &self->call.call); // weft_stop_blocking would wait, while the peer waits for the value
    if (!K(close_writer)(pick(2) ? co : NULL, &self->out)) {
        WEFT_AWAIT(K(write)(co, &self->out, MAKE(OTHERWISE)));
        (void)K(close_writer)(co, &self->out);
    }
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END;
}

EXPORT_OR(workloads, EXPORT_WRITE, K(write_frame), K(write_run), (void), RETURN_WRITE(NO_MEMORY), );

static void K(peer_reads)(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    weft_sim_end *end = take_end(call);
    if (!end)
        return;
    bool early = pick(2);
    if (early)
        weft_sim_call_return(call, NULL);
    HOST_VALUE value = {0};
    uint32_t status = WEFT_COPY_CANCELLED;
    while ((status & 15) == WEFT_COPY_CANCELLED && !maybe(200)) {
        linger();
        status = copy_items(end, &value, 1);
    }
    EXPECT((status & 15) != WEFT_COPY_DROPPED, "a future's writer went without a value");
    if ((status & 15) == WEFT_COPY_COMPLETED) {
        model.got = HOST_NUMBER(value);
        HOST_FREE(value);
    }
    weft_sim_end_drop(end);
    linger();
    if (!early)
        weft_sim_call_return(call, NULL);
}

static void K(play_write)(weft_sim *sim, void *data)
{
    (void)data;
    model = (future_model){0};
    weft_sim_spawn(sim, calm_down, NULL);
    answer_by_script(TAKE_NAME, K(peer_reads));
    call_and_wait(WRITE_NAME, NULL, NULL);
}

#undef KIND
#undef VALUE
#undef MAKE
#undef TAKEN
#undef EXPORT_READ
#undef RETURN_READ
#undef READ_NAME
#undef EXPORT_WRITE
#undef RETURN_WRITE
#undef WRITE_NAME
#undef TAKE
#undef TAKE_NAME
#undef HOST_VALUE
#undef HOST_MAKE
#undef HOST_NUMBER
#undef HOST_FREE
#undef K
#undef CAT3
#undef CAT3_
#undef NO_READER
