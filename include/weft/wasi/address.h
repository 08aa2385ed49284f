// Addresses of IPv4 and IPv6, from and to text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_address address;
//     char room[WEFT_ADDRESS_ROOM];
//     if (!weft_text_to_address(WEFT_TEXT("[::1]:8080"), &address))
//         ... weft_address_text(&address, room) ...
//
// Nothing waits, and nothing allocates. RFC 4291 (forms of IPv6), RFC 5952 (the one that is written).
#ifndef WEFT_WASI_ADDRESS_H
#define WEFT_WASI_ADDRESS_H

#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

// Which IP an address is of.
typedef enum weft_family { WEFT_NO_FAMILY, WEFT_IPV4, WEFT_IPV6 } weft_family;

// Where something listens, or may. Plain data; zero-initialised is no address.
typedef struct weft_address {
    weft_family family;
    uint16_t port;
    uint8_t ip[16]; // in the order of the text; IPv4 has the first 4
    uint32_t scope; // of IPv6: the number of a link, 0 for none
    uint32_t flow;  // of IPv6
} weft_address;

// Bytes of room for the longest text, which has no zero behind it.
enum { WEFT_ADDRESS_ROOM = 64 };

// Reads "192.0.2.1", "2001:db8::1" or "fe80::1%2"; the port is 0. WEFT_EINVAL if the text is something else, a
// name for example; then *address stays as it was.
weft_error weft_text_to_ip(weft_text text, weft_address *address);

// The same with a port: "192.0.2.1:80" or "[2001:db8::1]:80". Errors as above.
weft_error weft_text_to_address(weft_text text, weft_address *address);

// Cuts "example.org:80", "192.0.2.1:80" or "[2001:db8::1]:80" in two. The host is a part of the text, without
// the brackets, and not looked at. WEFT_EINVAL if the host or the port is missing.
weft_error weft_text_to_host(weft_text text, weft_text *host, uint16_t *port);

// Writes an address to `room`, without and with its port, and returns that text; empty for no address.
weft_text weft_ip_text(const weft_address *address, char room[WEFT_ADDRESS_ROOM]);
weft_text weft_address_text(const weft_address *address, char room[WEFT_ADDRESS_ROOM]);

// True for the same host; for the same host and port. `flow` does not count, nor what IPv4 does not use.
bool weft_ip_equal(const weft_address *a, const weft_address *b);
bool weft_address_equal(const weft_address *a, const weft_address *b);

#ifdef __cplusplus
}
#endif

#endif
