// A producer and a consumer, with a channel between them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { CAPACITY = 2 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int items[CAPACITY], first, count;
static bool closed;

static void *produce(void *given)
{
    for (int number = 1; number <= 10; number++) {
        pthread_mutex_lock(&mutex);
        while (count == CAPACITY)
            pthread_cond_wait(&changed, &mutex);
        items[(first + count++) % CAPACITY] = number;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    closed = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    return given;
}

int main(void)
{
    pthread_t producer;
    int sum = 0;
    if (pthread_create(&producer, NULL, produce, NULL))
        return 1;
    pthread_mutex_lock(&mutex);
    for (;;) {
        while (!count && !closed)
            pthread_cond_wait(&changed, &mutex);
        if (!count)
            break;
        sum += items[first];
        first = (first + 1) % CAPACITY;
        count--;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&mutex);
    pthread_join(producer, NULL);
    printf("%d\n", sum);
}
