// One kind of stream: a reader and a writer of the component, and their peers. Included once a kind, with
//   KIND, EXPORT_READ, EXPORT_WRITE, TAKE  names; ITEM the type, and HOST_ITEM that of scripts
//   WITH(x)           x and a comma, or nothing if there are no items
//   MAKE(item, n), GOT(item), CHECK_ITEM(item, n), FREE(item) for the component; HOST_... for scripts
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#define CAT3_(a, b, c) a##b##c
#define CAT3(a, b, c) CAT3_(a, b, c)
#define K(name) CAT3(KIND, _, name)
#define EXPORTED(name) CAT3(exports_workloads_, name, )
#define RETURN_OF(name) CAT3(exports_workloads_, name, _return)

WEFT_STREAM_CANCEL(KIND, "$root", TAKE_NAME, 0);

// Waits for the other end to go, as long as it likes: in a select, so that this ends in any case.
#define GONE(wait)                                                                                             \
    weft_event_set(&self->over);                                                                               \
    for (self->turns = pick(3); self->turns; self->turns--) {                                                  \
        WEFT_AWAIT(weft_select(co, self->cases, wait, weft_event_wait(of, &self->over)));                      \
        if (pick(2))                                                                                           \
            WEFT_AWAIT(weft_yield(co));                                                                        \
    }

// ---- Reading ----

typedef struct {
    weft_coro co;
    K(reader) in;
    ITEM items[8];
    uint32_t rounds;
    size_t length;
    bool begun;
    weft_any any;
    weft_op *ops[1];
    weft_case cases[2];
    weft_event over;
    uint32_t turns;
} K(read_frame);

static void K(note_read)(K(read_frame) * self)
{
    if (!self->begun)
        return;
    self->begun = false;
    EXPECT(!weft_in_flight(&self->in), "a read is over, but still in flight");
    EXPECT(self->in.count <= self->length, "%u items were read, and there is room for %u",
           (unsigned)self->in.count, (unsigned)self->length);
    for (size_t i = 0; i < self->in.count; i++) {
        GOT(self->items[i]);
        CHECK_ITEM(self->items[i], model.component);
        FREE(self->items[i]);
        model.component++;
    }
}

static weft_stepped K(read_run)(weft_coro *co)
{
    K(read_frame) *self = weft_frame(co, K(read_frame));
    WEFT_BEGIN;
    for (self->rounds = pick(6); self->rounds; self->rounds--) {
        self->length = pick(9);
        self->begun = true;
        switch (pick(7)) {
        case 6:
            self->in.count = 0;
            GONE(K(writer_dropped)(of, &self->in));
            if (pick(2))
                K(cancel_read)(&self->in);
            weft_stop_blocking(&self->in);
            EXPECT(!self->in.count, "a wait for the writer to go has read");
            break;
        case 5:
            K(start_read)(co, &self->in, WITH(self->items) self->length);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            K(cancel_read)(&self->in);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(3) == 0)
                weft_stop_blocking(&self->in);
            WEFT_AWAIT(weft_await(co, &self->in));
            break;
        case 0:
            K(start_read)(co, &self->in, WITH(self->items) self->length);
            weft_stop_blocking(&self->in);
            break;
        case 1:
            K(start_read)(co, &self->in, WITH(self->items) self->length);
            WEFT_AWAIT(weft_yield(co));
            weft_stop_blocking(&self->in);
            break;
        case 2:
            K(start_read)(co, &self->in, WITH(self->items) self->length);
            self->ops[0] = &self->in.op;
            WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
            break;
        default:
            WEFT_AWAIT(K(read)(co, &self->in, WITH(self->items) self->length));
        }
        K(note_read)(self);
        if (weft_dropped(&self->in) && pick(2))
            break;
    }
    RETURN(co, EXPORTED(EXPORT_READ), 7);
    WEFT_FINALLY;
    if (pick(3) == 0) {
        K(cancel_read)(&self->in);
        WEFT_AWAIT(weft_await(co, &self->in));
    }
    weft_stop_blocking(&self->in);
    K(note_read)(self);
    K(close_reader)(&self->in);
    WEFT_END;
}

#define NO_READER                                                                                              \
    K(reader) in = K(reader_of)(items);                                                                        \
    K(close_reader)(&in);                                                                                      \
    RETURN_OF(EXPORT_READ)(NO_MEMORY)
EXPORT_OR(workloads, EXPORTED(EXPORT_READ), K(read_frame), K(read_run), (uint32_t items), NO_READER,
          self->in = K(reader_of)(items));

static void K(peer_writes)(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_end *end = data;
    HOST_ITEM items[8];
    for (uint32_t left = pick(8); left; left--) {
        uint32_t count = pick(8);
        for (uint32_t i = 0; i < count; i++)
            HOST_MAKE(items[i], model.peer + i);
        linger();
        uint32_t status = copy_items(end, items, count);
        uint32_t moved = status >> 4;
        model.peer += moved;
        for (uint32_t i = moved; i < count; i++)
            HOST_FREE(items[i]);
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    linger();
    weft_sim_end_drop(end);
}

static void K(play_read)(weft_sim *sim, void *data)
{
    (void)data;
    model = (stream_model){0};
    weft_sim_spawn(sim, calm_down, NULL);
    weft_sim_end *writer;
    const weft_sim_type *type = param_type(READ_NAME);
    weft_sim_value value = {.handle = weft_sim_stream_make(run.guest, type, &writer)};
    weft_sim_spawn(sim, K(peer_writes), writer);
    linger();
    call_and_wait(READ_NAME, &value, NULL);
}

// ---- Writing ----

typedef struct {
    weft_coro co;
    K(writer) out;
    ITEM items[8];
    uint32_t rounds;
    size_t length;
    bool begun, all, started;
    weft_any any;
    weft_op *ops[1];
    uint32_t handle;
    weft_subtask_owned call;
    weft_case cases[2];
    weft_event over;
    uint32_t turns;
} K(write_frame);

static void K(drop_reader)(void *handle)
{
    K(reader) in = K(reader_of)(*(uint32_t *)handle);
    K(close_reader)(&in);
}

static void K(note_write)(K(write_frame) * self)
{
    if (!self->begun)
        return;
    self->begun = false;
    EXPECT(!weft_in_flight(&self->out), "a write is over, but still in flight");
    EXPECT(self->out.count <= self->length, "%u items were written of %u", (unsigned)self->out.count,
           (unsigned)self->length);
    model.component += (uint32_t)self->out.count;
    for (size_t i = 0; i < self->length && !(self->all && OWNED); i++)
        FREE(self->items[i]);
}

static weft_stepped K(write_run)(weft_coro *co)
{
    K(write_frame) *self = weft_frame(co, K(write_frame));
    WEFT_BEGIN;
    self->handle = K(new)(&self->out);
    weft_subtask_start_owned(co, &self->call, TAKE(self->handle), K(drop_reader), NULL, &self->handle);
    for (self->rounds = pick(6); self->rounds; self->rounds--) {
        GONE(K(reader_dropped)(of, &self->out));
        if (self->rounds == 1 && pick(2))
            break;
        if (pick(2))
            K(cancel_write)(&self->out);
        weft_stop_blocking(&self->out);
        self->length = pick(9);
        for (size_t i = 0; i < self->length; i++)
            MAKE(self->items[i], model.component + i);
        self->begun = true;
        self->started = false;
        self->all = pick(2);
        switch (self->all ? 10 + pick(3) : pick(3)) {
        case 0:
            WEFT_AWAIT(K(write)(co, &self->out, WITH(self->items) self->length));
            break;
        case 10:
            WEFT_AWAIT(K(write_all)(co, &self->out, WITH(self->items) self->length));
            break;
        default:
            self->started = true;
        }
        if (!self->started)
            ;
        else if (self->all)
            K(start_write_all)(co, &self->out, WITH(self->items) self->length);
        else
            K(start_write)(co, &self->out, WITH(self->items) self->length);
        switch (self->started ? pick(6) : 2) {
        case 5:
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            K(cancel_write)(&self->out);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(3) == 0)
                weft_stop_blocking(&self->out);
            WEFT_AWAIT(weft_await(co, &self->out));
            break;
        case 4:
            self->ops[0] = &self->out.op;
            WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
            break;
        case 0:
            WEFT_AWAIT(weft_yield(co));
            weft_stop_blocking(&self->out);
            break;
        case 1:
            weft_stop_blocking(&self->out);
            break;
        default:
            WEFT_AWAIT(weft_await(co, &self->out));
            EXPECT(!self->all || self->out.count == self->length || weft_dropped(&self->out),
                   "write_all wrote %u of %u", (unsigned)self->out.count, (unsigned)self->length);
        }
        K(note_write)(self);
        if (weft_dropped(&self->out) && pick(2))
            break;
    }
    RETURN(co, EXPORTED(EXPORT_WRITE), 7);
    WEFT_FINALLY;
    weft_stop_blocking(&self->out);
    K(note_write)(self);
    K(close_writer)(&self->out);
    if (pick(2))
        weft_stop_blocking(&self->call.call);
    WEFT_AWAIT(weft_await(co, &self->call.call));
    WEFT_END;
}

EXPORT_OR(workloads, EXPORTED(EXPORT_WRITE), K(write_frame), K(write_run), (void),
          RETURN_OF(EXPORT_WRITE)(NO_MEMORY), );

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
    HOST_ITEM items[8];
    for (uint32_t left = run.calm ? UINT32_MAX : 1 + pick(20); left; left--) {
        uint32_t count = (1 + pick(8)) % 8; // always 0 would be endless
        linger();
        if (!early && weft_sim_call_cancel_asked(call) && pick(2))
            break;
        uint32_t status = copy_items(end, items, count);
        for (uint32_t i = 0; i < status >> 4; i++) {
            HOST_CHECK(items[i], model.peer);
            HOST_FREE(items[i]);
            model.peer++;
        }
        if ((status & 15) == WEFT_COPY_DROPPED)
            break;
    }
    linger();
    weft_sim_end_drop(end);
    linger();
    if (!early)
        weft_sim_call_return(call, NULL);
}

static void K(play_write)(weft_sim *sim, void *data)
{
    (void)data;
    model = (stream_model){0};
    weft_sim_spawn(sim, calm_down, NULL);
    answer_by_script(TAKE_NAME, K(peer_reads));
    call_and_wait(WRITE_NAME, NULL, NULL);
}

#undef KIND
#undef EXPORT_READ
#undef EXPORT_WRITE
#undef READ_NAME
#undef WRITE_NAME
#undef TAKE
#undef TAKE_NAME
#undef ITEM
#undef HOST_ITEM
#undef WITH
#undef MAKE
#undef CHECK_ITEM
#undef FREE
#undef GOT
#undef HOST_MAKE
#undef HOST_CHECK
#undef HOST_FREE
#undef OWNED
#undef K
#undef CAT3
#undef CAT3_
#undef EXPORTED
#undef RETURN_OF
#undef NO_READER
#undef GONE
