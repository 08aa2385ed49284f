// The functions of pthread.h that libc/pthread.c has, for missing.h, which tells the compiler of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_PTHREAD_H
#define WEFT_DETAIL_PTHREAD_H

// clang-format off
#define WEFT__PTHREAD(IT) \
    IT(pthread_create) IT(pthread_join) IT(pthread_detach) IT(pthread_self) \
    IT(pthread_once) IT(pthread_key_create) IT(pthread_key_delete) IT(pthread_getspecific) \
    IT(pthread_setspecific) IT(pthread_mutex_init) IT(pthread_mutex_destroy) IT(pthread_mutex_lock) \
    IT(pthread_mutex_trylock) IT(pthread_mutex_timedlock) IT(pthread_mutex_unlock) IT(pthread_cond_init) \
    IT(pthread_cond_destroy) IT(pthread_cond_wait) IT(pthread_cond_timedwait) IT(pthread_cond_signal) \
    IT(pthread_cond_broadcast) IT(pthread_rwlock_init) IT(pthread_rwlock_destroy) IT(pthread_rwlock_rdlock) \
    IT(pthread_rwlock_tryrdlock) IT(pthread_rwlock_timedrdlock) IT(pthread_rwlock_wrlock) IT(pthread_rwlock_trywrlock) \
    IT(pthread_rwlock_timedwrlock) IT(pthread_rwlock_unlock) IT(pthread_barrier_init) IT(pthread_barrier_destroy) \
    IT(pthread_barrier_wait) IT(pthread_spin_lock) IT(pthread_spin_trylock) IT(pthread_spin_unlock)
// clang-format on

#endif
