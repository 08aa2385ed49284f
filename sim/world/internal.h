// What the files of the world tell each other.
//
// Components have structs of 64-bit members laid out as on wasm32 (-malign-double), and so has this code. So no
// struct of libc that has such a member may appear here, and none can: struct stat and flock differ; struct
// statx, pollfd, timespec and the socket addresses do not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_INTERNAL_H
#define WEFT_WORLD_INTERNAL_H

#include "weft_world.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>

#pragma GCC poison stat fstat lstat fstatat flock stat64 fstat64 lstat64 fstatat64 flock64
#pragma GCC poison statfs64 fstatfs64 statvfs64 fstatvfs64 rlimit64 sysinfo

enum { DROPPED = 1, NEVER = -1, CHUNK = 65536 };

// What a script waits for outside. The wait ends when one of these is so: the descriptor is ready, the time has
// come, what is done with `end` or `call` is over, `until(object)` is true.
typedef struct weft_world__wait {
    struct weft_world__wait *next, *previous; // in the world's list
    int descriptor;                           // -1: none
    short events;                             // of poll(2)
    uint64_t when;                            // of weft_world__now(); UINT64_MAX: never
    bool fired;
    weft_sim_end *end;           // the copy on its other is given up; or NULL
    weft_sim_call *call;         // is to be cancelled; or NULL
    bool (*until)(void *object); // or NULL
    void *object;
    weft_sim_bell *bell; // rings when `until` may have become true; NULL: `until` is asked at each step
    weft_sim_bell own;
} weft_world__wait;

// A call that waits for a time.
typedef struct weft_world__sleeper {
    struct weft_world__sleeper *next; // who sleeps longer
    weft_sim_call *call;
    uint64_t when;
} weft_world__sleeper;

// What a script works on, for the case that the run is over before the script is.
typedef struct weft_world__job {
    struct weft_world__job *next, **at;
    void (*free)(struct weft_world__job *it);
} weft_world__job;

// A descriptor that components have: its place in the world's table is the resource's number.
typedef struct weft_world__descriptor {
    bool is;        // a component has it
    bool owned;     // it is closed when that drops it
    int number;     // of the process
    uint32_t flags; // those of descriptor-flags
} weft_world__descriptor;

// The time of a world that makes its own.
typedef struct weft_world__clock {
    uint64_t now, pace;
    uint32_t looks; // since it went on last
} weft_world__clock;

typedef struct weft_world__fault weft_world__fault;   // fail.c has it
typedef struct weft_world__socket weft_world__socket; // sockets.h

struct weft_world {
    weft_sim *sim;
    weft_world_options options;
    bool exited;
    int exit_code;
    weft_world__wait waits; // the list's head
    struct pollfd *polled;
    weft_world__wait **polled_for;
    uint32_t polled_capacity;
    uint32_t waited_for, unseen; // by the last look, and how often that was enough
    weft_world__descriptor *descriptors;
    uint32_t descriptor_count;
    weft_world__sleeper *sleepers; // the first to wake first
    bool is_another_first;         // since their script looked
    weft_sim_bell sleepers_bell;   // that is so, or one is to be cancelled
    weft_world__job *jobs;
    bool is_over;                          // weft_world_end()
    const weft_sim_component **components; // those that are answered
    uint32_t component_count;
    weft_world__clock clock;
    int signals; // a signalfd(2) for those that are heard; -1: none
    sigset_t heard;
    void (*signalled)(void *data);
    void *signalled_data;
    weft_world__fault *faults;
    char *message; // what is wrong with a fault
};

// ---- outside.c ----

void weft_world__outside_begin(weft_world *world);
void weft_world__outside_end(weft_world *world);
uint64_t weft_world__now(weft_world *world); // monotonic ns
// The same, for a component that asks: who asks again and again waits for time to go on.
uint64_t weft_world__look_at_clock(weft_world *world);
// Blocks the script: true if the descriptor is ready, or the time has come.
bool weft_world__wait_for(weft_world *world, const char *what, weft_world__wait wait);
// At this moment: another script, or another process, may have been first.
bool weft_world__is_ready(int descriptor, short events);
// Blocks until the other end of a stream has a copy in flight, and the descriptor, if there is one, is ready
// for it: how many items that copy may move, and where they are (see weft_sim_end_offer). 0: the other end is
// gone. A copy of none is completed when the descriptor is ready; of standard input at once, as on wasmtime. If
// the other end is a script's, who reads from the descriptor does not wait for it, and has no place for them.
uint32_t weft_world__meet(weft_world *world, const char *what, weft_sim_end *end, int descriptor, short events,
                          void **bytes);
// How many bytes a stream that begins has until its other side is gone; UINT64_MAX: that stays.
uint64_t weft_world__bytes_to_cut(weft_world *world);
// How many of `count` bytes a connection that has these left is to move at once; 0: its other side is gone.
// Blocks for a while in a slow world.
size_t weft_world__bytes_at_once(weft_world *world, const char *what, uint64_t left, size_t count);
// So many are moved.
void weft_world__bytes_moved(uint64_t *left, ssize_t count);

// ---- pump.c ----

// Bytes on their way to or from a descriptor.
typedef struct weft_world__pump {
    weft_world__job job;
    weft_world *world;
    // Moves 1 to `count` bytes, as read(2) and write(2) do: 0 is the end of what is read, -1 an errno.
    ssize_t (*move)(struct weft_world__pump *it, void *bytes, size_t count);
    const char *(*error_name)(int error); // the case of the interface's error-code
    int descriptor;
    bool owned; // it is closed in the end
    int waits;  // the descriptor, if `move` may have to wait, or -1
    weft_world__socket
        *socket;    // whose descriptor it is, or NULL: a reference, and in the end it is shut that way
    int64_t offset; // move's own
    int error;      // an errno, if it is over before it begins
    // Set by the calls below.
    uint64_t left; // bytes, until the other side is gone
    int gone;      // the errno that there is then
    weft_sim_instance *instance;
    weft_sim_end *bytes, *result;
    const weft_sim_type *future;
    void *buffer; // or NULL
} weft_world__pump;

// Answer a call whose arguments are taken (weft_sim_call_start): one that returns a stream and how it ended,
// and one that takes a stream and returns how that ended.
void weft_world__pump_in(weft_sim_call *call, weft_world__pump pump);
void weft_world__pump_out(weft_sim_call *call, weft_sim_value *stream, weft_world__pump pump);

// ---- fail.c ----

// True if the call is to fail: then it is answered.
bool weft_world__fails(weft_world *world, weft_sim_call *call);
void weft_world__faults_free(weft_world *world);

// ---- names.c ----

// A name that is looked up in a thread, for libc blocks.
typedef struct weft_world__lookup {
    atomic_int holders; // the last one frees it
    int done;           // an eventfd(2): what follows is there
    int error;          // getaddrinfo's
    struct addrinfo *found;
    char name[];
} weft_world__lookup;

weft_world__lookup *weft_world__lookup_new(const char *name, size_t length);
// False if the system has no descriptor or no thread for it.
bool weft_world__lookup_begin(weft_world__lookup *it);
void weft_world__lookup_release(weft_world__lookup *it); // or NULL

// ---- world.c ----

typedef struct weft_world__row {
    const char *interface; // without its version
    const char *name;
    weft_sim_handler handler; // its data is the world
} weft_world__row;

#define WEFT_WORLD__ROWS(...)                                                                                  \
    {                                                                                                          \
        __VA_ARGS__,                                                                                           \
        {                                                                                                      \
            NULL, NULL, NULL                                                                                   \
        }                                                                                                      \
    }

extern const weft_world__row weft_world__cli[], weft_world__clocks[], weft_world__random[];
extern const weft_world__row weft_world__fs[], weft_world__fs_paths[];
extern const weft_world__row weft_world__http_fields[], weft_world__http_messages[], weft_world__http_client[];
extern const weft_world__row weft_world__tcp[], weft_world__udp[], weft_world__names[];

// A component has dropped it, or has given it to a call that fails.
void weft_world__dropped(const weft_sim_resource *resource, uint32_t rep, void *world);
// A component has dropped it.
void weft_world__descriptor_drop(weft_world *world, uint32_t rep);
// The same of a resource of wasi:http/types by that name.
void weft_world__http_drop(const char *name, uint32_t rep);
void weft_world__socket_drop(uint32_t rep);
// One more has it, and one less.
weft_world__socket *weft_world__socket_use(weft_world__socket *it);
void weft_world__socket_release(weft_world__socket *it);

// `free` NULL: all that it has is one block of malloc(3).
void weft_world__job_begin(weft_world *world, weft_world__job *job, void (*free)(weft_world__job *it));
void weft_world__job_end(weft_world__job *job); // frees it
// Forgets the calls that sleep.
void weft_world__sleepers_free(weft_world *world);

// True if that is the interface, whatever its version.
bool weft_world__is_of(const char *interface, const char *plain);
// Answers at once.
void weft_world__answer_number(weft_sim_call *call, uint64_t number);
void weft_world__answer(weft_sim_call *call, weft_sim_value value);
// An object of the host, as a resource whose number is its address: a reference of the object's goes with it.
weft_sim_value weft_world__object_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                        const void *object);
void *weft_world__object(const weft_sim_value *value);
// A value in a block of its own, as what an option or a variant holds.
weft_sim_value *weft_world__boxed(weft_sim_instance *instance, weft_sim_value value);
// What an errno is called: the last name is that of all others.
typedef struct weft_world__name {
    int error; // 0: the last
    const char *name;
} weft_world__name;
const char *weft_world__name_of(const weft_world__name *names, int error);
// The value of a result that has failed by this case of its error-code; what the case holds is zero, or none.
weft_sim_value weft_world__failure(weft_sim_instance *instance, const weft_sim_type *result, const char *name);
// Answers a call that returns a result, and whose arguments are taken: what failed, or NULL, and then `ok` or
// NULL.
void weft_world__answer_result(weft_sim_call *call, const char *failed, const weft_sim_value *ok);
// Writes the value of a future of that type, and drops the end. Blocks until it is read: true, or nobody will:
// then what the value has of the host's resources is the caller's.
bool weft_world__resolve(weft_sim_end *future, const weft_sim_type *type, weft_sim_value value);
// The number of a case.
uint32_t weft_world__case(const weft_sim_type *type, const char *name);

#endif
