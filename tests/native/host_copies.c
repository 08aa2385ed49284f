// The native host's streams and futures, by hand: parts of copies, cancels of them, ends that go, and events
// that nothing asked for or that come late. Usage: host-copies <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_runs.h"

static uint32_t reader, writer, status;
static uint8_t bytes[16];

static uint32_t takes_and_reads(const uint32_t *args)
{
    (void)args;
    uint64_t both = weft_sim_stream_new(guest, &bytes_stream);
    writer = (uint32_t)(both >> 32);
    call_import(TAKE_BYTES, (uint32_t)both, NULL);
    return YIELD;
}

static uint32_t then_writes(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    if (event == NONE) {
        memcpy(bytes, "abcdefgh", 8);
        status = weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 8, true);
        return watch(writer);
    }
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    guest_return(code);
    return EXIT;
}

static weft_sim_end *accept_end(weft_sim *host, const char *name)
{
    weft_sim_call *call = weft_sim_accept(host, "peer", name);
    weft_sim_end *end = weft_sim_value_end(&weft_sim_call_start(call)[0]);
    weft_sim_call_return(call, NULL);
    return end;
}

// Two reads before the writer hears of the first: its event counts both.
static void reads_in_parts(weft_sim *host, void *data)
{
    (void)data;
    char taken[8] = {0};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_settle(host);
    CHECK(status, BLOCKED);
    weft_sim_end_start(end, taken, 3);
    CHECK(weft_sim_end_done(end), true);
    CHECK(weft_sim_end_wait(end), 3 << 4 | COMPLETED);
    CHECK(weft_sim_end_copy(end, taken + 3, 2), 2 << 4 | COMPLETED);
    CHECK(strcmp(taken, "abcde"), 0);
    finish(run);
    CHECK(weft_sim_end_copy(end, taken, 2), DROPPED);
    weft_sim_end_drop(end);
}

static void partial_copies(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(reads_in_parts, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 5 << 4 | COMPLETED);
}

static void drops_after_a_part(weft_sim *host, void *data)
{
    (void)data;
    char taken[8] = {0};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_settle(host);
    weft_sim_end_copy(end, taken, 3);
    weft_sim_end_drop(end);
    finish(run);
}

static void dropped_with_a_count(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(drops_after_a_part, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 3 << 4 | DROPPED);
}

static uint32_t own_ends(const uint32_t *args)
{
    (void)args;
    new_stream(&bytes_stream, &reader, &writer);
    // A cancel of nothing moved, and the end is usable again.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 4, true), BLOCKED);
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), CANCELLED);
    // A write of nothing completes beside a read; the read stays.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 4, true), BLOCKED);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 0, true), COMPLETED);
    // Numbers may be copied within one component.
    memcpy(bytes + 8, "xyz", 3);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 3, true), 3 << 4 | COMPLETED);
    CHECK(memcmp(bytes, "xyz", 3), 0);
    // What has moved is a cancel's answer.
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), 3 << 4 | COMPLETED);
    // A read of nothing ends when a write comes, which waits then.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 0, true), BLOCKED);
    CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes + 8, 3, true), BLOCKED);
    CHECK(weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false), COMPLETED);
    // With a writer pending, a read of nothing completes at once.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 0, true), COMPLETED);
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 2, true), 2 << 4 | COMPLETED);
    weft_sim_stream_drop_readable(guest, &bytes_stream, reader);
    CHECK(weft_sim_stream_cancel_write(guest, &bytes_stream, writer, false), 2 << 4 | DROPPED);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);

    uint32_t value = 5, got = 0;
    new_stream(&number_future, &reader, &writer);
    CHECK(weft_sim_future_read(guest, &number_future, reader, &got, true), BLOCKED);
    CHECK(weft_sim_future_cancel_read(guest, &number_future, reader, false), CANCELLED);
    CHECK(weft_sim_future_write(guest, &number_future, writer, &value, true), BLOCKED);
    CHECK(weft_sim_future_read(guest, &number_future, reader, &got, true), COMPLETED);
    CHECK(got, 5);
    CHECK(weft_sim_future_cancel_write(guest, &number_future, writer, false), COMPLETED);
    weft_sim_future_drop_readable(guest, &number_future, reader);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    new_stream(&number_future, &reader, &writer);
    weft_sim_future_drop_readable(guest, &number_future, reader);
    CHECK(weft_sim_future_write(guest, &number_future, writer, &value, true), DROPPED);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    guest_return(0);
    return EXIT;
}

static void ends_of_one_component(void)
{
    guest_run = own_ends;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// Texts move from the guest to the host: those that were accepted are the host's copies.
static uint32_t gives_texts(const uint32_t *args)
{
    (void)args;
    uint64_t both = weft_sim_stream_new(guest, &text_stream);
    writer = (uint32_t)(both >> 32);
    call_import(TAKE_TEXTS, (uint32_t)both, NULL);
    static struct {
        const char *bytes;
        uint32_t length;
    } texts[] = {{"one", 3}, {"two", 3}, {"", 0}};
    status = weft_sim_stream_write(guest, &text_stream, writer, texts, 3, true);
    return watch(writer);
}

static uint32_t sees_write(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &text_stream, writer);
    guest_return(0);
    return EXIT;
}

static void reads_texts(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_value taken[3] = {{{0}}};
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-texts");
    CHECK(weft_sim_end_copy(end, taken, 2), 2 << 4 | COMPLETED);
    CHECK(taken[0].count, 3);
    CHECK(memcmp(taken[1].bytes, "two", 3), 0);
    weft_sim_value_free(&text, &taken[0]);
    weft_sim_value_free(&text, &taken[1]);
    weft_sim_end_drop(end);
    finish(run);
}

static void texts_move(void)
{
    guest_run = gives_texts;
    guest_callback = sees_write;
    CHECK(play(reads_texts, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 2 << 4 | DROPPED);
}

static uint32_t watches_reader(const uint32_t *args)
{
    (void)args;
    new_stream(&bytes_stream, &reader, &writer);
    watch(reader);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    return WAIT(set);
}

static uint32_t ignores_it(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    // It was no answer: the end is not done.
    CHECK(weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 1, true), DROPPED);
    guest_return(0);
    return EXIT;
}

static void event_unasked(void)
{
    options.unasked = 1000;
    guest_run = watches_reader;
    guest_callback = ignores_it;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    SAW(0, STREAM_READ, DROPPED);
}

static bool reading;

static uint32_t writes_when_read(uint32_t event, uint32_t waitable, uint32_t code)
{
    if (event == NONE) {
        if (!reading)
            return YIELD;
        CHECK(weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 3, true), BLOCKED);
        return watch(writer);
    }
    saw(event, waitable, code);
    weft_sim_waitable_join(guest, writer, 0);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    guest_return(0);
    return EXIT;
}

static void reads_first(weft_sim *host, void *data)
{
    (void)data;
    char taken[3];
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_end_start(end, taken, 3);
    reading = true;
    CHECK(weft_sim_end_wait(end), 3 << 4 | DROPPED); // by now the writer has gone, too
    finish(run);
    weft_sim_end_drop(end);
}

// The reader was there first, and yet the writer is told by an event.
static void copies_told_late(void)
{
    options.late = 1000;
    guest_run = takes_and_reads;
    guest_callback = writes_when_read;
    CHECK(play(reads_first, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 3 << 4 | COMPLETED);
}

// ---- What the other end has, before it is copied ----

static uint32_t marks_gone;

static void counts_gone(void *mark)
{
    ++*(uint32_t *)mark;
}

static void takes_what_is_offered(weft_sim *host, void *data)
{
    (void)data;
    char taken[8] = {0};
    void *items = NULL;
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_end *other_writer, *other = weft_sim_stream_make(guest, &bytes_stream, &other_writer);
    weft_sim_end_mark(other, &marks_gone, counts_gone);
    CHECK(weft_sim_end_marked(other_writer, counts_gone) == &marks_gone, true);
    CHECK(weft_sim_end_marked(other_writer, NULL) == NULL, true);
    CHECK(weft_sim_end_marked(end, counts_gone) == NULL, true);
    weft_sim_end_drop(other_writer);
    CHECK(marks_gone, 0);
    weft_sim_end_drop(other);
    CHECK(marks_gone, 1);
    marks_gone = 0;
    weft_sim_bell bell = {0};
    CHECK(weft_sim_end_rings(end, &bell) == NULL, true);
    CHECK(weft_sim_end_rings(end, NULL) == &bell, true); // as who had it needs, to put it back
    CHECK(weft_sim_end_met(end), false);
    CHECK(weft_sim_end_offer(end, &items), 0);
    weft_sim_settle(host);
    CHECK(weft_sim_end_met(end), true);
    uint32_t offered = weft_sim_end_offer(end, &items);
    CHECK(items == bytes, true);
    CHECK(offered, options.partial ? 1 : 8); // the schedule makes it as partial as it can
    CHECK(weft_sim_end_copy(end, taken, offered), offered << 4 | COMPLETED);
    CHECK(strncmp(taken, "abcdefgh", offered), 0);
    CHECK(weft_sim_end_met(end), options.partial != 0);
    CHECK(weft_sim_end_dropped(end), false);
    finish(run);
    CHECK(weft_sim_end_dropped(end), true);
    CHECK(weft_sim_end_offer(end, NULL), 0);
    weft_sim_end_drop(end);
}

static void offered(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(takes_what_is_offered, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 8 << 4 | COMPLETED);
}

static void offered_in_part(void)
{
    static const uint32_t seven[] = {7};
    options.partial = 1000;
    weft_sim_schedule_give(&schedule, seven, 1);
    guest_run = takes_and_reads;
    guest_callback = then_writes;
    CHECK(play(takes_what_is_offered, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, 1 << 4 | COMPLETED);
}

static uint32_t then_writes_none(uint32_t event, uint32_t waitable, uint32_t code)
{
    if (event != NONE)
        return then_writes(event, waitable, code);
    status = weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 0, true);
    return watch(writer);
}

static void completes_none(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    weft_sim_end *end = accept_end(host, "take-bytes");
    weft_sim_settle(host);
    CHECK(weft_sim_end_met(end), true);
    CHECK(weft_sim_end_offer(end, NULL), 0);
    finish(run);
    weft_sim_end_drop(end);
}

static void offered_none(void)
{
    guest_run = takes_and_reads;
    guest_callback = then_writes_none;
    CHECK(play(completes_none, true), WEFT_SIM_DONE);
    SAW(0, STREAM_WRITE, COMPLETED);
}

static const struct test tests[] = {
    TEST(partial_copies), TEST(dropped_with_a_count), TEST(ends_of_one_component),
    TEST(texts_move),     TEST(event_unasked),        TEST(copies_told_late),
    TEST(offered),        TEST(offered_in_part),      TEST(offered_none),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
