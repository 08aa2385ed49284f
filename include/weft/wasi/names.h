// Names of hosts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(&self->names, weft_resolve(co, &self->names, WEFT_TEXT("example.org"), 80));
//     for (size_t i = 0; i < self->names.count; i++)
//         ... self->names.addresses[i] ...
//     WEFT_FINALLY;
//     weft_names_close(&self->names);
//
// weft_tcp_connect (tcp.h) does that for a connection. A host grants names: wasmtime by `-S
// allow-ip-name-lookup`; else all but addresses are WEFT_EFAILNAME. WASI: wasi:sockets/ip-name-lookup.
#ifndef WEFT_WASI_NAMES_H
#define WEFT_WASI_NAMES_H

#include "../coro.h"
#include "../subtask.h"
#include "address.h"
#include "detail/names.h"

#ifdef __cplusplus
extern "C" {
#endif

// The addresses of a name. Zero-initialised is none. Read-only: all.
typedef struct weft_names {
    weft_error error;
    weft_address *addresses; // the best first; of weft_alloc, until it is closed
    size_t count;
    WEFT__PRIVATE(NAMES)
} weft_names;

// Resolves a name; or an address as text (weft_text_to_ip), for which no host is asked. The addresses have
// `port`. `host` must stay until then. error: WEFT_ENONAME, WEFT_EAGAINNAME, WEFT_EFAILNAME, WEFT_EINVAL (not
// the name of a host), WEFT_ENOMEM. What `it` had before is given back. After a cancel, `it` has none:
// WEFT_ECANCELED.
weft_poll weft_resolve(weft_coro *co, weft_names *it, weft_text host, uint16_t port)
    __attribute__((warn_unused_result));

// Gives the addresses back. None is fine.
void weft_names_close(weft_names *it);

#ifdef __cplusplus
}
#endif

#endif
