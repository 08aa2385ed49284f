// Ends and resources on their way to another component: what may go, and what is left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

PROBE(give_in_set)
{
    uint32_t writer, reader = numbers(new)(&writer);
    join(reader);
    peer(take_numbers)(reader);
}

PROBE(give_future_in_set)
{
    uint32_t writer, reader = number(new)(&writer);
    join(reader);
    peer(take_number)(reader);
}

PROBE(give_reading)
{
    uint32_t writer, reader = numbers(new)(&writer);
    numbers(read)(reader, items, 3);
    peer(take_numbers)(reader);
}

PROBE(give_future_reading)
{
    uint32_t writer, reader = number(new)(&writer);
    number(read)(reader, items);
    peer(take_number)(reader);
}

PROBE(give_done)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    does(ACT(DROP_WRITER), 0);
    join(reader);
    wait_event();
    peer(take_numbers)(reader);
}

PROBE(give_future_done)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    does(ACT(WRITE_NUMBER), 0);
    join(reader);
    wait_event();
    leave(reader);
    peer(take_number)(reader);
}

PROBE(give_future_done_in_set)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    does(ACT(WRITE_NUMBER), 0);
    join(reader);
    wait_event();
    peer(take_number)(reader);
}

PROBE(give_writer)
{
    uint32_t writer;
    numbers(new)(&writer);
    peer(take_numbers)(writer);
}

PROBE(give_future_writer)
{
    uint32_t writer;
    number(new)(&writer);
    peer(take_number)(writer);
}

PROBE(give_set_as_stream)
{
    peer(take_numbers)(the_set());
}

PROBE(give_stream_of_another_type)
{
    uint32_t writer;
    peer(take_numbers)(bytes(new)(&writer));
}

PROBE(give_unknown)
{
    peer(take_numbers)(77);
}

PROBE(give_after_a_part)
{
    uint32_t writer, reader = numbers(new)(&writer);
    TELL(numbers(write)(writer, items, 4));
    TELL(numbers(read)(reader, items + 8, 2));
    peer(take_numbers)(reader);
    TELL(does(ACT(READ), 1));
    join(writer);
    wait_event();
}

PROBE(write_then_drop_before_all_is_read)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, items, 4));
    TELL(does(ACT(READ), 2));
    join(writer);
    wait_event();
    numbers(drop_writable)(writer);
}

PROBE(things_move_when_read)
{
    uint32_t writer, reader = things(new)(&writer);
    peer(own_thing_t) two[2] = {peer(constructor_thing)(8), peer(constructor_thing)(9)};
    TELL(things(write)(writer, two, 2));
    TELL(peer(method_thing_number)(peer(borrow_thing)(two[0])));
    TELL(peer(things)(reader, 1, &result));
    tell_log();
    join(writer);
    wait_event();
    TELL(peer(method_thing_number)(peer(borrow_thing)(two[1])));
    peer(method_thing_number)(peer(borrow_thing)(two[0]));
}

PROBE(things_stay_when_dropped)
{
    uint32_t writer, reader = things(new)(&writer);
    peer(own_thing_t) one = peer(constructor_thing)(8);
    things(drop_readable)(reader);
    TELL(things(write)(writer, &one, 1));
    TELL(peer(method_thing_number)(peer(borrow_thing)(one)));
}

PROBE(texts_move_when_read)
{
    uint32_t writer, reader = texts(new)(&writer);
    runner_string_t text = {(uint8_t *)"hi", 2};
    peer(take_texts)(reader);
    TELL(texts(write)(writer, &text, 1));
    TELL(does(ACT(READ_TEXT), 0));
    tell_log();
    join(writer);
    wait_event();
}

PROBE(thing_given_twice)
{
    peer(own_thing_t) one = peer(constructor_thing)(8);
    peer(given)(one);
    peer(given)(one);
}

PROBE(thing_dropped_twice)
{
    peer(own_thing_t) one = peer(constructor_thing)(8);
    peer(thing_drop_own)(one);
    peer(thing_drop_own)(one);
}

PROBE(stream_given_as_thing)
{
    peer(given)((peer(own_thing_t)){(int32_t)peers_numbers()});
}

PROBE(stream_borrowed_as_thing)
{
    peer(method_thing_number)((peer(borrow_thing_t)){(int32_t)peers_numbers()});
}

PROBE(stream_dropped_as_thing)
{
    peer(thing_drop_own)((peer(own_thing_t)){(int32_t)peers_numbers()});
}

PROBE(thing_of_another_type_given)
{
    peer(given)((peer(own_thing_t)){peer(constructor_another)().__handle});
}

PROBE(thing_of_another_type_borrowed)
{
    peer(method_thing_number)((peer(borrow_thing_t)){peer(constructor_another)().__handle});
}

PROBE(thing_of_another_type_dropped)
{
    peer(thing_drop_own)((peer(own_thing_t)){peer(constructor_another)().__handle});
}
