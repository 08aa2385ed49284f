// The streams' runner on Weft, with items that carry nothing; and the lengths that only those reach.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_NONE
#include "../streams/weft_words.h"
#include "../streams/tests.h"

// 2^28 - 1 at a time, and write_all goes on.
CASE(clamp)
{
    BEGIN_CASE;
    self->reader = items_reader_of(items_new(&self->writer));
    items_start_write(co, &self->writer, SIZE_MAX);
    EXPECT(weft_in_flight(&self->writer), true);
    items_start_read(co, &self->reader, WEFT_COPY_MAX + 1);
    EXPECT(weft_in_flight(&self->reader), false);
    EXPECT(self->reader.count, WEFT_COPY_MAX);
    AWAIT_WRITE();
    EXPECT(self->writer.count, WEFT_COPY_MAX);
    EXPECT(weft_dropped(&self->writer), false);

    items_start_read(co, &self->reader, SIZE_MAX);
    items_start_write_all(co, &self->writer, WEFT_COPY_MAX + 6);
    EXPECT(weft_in_flight(&self->writer), true);
    AWAIT_READ();
    EXPECT(self->reader.count, WEFT_COPY_MAX);
    items_start_read(co, &self->reader, SIZE_MAX);
    EXPECT(weft_in_flight(&self->reader), false);
    EXPECT(self->reader.count, 6);
    AWAIT_WRITE();
    EXPECT(self->writer.count, WEFT_COPY_MAX + 6);
    EXPECT(weft_dropped(&self->writer), false);
    END_CASE;
}

#define TESTS                                                                                                  \
    STREAM_TESTS                                                                                               \
    TEST(clamp)
#include "weft_runner.h"
