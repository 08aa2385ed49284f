// Two at once: each takes its time, and both have a result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pthread.h>
#include <stdio.h>
#include <time.h>

struct work {
    int number, square;
};

static void *work(void *given)
{
    struct work *self = given;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    self->square = self->number * self->number;
    return NULL;
}

int main(void)
{
    struct work left = {.number = 3}, right = {.number = 4};
    pthread_t threads[2];
    if (pthread_create(&threads[0], NULL, work, &left))
        return 1;
    if (pthread_create(&threads[1], NULL, work, &right))
        return 1;
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("%d\n", left.square + right.square);
}
