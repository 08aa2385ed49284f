// WASI 0.3 in plain words, and Weft itself. Includes all of it; a component imports only what it calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_H
#define WEFT_WASI_H

#include "weft.h"

#include "wasi/text.h"    // bytes with a length
#include "wasi/format.h"  // printf's formats
#include "wasi/bytes.h"   // streams of bytes: read, write, finish
#include "wasi/buffer.h"  // buffers of bytes that grow
#include "wasi/outbox.h"  // buffered writing that nobody waits for
#include "wasi/clock.h"   // the host's clock, the time of day, dates, ticks
#include "wasi/env.h"     // arguments, environment, settings, exit
#include "wasi/random.h"  // random numbers
#include "wasi/console.h" // standard input, output and error
#include "wasi/fs.h"      // files and directories
#include "wasi/log.h"     // lines on standard error that nobody waits for
#include "wasi/command.h" // WEFT_COMMAND: a program that is run once

#include "wasi/address.h" // addresses of IPv4 and IPv6, from and to text
#include "wasi/names.h"   // names of hosts
#include "wasi/tcp.h"     // TCP: connections and listening
#include "wasi/udp.h"     // UDP

#include "wasi/tcp_server.h" // weft_tcp_serve: an async function for each connection

#include "wasi/http.h"         // queries, forms, cookies, paths
#include "wasi/http_client.h"  // requests to others, and their responses
#include "wasi/http_next.h"    // middleware
#include "wasi/http_service.h" // WEFT_HTTP_SERVICE: a handler for each request

#endif
