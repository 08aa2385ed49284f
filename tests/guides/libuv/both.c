// Two at once: each takes its time, and both have a result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <uv.h>

struct work {
    uv_timer_t timer; // first
    int number, square;
};

static struct work left = {.number = 3}, right = {.number = 4};
static int running = 2;

static void done(uv_timer_t *timer)
{
    struct work *self = (struct work *)timer;
    self->square = self->number * self->number;
    uv_close((uv_handle_t *)timer, NULL);
    if (!--running)
        printf("%d\n", left.square + right.square);
}

static void start(struct work *self)
{
    uv_timer_init(uv_default_loop(), &self->timer);
    uv_timer_start(&self->timer, done, 20, 0);
}

int main(void)
{
    start(&left);
    start(&right);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
