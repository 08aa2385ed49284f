// pthread.h over fibers: a thread is a fiber, and what waits blocks that.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fiber is left in calls that wait only, so nothing here is interrupted. A mutex, a lock and a barrier are
// waited for in spite of a cancel, as no program expects one of them to fail.
//
// libc's own are for one thread. missing.h gives these other names.
#define _GNU_SOURCE
#include <weft/detail/missing.h>
#include "internal.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <weft/fiber.h>

#define FITS(T, of) _Static_assert(sizeof(T) <= sizeof(of), "it is in the memory of libc's")

// ---- Waits with an end ----

typedef struct {
    weft_coro co;
    weft__waiting *of;
} timed;

WEFT_ASYNC(timed)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft__park_ticket(co, self->of->queue, &self->of->ticket, "pthread.h"));
    WEFT_END;
}

typedef struct {
    weft__waiting base;
    uint64_t within;
    weft_deadline deadline;
    timed timed;
} timed_wait;

WAIT(wait_timed, timed_wait,
     weft_call_within(co, &it->deadline, &weft_host_clock, it->within, &it->timed.co, timed__step))

// In ns, until that time of the clock; 0 if it is over.
static uint64_t from_now(clockid_t clock, const struct timespec *until)
{
    struct timespec now;
    clock_gettime(clock, &now);
    int64_t seconds = until->tv_sec - now.tv_sec, most = INT64_MAX / 1000000000 - 1;
    seconds = seconds < -1 ? -1 : seconds < most ? seconds : most;
    int64_t left = seconds * 1000000000 + until->tv_nsec - now.tv_nsec;
    return left < 0 ? 0 : (uint64_t)left;
}

// until: NULL, or a time of the clock, at which it ends with ETIMEDOUT.
static int wait_until(weft_coro **queue, bool shielded, clockid_t clock, const struct timespec *until)
{
    if (!until)
        return weft__queue_wait(queue, shielded);
    if (until->tv_nsec < 0 || until->tv_nsec >= 1000000000)
        return EINVAL;
    timed_wait mine = {.base.queue = queue, .within = from_now(clock, until)};
    mine.timed.of = &mine.base;
    int error = weft__queue_wait_by(&mine.base, wait_timed, shielded);
    return error == EBADF ? ETIMEDOUT : error;
}

static void serve_all(weft_coro **queue)
{
    while (weft__queue_serve(queue))
        ;
}

// ---- Threads ----

enum { KEYS = 128, STACK = 128 * 1024, ROUNDS = 4 }; // of destructors

struct thread {
    void *result;
    bool has_ended, is_detached;
    weft_coro *joiners;
    struct __ptcb *cleanups;
    void *specific[KEYS];
};

static struct thread others; // main, and fibers of other making
static uint32_t running;
static weft_coro *last;    // waits for the last to end
static const char current; // a local's key
static void (*destructors[KEYS])(void *);

static struct thread *self_of(void)
{
    weft_coro *co = weft_fiber_co();
    struct thread *it = co ? weft_local_get(co, &current) : NULL;
    return it ? it : &others;
}

static struct thread *thread_of(pthread_t thread)
{
    return (struct thread *)(void *)thread;
}

// Whether a destructor was called.
static bool destroy(struct thread *it)
{
    bool some = false;
    for (int key = 0; key < KEYS; key++) {
        void *value = it->specific[key];
        it->specific[key] = NULL;
        if (!value || !destructors[key])
            continue;
        some = true;
        destructors[key](value);
    }
    return some;
}

static void finish(struct thread *it, void *result)
{
    it->result = result;
    for (struct __ptcb *one; (one = it->cleanups);) {
        it->cleanups = one->__next;
        one->__f(one->__x);
    }
    for (int round = 0; round < ROUNDS && destroy(it); round++)
        ;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    struct thread *thread;
    void *(*run)(void *);
    void *argument;
} body;

static void run_thread(void *of)
{
    body *self = of;
    finish(self->thread, self->run(self->argument));
}

WEFT_FIBER(body)
{
    weft__fiber_until_end(run_thread, self);
}

// Around it: the thread is known to all that it calls, and has ended when its stack is free.
typedef struct {
    weft_coro co;
    struct thread *thread;
    void *(*run)(void *);
    void *argument;
    void *stack, *own_stack;
    size_t stack_size;
    weft_local local;
    body body;
} root;

static void end(struct thread *it)
{
    it->has_ended = true;
    if (it->is_detached)
        free(it);
    else
        serve_all(&it->joiners);
    if (!--running)
        serve_all(&last);
}

WEFT_ASYNC(root)
{
    WEFT_BEGIN;
    weft_local_bind(co, &self->local, &current, self->thread);
    WEFT_CALL(body, &self->body, .thread = self->thread, .run = self->run, .argument = self->argument,
              .fiber.stack = self->stack, .fiber.stack_size = self->stack_size);
    WEFT_FINALLY;
    weft_local_unbind(&self->local);
    free(self->own_stack);
    end(self->thread);
    WEFT_END;
}

int pthread_create(pthread_t *made, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    weft_coro *co = weft_fiber_co();
    size_t size = STACK;
    void *stack = NULL, *own = NULL;
    int state = PTHREAD_CREATE_JOINABLE;
    if (attributes) {
        pthread_attr_getstacksize(attributes, &size);
        pthread_attr_getdetachstate(attributes, &state);
        pthread_attr_getstack(attributes, &stack, &size);
    }
    struct thread *it = calloc(1, sizeof *it);
    if (!stack)
        stack = own = malloc(size);
    if (!co || !it || !stack ||
        !WEFT_TASK_SPAWN(root, WEFT_OUTLIVE_CANCEL, .thread = it, .run = run, .argument = argument,
                         .stack = stack, .own_stack = own, .stack_size = size)) {
        free(own);
        free(it);
        return EAGAIN;
    }
    running++;
    it->is_detached = state == PTHREAD_CREATE_DETACHED;
    *made = (pthread_t)(void *)it;
    return 0;
}

int pthread_join(pthread_t thread, void **result)
{
    struct thread *it = thread_of(thread);
    if (it == self_of() || it == &others)
        return EDEADLK;
    if (it->is_detached)
        return EINVAL;
    int error = it->has_ended ? 0 : weft__queue_wait(&it->joiners, false);
    if (error)
        return error;
    if (result)
        *result = it->result;
    free(it);
    return 0;
}

int pthread_detach(pthread_t thread)
{
    struct thread *it = thread_of(thread);
    if (it->has_ended)
        free(it);
    else
        it->is_detached = true;
    return 0;
}

pthread_t pthread_self(void)
{
    return (pthread_t)(void *)self_of();
}

// Of main: the program ends with its last thread.
_Noreturn void pthread_exit(void *result)
{
    struct thread *it = self_of();
    finish(it, result);
    if (it == &others) {
        if (running)
            weft__queue_wait(&last, true);
        exit(0);
    }
    weft__fiber_end();
    __builtin_unreachable();
}

bool weft__libc_has_threads(void);
bool weft__libc_has_threads(void)
{
    return running;
}

void _pthread_cleanup_push(struct __ptcb *one, void (*call)(void *), void *with)
{
    struct thread *it = self_of();
    *one = (struct __ptcb){.__f = call, .__x = with, .__next = it->cleanups};
    it->cleanups = one;
}

void _pthread_cleanup_pop(struct __ptcb *one, int run)
{
    self_of()->cleanups = one->__next;
    if (run)
        one->__f(one->__x);
}

// ---- Keys ----

static void no_destructor(void *value)
{
    (void)value;
}

int pthread_key_create(pthread_key_t *made, void (*destructor)(void *))
{
    for (unsigned key = 0; key < KEYS; key++)
        if (!destructors[key]) {
            destructors[key] = destructor ? destructor : no_destructor;
            *made = key;
            return 0;
        }
    return EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
    destructors[key] = NULL;
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return self_of()->specific[key];
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    self_of()->specific[key] = (void *)(uintptr_t)value;
    return 0;
}

// ---- Once ----

int pthread_once(pthread_once_t *control, void (*begin)(void))
{
    enum { NOT_YET, BEGUN, DONE };
    static weft_coro *waiters; // for any
    while (*control == BEGUN) {
        int error = weft__queue_wait(&waiters, true);
        if (error)
            return error;
    }
    if (*control == DONE)
        return 0;
    *control = BEGUN;
    begin();
    *control = DONE;
    serve_all(&waiters);
    return 0;
}

// ---- Mutexes ----

typedef struct {
    int type;
    weft__lock lock;
} mutex;
FITS(mutex, pthread_mutex_t);

static mutex *mutex_of(pthread_mutex_t *it)
{
    return (mutex *)(void *)it;
}

static bool is_own(const mutex *it)
{
    return it->lock.owner == weft__lock_user();
}

int pthread_mutex_init(pthread_mutex_t *made, const pthread_mutexattr_t *attributes)
{
    mutex *it = mutex_of(made);
    *it = (mutex){.type = PTHREAD_MUTEX_DEFAULT};
    return attributes ? pthread_mutexattr_gettype(attributes, &it->type) : 0;
}

int pthread_mutex_destroy(pthread_mutex_t *it)
{
    return mutex_of(it)->lock.owner ? EBUSY : 0;
}

int pthread_mutex_trylock(pthread_mutex_t *of)
{
    mutex *it = mutex_of(of);
    if (is_own(it) && it->type != PTHREAD_MUTEX_RECURSIVE)
        return EBUSY;
    return weft__lock_try(&it->lock) ? 0 : EBUSY;
}

int pthread_mutex_timedlock(pthread_mutex_t *of, const struct timespec *until)
{
    mutex *it = mutex_of(of);
    if (is_own(it) && it->type != PTHREAD_MUTEX_RECURSIVE)
        return EDEADLK;
    return weft__lock_try(&it->lock) ? 0 : wait_until(&it->lock.waiters, true, CLOCK_REALTIME, until);
}

int pthread_mutex_lock(pthread_mutex_t *of)
{
    return pthread_mutex_timedlock(of, NULL);
}

int pthread_mutex_unlock(pthread_mutex_t *of)
{
    mutex *it = mutex_of(of);
    if (!is_own(it))
        return EPERM;
    weft__lock_give(&it->lock);
    return 0;
}

// ---- Conditions ----

typedef struct {
    weft_coro *waiters;
    bool is_monotonic;
} condition;
FITS(condition, pthread_cond_t);

static condition *condition_of(pthread_cond_t *it)
{
    return (condition *)(void *)it;
}

int pthread_cond_init(pthread_cond_t *made, const pthread_condattr_t *attributes)
{
    clockid_t clock = CLOCK_REALTIME;
    if (attributes)
        pthread_condattr_getclock(attributes, &clock);
    *condition_of(made) = (condition){.is_monotonic = clock == CLOCK_MONOTONIC};
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *it)
{
    (void)it;
    return 0;
}

// Comes back with the mutex, as deep as it was, whatever has ended the wait.
int pthread_cond_timedwait(pthread_cond_t *of, pthread_mutex_t *with, const struct timespec *until)
{
    condition *it = condition_of(of);
    weft__lock *lock = &mutex_of(with)->lock;
    if (!is_own(mutex_of(with)))
        return EPERM;
    if (!weft_fiber_co())
        return EDEADLK;
    uint32_t depth = lock->depth;
    lock->depth = 1;
    weft__lock_give(lock);
    int error = wait_until(&it->waiters, false, it->is_monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, until);
    weft__lock_take(lock, true);
    lock->depth = depth;
    return error;
}

int pthread_cond_wait(pthread_cond_t *it, pthread_mutex_t *with)
{
    return pthread_cond_timedwait(it, with, NULL);
}

int pthread_cond_signal(pthread_cond_t *it)
{
    weft__queue_serve(&condition_of(it)->waiters);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *it)
{
    serve_all(&condition_of(it)->waiters);
    return 0;
}

// ---- Locks of readers and writers ----

typedef struct {
    uint32_t readers;
    const void *writer;
    weft_coro *to_read, *to_write;
} rwlock;
FITS(rwlock, pthread_rwlock_t);

static rwlock *rwlock_of(pthread_rwlock_t *it)
{
    return (rwlock *)(void *)it;
}

int pthread_rwlock_init(pthread_rwlock_t *made, const pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    *rwlock_of(made) = (rwlock){.readers = 0};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *it)
{
    return rwlock_of(it)->readers || rwlock_of(it)->writer ? EBUSY : 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *of)
{
    rwlock *it = rwlock_of(of);
    if (it->writer)
        return EBUSY;
    it->readers++;
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *of)
{
    rwlock *it = rwlock_of(of);
    if (it->writer || it->readers)
        return EBUSY;
    it->writer = weft__lock_user();
    return 0;
}

// Who is served has been given the lock.
int pthread_rwlock_timedrdlock(pthread_rwlock_t *of, const struct timespec *until)
{
    rwlock *it = rwlock_of(of);
    if (it->writer && it->writer == weft__lock_user())
        return EDEADLK;
    return pthread_rwlock_tryrdlock(of) ? wait_until(&it->to_read, true, CLOCK_REALTIME, until) : 0;
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *of, const struct timespec *until)
{
    rwlock *it = rwlock_of(of);
    if (it->writer && it->writer == weft__lock_user())
        return EDEADLK;
    return pthread_rwlock_trywrlock(of) ? wait_until(&it->to_write, true, CLOCK_REALTIME, until) : 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *it)
{
    return pthread_rwlock_timedrdlock(it, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *it)
{
    return pthread_rwlock_timedwrlock(it, NULL);
}

int pthread_rwlock_unlock(pthread_rwlock_t *of)
{
    rwlock *it = rwlock_of(of);
    if (!it->writer && !it->readers)
        return EPERM;
    if (it->writer)
        it->writer = NULL;
    else
        it->readers--;
    while (!it->writer && weft__queue_serve(&it->to_read))
        it->readers++;
    if (!it->readers)
        it->writer = weft__queue_serve(&it->to_write);
    return 0;
}

// ---- Barriers ----

typedef struct {
    uint32_t limit, count;
    weft_coro *waiters;
} barrier;
FITS(barrier, pthread_barrier_t);

int pthread_barrier_init(pthread_barrier_t *made, const pthread_barrierattr_t *attributes, unsigned limit)
{
    (void)attributes;
    *(barrier *)(void *)made = (barrier){.limit = limit};
    return limit ? 0 : EINVAL;
}

int pthread_barrier_destroy(pthread_barrier_t *it)
{
    (void)it;
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *of)
{
    barrier *it = (barrier *)(void *)of;
    if (++it->count < it->limit)
        return weft__queue_wait(&it->waiters, true);
    it->count = 0;
    serve_all(&it->waiters);
    return PTHREAD_BARRIER_SERIAL_THREAD;
}

// ---- Spin locks ----

// Others run meanwhile.
int pthread_spin_lock(pthread_spinlock_t *it)
{
    while (*it)
        if (sched_yield())
            return EDEADLK;
    *it = 1;
    return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *it)
{
    return *it ? EBUSY : (*it = 1, 0);
}

int pthread_spin_unlock(pthread_spinlock_t *it)
{
    *it = 0;
    return 0;
}
