// Breaches with the ends of streams and futures. Part of host_traps.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

RUN(sync_read_in_set)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_waitable_join(guest, reader, weft_sim_waitable_set_new(guest));
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, false);
    return EXIT;
}

RUN(sync_cancel_in_set)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_waitable_join(guest, reader, weft_sim_waitable_set_new(guest));
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    weft_sim_stream_cancel_read(guest, &bytes_stream, reader, false);
    return EXIT;
}

RUN(blocks_on_read)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, false);
    return EXIT;
}

RUN(joins_reader)
{
    UNUSED;
    weft_sim_waitable_join(guest, reader, 0);
    return 0;
}

RUN(read_twice)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    return EXIT;
}

RUN(drop_busy)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 8, true);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    return EXIT;
}

RUN(cancel_idle)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_cancel_write(guest, &bytes_stream, writer, true);
    return EXIT;
}

RUN(read_on)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    return EXIT;
}

RUN(write_on)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_drop_readable(guest, &bytes_stream, reader);
    weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 8, true);
    weft_sim_stream_write(guest, &bytes_stream, writer, bytes, 8, true);
    return EXIT;
}

RUN(future_read_twice)
{
    UNUSED;
    new_stream(&number_future, &reader, &writer);
    weft_sim_future_write(guest, &number_future, writer, words, true);
    weft_sim_future_read(guest, &number_future, reader, words, true);
    weft_sim_future_read(guest, &number_future, reader, words, true);
    return EXIT;
}

RUN(future_write_twice)
{
    UNUSED;
    new_stream(&number_future, &reader, &writer);
    weft_sim_future_read(guest, &number_future, reader, words, true);
    weft_sim_future_write(guest, &number_future, writer, words, true);
    weft_sim_future_write(guest, &number_future, writer, words, true);
    return EXIT;
}

RUN(future_unwritten)
{
    UNUSED;
    new_stream(&number_future, &reader, &writer);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    return EXIT;
}

RUN(give_busy)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    call_import(TAKE_BYTES, reader, NULL);
    return EXIT;
}

RUN(give_done)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_drop_writable(guest, &bytes_stream, writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 8, true);
    call_import(TAKE_BYTES, reader, NULL);
    return EXIT;
}

RUN(give_in_set)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_waitable_join(guest, reader, weft_sim_waitable_set_new(guest));
    call_import(TAKE_BYTES, reader, NULL);
    return EXIT;
}

RUN(too_long)
{
    UNUSED;
    new_stream(&bytes_stream, &reader, &writer);
    weft_sim_stream_read(guest, &bytes_stream, reader, bytes, 1u << 28, true);
    return EXIT;
}

RUN(null_buffer)
{
    UNUSED;
    new_stream(&words_stream, &reader, &writer);
    weft_sim_stream_read(guest, &words_stream, reader, NULL, 1, true);
    return EXIT;
}

RUN(misaligned_buffer)
{
    UNUSED;
    new_stream(&words_stream, &reader, &writer);
    weft_sim_stream_read(guest, &words_stream, reader, (char *)words + 1, 1, true);
    return EXIT;
}

RUN(both_ends)
{
    UNUSED;
    new_stream(&text_stream, &reader, &writer);
    weft_sim_stream_read(guest, &text_stream, reader, words, 1, true);
    weft_sim_stream_write(guest, &text_stream, writer, words, 1, true);
    return EXIT;
}
