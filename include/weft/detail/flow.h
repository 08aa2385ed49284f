// What the lines of flow.h are made of. Included by flow.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_FLOW_H
#define WEFT_DETAIL_FLOW_H

#define WEFT__READS(name, T) WEFT__IS(&name##_start_read, void (*)(weft_coro *, name##_reader *, T *, size_t))

weft_poll weft__read_exactly(weft_coro *co, weft_exactly *exactly, weft_read_start *read,
                             weft_stream_reader *in, void *items, size_t size, size_t length)
    __attribute__((warn_unused_result));
weft_poll weft__read_to_end(weft_coro *co, weft_to_end *to_end, weft_read_start *read, weft_stream_reader *in,
                            weft_buffer *buffer, size_t size, size_t limit) __attribute__((warn_unused_result));
weft_poll weft__forward(weft_coro *co, weft_forward *forward) __attribute__((warn_unused_result));
void weft__buffer_free(weft_buffer *buffer, size_t size, weft_item_drop *drop);
// Makes room for `least` items of `size` bytes or more, but for no more than `limit`; false if there is no
// memory.
bool weft__buffer_grow(weft_buffer *buffer, size_t size, size_t least, size_t limit);

#define WEFT__FLOW(name, T, DROP)                                                                              \
    WEFT__FLOW_ENDS(name, (T * items, ), ((T *)items, ), items, (, T * items), sizeof(T), DROP)                \
    typedef union name##_buffer {                                                                              \
        weft_buffer buffer;                                                                                    \
        __extension__ struct {                                                                                 \
            T *items;                                                                                          \
            size_t count;                                                                                      \
            size_t capacity;                                                                                   \
            weft_error error;                                                                                  \
        };                                                                                                     \
    } name##_buffer;                                                                                           \
    WEFT__WAIT name##_read_to_end(weft_coro *co, weft_to_end *to_end, name##_reader *in,                       \
                                  name##_buffer *buffer, size_t limit)                                         \
    {                                                                                                          \
        return weft__read_to_end(co, to_end, name##__flow_read, &in->reader, &buffer->buffer, sizeof(T),       \
                                 limit);                                                                       \
    }                                                                                                          \
    WEFT__FN void name##_buffer_free(name##_buffer *buffer)                                                    \
    {                                                                                                          \
        weft__buffer_free(&buffer->buffer, sizeof(T), DROP);                                                   \
    }                                                                                                          \
    WEFT__SEMICOLON

// ITEMS: the parameter, with its comma; ARGUMENT: that as an argument; POINTER: that alone; NEXT: the parameter
// of name_next, with its comma before. All are empty for a unit, but POINTER, which is NULL.
#define WEFT__FLOW_ENDS(name, ITEMS, ARGUMENT, POINTER, NEXT, SIZE, DROP)                                      \
    WEFT__FN void name##__flow_read(weft_coro *co, weft_stream_reader *in, void *items, size_t length)         \
    {                                                                                                          \
        (void)items;                                                                                           \
        name##_start_read(co, (name##_reader *)in, WEFT__JUST ARGUMENT length);                                \
    }                                                                                                          \
    WEFT__FN void name##__flow_write(weft_coro *co, weft_stream_writer *out, void *items, size_t length)       \
    {                                                                                                          \
        (void)items;                                                                                           \
        name##_start_write_all(co, (name##_writer *)out, WEFT__JUST ARGUMENT length);                          \
    }                                                                                                          \
    WEFT__WAIT name##_next(weft_coro *co, name##_reader *in WEFT__JUST NEXT)                                   \
    {                                                                                                          \
        return name##_read(co, in, WEFT__JUST ARGUMENT 1);                                                     \
    }                                                                                                          \
    WEFT__WAIT name##_read_exactly(weft_coro *co, weft_exactly *exactly, name##_reader *in,                    \
                                   WEFT__JUST ITEMS size_t length)                                             \
    {                                                                                                          \
        return weft__read_exactly(co, exactly, name##__flow_read, &in->reader, POINTER, SIZE, length);         \
    }                                                                                                          \
    WEFT__WAIT name##_forward(weft_coro *co, weft_forward *forward, name##_reader *in, name##_writer *out,     \
                              WEFT__JUST ITEMS size_t length)                                                  \
    {                                                                                                          \
        WEFT__CHECK(forward->co.state > WEFT__ENDED, child_busy, #name "_forward", 0);                         \
        WEFT__CHECK(!length, no_room_to_read, #name "_forward", 0);                                            \
        __builtin_memset(forward, 0, sizeof *forward);                                                         \
        forward->in = &in->reader;                                                                             \
        forward->out = &out->writer;                                                                           \
        forward->read = name##__flow_read;                                                                     \
        forward->write = name##__flow_write;                                                                   \
        forward->drop = DROP;                                                                                  \
        forward->items = (char *)POINTER;                                                                      \
        forward->size = SIZE;                                                                                  \
        forward->length = length;                                                                              \
        return weft__forward(co, forward);                                                                     \
    }                                                                                                          \
    typedef struct name##_feed {                                                                               \
        weft_coro co;                                                                                          \
        weft_step *run;                                                                                        \
        name##_writer out;                                                                                     \
    } name##_feed;                                                                                             \
    WEFT__FN weft_stepped name##__feed_run(weft_coro *co)                                                      \
    {                                                                                                          \
        name##_feed *feed = weft_frame(co, name##_feed);                                                       \
        weft_stepped stepped = feed->run(co);                                                                  \
        if (weft_step_ended(stepped))                                                                          \
            name##_close_writer(&feed->out);                                                                   \
        return stepped;                                                                                        \
    }                                                                                                          \
    WEFT__FN uint32_t name##_feed_spawn(weft_coro *co, weft_scope *scope, weft_child *child,                   \
                                        name##_feed *feed, weft_step *run)                                     \
    {                                                                                                          \
        feed->run = run;                                                                                       \
        weft_spawn(co, scope, child, &feed->co, name##__feed_run);                                             \
        return name##_new(&feed->out);                                                                         \
    }                                                                                                          \
    WEFT__FN void *name##__feed_new(weft_coro *co, weft_scope *scope, size_t size, size_t zeroed,              \
                                    weft_step *run, uint32_t *handle)                                          \
    {                                                                                                          \
        void *frame = scope ? weft__spawn_new(co, scope, size, zeroed, name##__feed_run)                       \
                            : weft__task_spawn(co, size, zeroed, name##__feed_run, WEFT_CANCEL_TOO);           \
        name##_feed *feed = (name##_feed *)frame;                                                              \
        if (!feed)                                                                                             \
            return NULL;                                                                                       \
        feed->run = run;                                                                                       \
        *handle = name##_new(&feed->out);                                                                      \
        return feed;                                                                                           \
    }                                                                                                          \
    WEFT__FN void *name##_feed_new(weft_coro *co, weft_scope *scope, size_t size, weft_step *run,              \
                                   uint32_t *handle)                                                           \
    {                                                                                                          \
        return name##__feed_new(co, scope, size, size, run, handle);                                           \
    }

#define WEFT__FLOW_OWNED(name, T, drop)                                                                        \
    WEFT__FN void name##__drop(void *item, bool moved)                                                         \
    {                                                                                                          \
        drop((T *)item, moved);                                                                                \
    }                                                                                                          \
    WEFT__FLOW(name, T, name##__drop)

#define WEFT__FLOW_UNIT(name)                                                                                  \
    WEFT__FLOW_ENDS(name, (), (), NULL, (), 0, NULL)                                                           \
    WEFT__SEMICOLON

#define WEFT__LINES(name)                                                                                      \
    WEFT__STATIC_ASSERT(WEFT__READS(name, uint8_t) || WEFT__READS(name, int8_t) || WEFT__READS(name, char),    \
                        #name " is no stream of bytes: WEFT_LINES takes one of uint8_t, int8_t or char");      \
    WEFT__FN void name##__read_bytes(weft_coro *co, weft_stream_reader *in, void *items, size_t length)        \
    {                                                                                                          \
        name##_start_read(co, (name##_reader *)in, (name##__item *)items, length);                             \
    }                                                                                                          \
    WEFT__FN void name##_lines(weft_lines *lines, name##_reader *in, void *buffer, size_t size,                \
                               weft_line_policy policy)                                                        \
    {                                                                                                          \
        WEFT__CHECK(!size, no_room_to_read, #name "_lines", 0);                                                \
        __builtin_memset(lines, 0, sizeof *lines);                                                             \
        lines->in = &in->reader;                                                                               \
        lines->read = name##__read_bytes;                                                                      \
        lines->buffer = (uint8_t *)buffer;                                                                     \
        lines->size = size;                                                                                    \
        lines->policy = policy;                                                                                \
    }                                                                                                          \
    WEFT__SEMICOLON

#endif
