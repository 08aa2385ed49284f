// A producer and a consumer, with a queue between them; each goes on when the loop calls it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <uv.h>

enum { CAPACITY = 2 };

static int items[CAPACITY], first, count;
static int next = 1, sum;

static void produce(uv_idle_t *self)
{
    while (count < CAPACITY && next <= 10)
        items[(first + count++) % CAPACITY] = next++;
    if (next > 10)
        uv_close((uv_handle_t *)self, NULL);
}

static void consume(uv_idle_t *self)
{
    while (count) {
        sum += items[first];
        first = (first + 1) % CAPACITY;
        count--;
    }
    if (next <= 10)
        return;
    printf("%d\n", sum);
    uv_close((uv_handle_t *)self, NULL);
}

int main(void)
{
    uv_idle_t producer, consumer;
    uv_idle_init(uv_default_loop(), &producer);
    uv_idle_start(&producer, produce);
    uv_idle_init(uv_default_loop(), &consumer);
    uv_idle_start(&consumer, consume);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
