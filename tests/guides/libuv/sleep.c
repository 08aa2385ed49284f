// Sleeps, then prints.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <uv.h>

static void awake(uv_timer_t *timer)
{
    puts("awake");
    uv_close((uv_handle_t *)timer, NULL);
}

int main(void)
{
    uv_timer_t timer;
    uv_timer_init(uv_default_loop(), &timer);
    uv_timer_start(&timer, awake, 20, 0);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
