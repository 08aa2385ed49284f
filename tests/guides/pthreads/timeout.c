// A timeout, and what is cleaned up then.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void clean_up(void *room)
{
    free(room);
    puts("cleaned up");
}

static void *work(void *given)
{
    pthread_cleanup_push(clean_up, malloc(100));
    sleep(3600); // a place where a thread may be cancelled
    pthread_cleanup_pop(1);
    return given;
}

int main(void)
{
    pthread_t thread;
    struct timespec until;
    if (pthread_create(&thread, NULL, work, NULL))
        return 1;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (pthread_timedjoin_np(thread, NULL, &until)) { // glibc's
        pthread_cancel(thread);
        pthread_join(thread, NULL);
        puts("too late");
    }
}
