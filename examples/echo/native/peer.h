// The world around the echo service in the native host: who sends a request, and what wasi:http/types answers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PEER_H
#define PEER_H

#include "weft_sim.h"

enum { PEER_TEXT = 256 };

// One request, and what came back.
typedef struct peer {
    const char *body; // up to PEER_TEXT bytes, sent `chunk` at a time; 0: all at once
    uint32_t chunk;   //
    bool trailers;    // it has trailers
    bool broken;      // the trailers are an error with a text instead
    bool hangs_up;    // the client goes after `reads` reads, before it asks for the trailers
    uint32_t reads;   //
    uint32_t room;    // bytes that the client takes at a time; 0: PEER_TEXT
    char echoed[PEER_TEXT + 1];
    uint32_t echoed_count;
    bool came, error; // the trailers did; and were an error

    weft_sim_instance *service;

    weft_sim *sim; // peer.c's from here on
    weft_sim_value last;
    weft_sim_end *body_out, *trailers_out, *received_in, *body_in, *trailers_in, *sent_out;
} peer;

// The component, as it is linked.
extern const weft_sim_component peer_component __asm__("weft_sim_component");

// A script: sends the request that `data`, a peer, tells of, and returns when all of it is over.
void peer_request(weft_sim *sim, void *data);

// Nothing is left but the waitable set that Weft keeps for the next task.
bool peer_is_clean(weft_sim *sim);

#endif
