// Threads as C programs use them. Its first argument says which of the ends it tries.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER, room = PTHREAD_COND_INITIALIZER;

static pthread_t start(void *(*run)(void *), intptr_t argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, (void *)argument))
        abort();
    return thread;
}

static int joined(pthread_t thread)
{
    void *result;
    return pthread_join(thread, &result) ? -1 : (int)(intptr_t)result;
}

// ---- A bounded queue ----

enum { ITEMS = 1000, CAPACITY = 3 };
static int items[CAPACITY], count, from;

static void *produces(void *argument)
{
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&mutex);
        while (count == CAPACITY)
            pthread_cond_wait(&room, &mutex);
        items[(from + count++) % CAPACITY] = i;
        pthread_cond_signal(&some);
        pthread_mutex_unlock(&mutex);
    }
    return argument;
}

static void *consumes(void *argument)
{
    int sum = 0, before = 0, wrong = 0;
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&mutex);
        while (!count)
            pthread_cond_wait(&some, &mutex);
        int item = items[from];
        from = (from + 1) % CAPACITY;
        count--;
        pthread_cond_signal(&room);
        pthread_mutex_unlock(&mutex);
        sum += item;
        wrong += (intptr_t)argument == 1 && item != before + 1; // one alone gets them in order
        before = item;
    }
    return (void *)(intptr_t)(wrong ? -wrong : sum);
}

static void queue(void)
{
    pthread_t producer = start(produces, 7), consumer = start(consumes, 1);
    printf("one: %d", joined(consumer));
    printf(" %d\n", joined(producer));
    pthread_t all[] = {start(consumes, 2), start(produces, 1), start(produces, 2), start(consumes, 2)};
    int sum = joined(all[0]) + joined(all[3]);
    sum += joined(all[1]) + joined(all[2]);
    printf("two: %d\n", sum);
}

// ---- A mutex that is held while its owner waits ----

static int inside, most_inside;
static char read_as[9];
static size_t read_count;

static void *reads_in_turns(void *argument)
{
    for (int i = 0; i < 4; i++) {
        pthread_mutex_lock(&mutex);
        inside++;
        most_inside = inside > most_inside ? inside : most_inside;
        usleep(1000);
        read(0, &read_as[read_count++], 1);
        inside--;
        pthread_mutex_unlock(&mutex);
    }
    return argument;
}

static void held(void)
{
    pthread_t one = start(reads_in_turns, 1), other = start(reads_in_turns, 2);
    int sum = joined(one) + joined(other);
    printf("held: %d, %s, most inside: %d\n", sum, read_as, most_inside);
}

static void kinds(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t recursive, checked;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attributes);
    int results[] = {pthread_mutex_lock(&recursive),   pthread_mutex_lock(&recursive),
                     pthread_mutex_unlock(&recursive), pthread_mutex_unlock(&recursive),
                     pthread_mutex_lock(&checked),     pthread_mutex_lock(&checked),
                     pthread_mutex_unlock(&checked),   pthread_mutex_unlock(&checked)};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        printf("%s ", results[i] == EDEADLK ? "EDEADLK"
                      : results[i] == EPERM ? "EPERM"
                      : results[i]          ? "?"
                                            : "0");
    printf("\n");
}

// ---- Ends of waits ----

static struct timespec soon(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    at.tv_nsec += 5000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static _Atomic int kept, may_leave;

static void *keeps(void *argument)
{
    pthread_mutex_lock(&mutex);
    kept = 1;
    while (!may_leave)
        usleep(1000);
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void timeouts(void)
{
    pthread_condattr_t attributes;
    pthread_cond_t monotonic;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&monotonic, &attributes);
    pthread_mutex_lock(&mutex);
    struct timespec at = soon(CLOCK_REALTIME), over = {0}, wrong = {.tv_nsec = -1};
    int first = pthread_cond_timedwait(&some, &mutex, &at) == ETIMEDOUT;
    at = soon(CLOCK_MONOTONIC);
    int second = pthread_cond_timedwait(&monotonic, &mutex, &at) == ETIMEDOUT;
    int third = pthread_cond_timedwait(&some, &mutex, &over) == ETIMEDOUT;
    int fourth = pthread_cond_timedwait(&some, &mutex, &wrong) == EINVAL;
    printf("timed out: %d %d %d %d, still held: %d", first, second, third, fourth,
           pthread_mutex_unlock(&mutex));
    pthread_t keeper = start(keeps, 0);
    while (!kept)
        usleep(1000);
    printf(", busy: %d", pthread_mutex_trylock(&mutex) == EBUSY);
    at = soon(CLOCK_REALTIME);
    printf(", locked: %d", pthread_mutex_timedlock(&mutex, &at) == ETIMEDOUT);
    may_leave = 1;
    at.tv_sec += 100;
    printf(" %d", pthread_mutex_timedlock(&mutex, &at));
    printf(" %d", pthread_mutex_unlock(&mutex));
    printf(" %d\n", joined(keeper));
}

// ---- Once, keys and ends ----

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int begun, destroyed, cleaned;
static pthread_key_t key;

static void begins(void)
{
    usleep(2000);
    begun++;
}

static void destroys(void *value)
{
    destroyed += *(int *)value;
    free(value);
}

static void cleans(void *by)
{
    cleaned += (int)(intptr_t)by;
}

static void ends_deep(int depth)
{
    volatile char stack[100];
    stack[depth] = 1;
    if (depth) {
        ends_deep(depth - 1);
        return;
    }
    usleep(1000);
    pthread_exit((void *)(intptr_t)(stack[depth] + *(int *)pthread_getspecific(key)));
}

static void *ends(void *argument)
{
    pthread_once(&once, begins);
    int *value = malloc(sizeof *value);
    *value = (int)(intptr_t)argument;
    pthread_setspecific(key, value);
    usleep(1000);
    pthread_cleanup_push(cleans, (void *)1);
    pthread_cleanup_push(cleans, (void *)10);
    if (argument)
        ends_deep(20);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(1);
    return (void *)(intptr_t)begun;
}

static void ended(void)
{
    pthread_key_create(&key, destroys);
    pthread_t all[] = {start(ends, 10), start(ends, 20), start(ends, 0)};
    int results[] = {joined(all[0]), joined(all[1]), joined(all[2])};
    printf("ended: %d %d %d, destroyed: %d, cleaned: %d, here: %d\n", results[0], results[1], results[2],
           destroyed, cleaned, pthread_getspecific(key) == NULL);
    pthread_key_delete(key);
}

// ---- Readers and writers, and a barrier ----

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static _Atomic int readers, may_end;
static int beside_writer;
static pthread_barrier_t barrier;

static void *reads(void *argument)
{
    pthread_rwlock_rdlock(&rwlock);
    readers++;
    while (!may_end)
        usleep(1000);
    readers--;
    pthread_rwlock_unlock(&rwlock);
    return argument;
}

static void *writes(void *argument)
{
    for (int i = 0; i < 3; i++) {
        pthread_rwlock_wrlock(&rwlock);
        int before = readers + 100 * inside++;
        usleep(3000);
        beside_writer += before || readers || inside-- != 1;
        pthread_rwlock_unlock(&rwlock);
    }
    return argument;
}

static void readers_and_writers(void)
{
    pthread_t all[] = {start(reads, 1), start(reads, 1), start(writes, 1), start(writes, 1)};
    while (readers < 2)
        usleep(1000);
    struct timespec at = soon(CLOCK_REALTIME);
    at.tv_nsec = 0, at.tv_sec -= 1;
    int late = pthread_rwlock_timedwrlock(&rwlock, &at) == ETIMEDOUT;
    may_end = 1;
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += joined(all[i]);
    int taken = pthread_rwlock_trywrlock(&rwlock), busy = pthread_rwlock_tryrdlock(&rwlock) == EBUSY;
    printf("read: %d, beside a writer: %d, late: %d, free: %d %d\n", sum, beside_writer, late, taken, busy);
    pthread_rwlock_unlock(&rwlock);
}

static void *meets(void *argument)
{
    int last = 0;
    for (int i = 0; i < 10; i++) {
        if ((intptr_t)argument == i % 3)
            usleep(500);
        last += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    }
    return (void *)(intptr_t)last;
}

static void meetings(void)
{
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_t all[] = {start(meets, 0), start(meets, 1), start(meets, 2)};
    int sum = joined(all[0]) + joined(all[1]) + joined(all[2]);
    printf("met: %d\n", sum);
}

// ---- Who is who ----

static void *tells_itself(void *argument)
{
    usleep(1000);
    *(pthread_t *)argument = pthread_self();
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

static void selves(void)
{
    pthread_t said, thread, detached;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int made = 0;
    for (int i = 0; i < 2000; i++) {
        made += !pthread_create(&detached, &attributes, nothing, NULL);
        if (i % 100 == 0)
            usleep(1000);
    }
    thread = start(tells_itself, (intptr_t)&said);
    joined(thread);
    printf("made: %d, itself: %d, not main: %d, no join: %d\n", made, pthread_equal(said, thread),
           !pthread_equal(said, pthread_self()), pthread_join(pthread_self(), NULL) == EDEADLK);
    detached = start(nothing, 0);
    printf("detached: %d\n", pthread_detach(detached));
}

// ---- The program's end ----

static void *prints(void *argument)
{
    for (int i = 1; i <= 200; i++)
        printf("%d is at %d of its lines\n", (int)(intptr_t)argument, i);
    return NULL;
}

static void *sleeps(void *argument)
{
    sleep(1000);
    return argument;
}

// What there is where no thread can be made.
static int alone(void)
{
    pthread_t thread;
    int made = pthread_create(&thread, NULL, nothing, NULL);
    printf("%s %d", made == EAGAIN ? "EAGAIN" : "?", pthread_mutex_lock(&mutex));
    printf(" %d\n", pthread_mutex_unlock(&mutex));
    pthread_once(&once, begins);
    printf("%d %d", pthread_key_create(&key, NULL), pthread_setspecific(key, &begun));
    printf(" %d\n", *(int *)pthread_getspecific(key));
    pthread_exit(NULL);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "alone"))
        return alone();
    if (!strcmp(what, "print")) {
        start(prints, 0);
        start(prints, 1);
        pthread_exit(NULL);
    }
    if (!strcmp(what, "leave")) {
        start(sleeps, 0);
        printf("left\n");
        return atoi(argv[2]);
    }
    queue();
    held();
    kinds();
    timeouts();
    ended();
    readers_and_writers();
    meetings();
    selves();
    return 0;
}
