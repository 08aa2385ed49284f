// What the probes share. A probe takes some steps with the raw bindings and notes what comes of each; it may
// well end in a trap. test_probes.py finds the probes by PROBE and ANSWER at the start of a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PROBE_H
#define PROBE_H

#include "runner.h"

#define IMPORT(module, name) __attribute__((__import_module__(module), __import_name__(name)))
#define peer(name) weft_probes_peer_##name
#define numbers(function) peer(stream_u32_##function)
#define bytes(function) peer(stream_u8_##function)
#define texts(function) peer(stream_string_##function)
#define things(function) peer(stream_own_thing_##function)
#define number(function) peer(future_u32_##function)
#define WAIT(set) RUNNER_CALLBACK_CODE_WAIT(set)

typedef struct probe {
    struct probe *next;
    const char *name;
    void (*steps)(void);
    uint32_t (*answer)(void);
} probe;

void add_probe(probe *it);

#define PROBE_ADDED(probe_name, member, result)                                                                \
    static result probe_name(void);                                                                            \
    __attribute__((constructor)) static void add_##probe_name(void)                                            \
    {                                                                                                          \
        static probe it = {.name = #probe_name, .member = probe_name};                                         \
        add_probe(&it);                                                                                        \
    }                                                                                                          \
    static result probe_name(void)

// Runs in a task that may wait, and in one that may not.
#define PROBE(name) PROBE_ADDED(name, steps, void)
// Tells what the export answers, so it runs in a task that may wait. What the callback is told is noted; then
// the task ends.
#define ANSWER(name) PROBE_ADDED(name, answer, uint32_t)
extern void (*before_return)(void); // NULL, or what the callback does before that

void tell(const char *what, uint32_t number);
// Notes the expression and its value.
#define TELL(expression) tell(#expression, (uint32_t)(expression))
void tell_text(runner_string_t text);

extern uint32_t items[64]; // what is read and written
extern uint32_t result;    // of the last call that has one
extern runner_string_t text_result;

// ---- A set for all ----

uint32_t the_set(void);
void join(uint32_t waitable);
void leave(uint32_t waitable);
void wait_event(void); // on the stack; both note the event
void poll_event(void);

// ---- The peer ----

#define MANNER(name) WEFT_PROBES_PEER_MANNER_##name
#define ACT(name) WEFT_PROBES_PEER_ACT_##name

// Start a call, note its status, and return its handle.
uint32_t held(peer(manner_t) how);
uint32_t later(uint32_t turns);
// What the peer got. It returns at once, else its status is noted.
uint32_t does(peer(act_t) what, uint32_t count);
// Readable ends whose other end the peer has.
uint32_t peers_numbers(void);
uint32_t peers_number(void);
// Writable ends whose other end the peer has.
uint32_t numbers_to_peer(void);
uint32_t number_to_peer(void);
void tell_log(void); // of the peer

// ---- Forms that the bindings leave out ----

IMPORT("$root", "[async-lower][subtask-cancel]") uint32_t cancel_async(uint32_t subtask);
IMPORT("weft:probes/peer", "[async-lower][stream-cancel-read-0]numbers")
uint32_t cancel_read_async(uint32_t reader);
IMPORT("weft:probes/peer", "[async-lower][stream-cancel-write-0]numbers")
uint32_t cancel_write_async(uint32_t writer);

// ---- Allocation for the host ----

enum allocation { HONEST, MAKES_SET, MOVES_BACKPRESSURE, HAS_CONTEXT, MISALIGNED, OUT_OF_BOUNDS };
extern enum allocation allocation; // what cabi_realloc does, or gives

#endif
