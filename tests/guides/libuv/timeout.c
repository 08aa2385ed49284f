// A timeout, and what is cleaned up then.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

struct work {
    uv_timer_t timer; // first
    char *room;
};

static void clean_up(uv_handle_t *timer)
{
    struct work *self = (struct work *)timer;
    free(self->room);
    puts("cleaned up");
    puts("too late");
}

static void done(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, clean_up);
}

static void expired(uv_timer_t *alarm)
{
    struct work *self = alarm->data;
    uv_close((uv_handle_t *)&self->timer, clean_up); // it is called when no callback of the timer's can come
    uv_close((uv_handle_t *)alarm, NULL);
}

int main(void)
{
    struct work work = {.room = malloc(100)};
    uv_timer_t alarm = {.data = &work};
    uv_timer_init(uv_default_loop(), &work.timer);
    uv_timer_start(&work.timer, done, 3600000, 0);
    uv_timer_init(uv_default_loop(), &alarm);
    uv_timer_start(&alarm, expired, 20, 0);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
