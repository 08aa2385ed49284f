// The addresses and errors of sockets, as the host has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

weft_error weft__net_error(weft__net_code *code)
{
    static const int8_t errors[] = {
        [WASI_SOCKETS_TYPES_ERROR_CODE_ACCESS_DENIED] = WEFT_EACCES,
        [WASI_SOCKETS_TYPES_ERROR_CODE_NOT_SUPPORTED] = WEFT_ENOTSUP,
        [WASI_SOCKETS_TYPES_ERROR_CODE_INVALID_ARGUMENT] = WEFT_EINVAL,
        [WASI_SOCKETS_TYPES_ERROR_CODE_OUT_OF_MEMORY] = WEFT_ENOMEM,
        [WASI_SOCKETS_TYPES_ERROR_CODE_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_SOCKETS_TYPES_ERROR_CODE_INVALID_STATE] = WEFT_ESTATE,
        [WASI_SOCKETS_TYPES_ERROR_CODE_ADDRESS_NOT_BINDABLE] = WEFT_EADDRNOTAVAIL,
        [WASI_SOCKETS_TYPES_ERROR_CODE_ADDRESS_IN_USE] = WEFT_EADDRINUSE,
        [WASI_SOCKETS_TYPES_ERROR_CODE_REMOTE_UNREACHABLE] = WEFT_EHOSTUNREACH,
        [WASI_SOCKETS_TYPES_ERROR_CODE_CONNECTION_REFUSED] = WEFT_ECONNREFUSED,
        [WASI_SOCKETS_TYPES_ERROR_CODE_CONNECTION_BROKEN] = WEFT_ECONNBROKEN,
        [WASI_SOCKETS_TYPES_ERROR_CODE_CONNECTION_RESET] = WEFT_ECONNRESET,
        [WASI_SOCKETS_TYPES_ERROR_CODE_CONNECTION_ABORTED] = WEFT_ECONNABORTED,
        [WASI_SOCKETS_TYPES_ERROR_CODE_DATAGRAM_TOO_LARGE] = WEFT_EMSGSIZE,
    };
    weft_error error = code->tag < sizeof errors ? (weft_error)errors[code->tag] : WEFT_EOTHER;
    SOCKETS(error_code_free)(code);
    return error;
}

weft_error weft__net_result(SOCKETS(result_void_error_code_t) * result)
{
    return result->is_err ? weft__net_error(&result->val.err) : WEFT_OK;
}

// ---- Addresses ----

SOCKETS(ip_address_family_t) weft__net_family(weft_family family)
{
    return family == WEFT_IPV6 ? WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV6
                               : WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4;
}

static SOCKETS(ipv4_address_t) to_ipv4(const uint8_t *ip)
{
    return (SOCKETS(ipv4_address_t)){ip[0], ip[1], ip[2], ip[3]};
}

static void from_ipv4(uint8_t *ip, const SOCKETS(ipv4_address_t) * it)
{
    __builtin_memcpy(ip, it, 4);
}

// The host has the groups of an address as numbers.
static SOCKETS(ipv6_address_t) to_ipv6(const uint8_t *ip)
{
    uint16_t groups[8];
    SOCKETS(ipv6_address_t) it;
    for (int i = 0; i < 8; i++)
        groups[i] = (uint16_t)(ip[2 * i] << 8 | ip[2 * i + 1]);
    __builtin_memcpy(&it, groups, sizeof it);
    return it;
}

static void from_ipv6(uint8_t *ip, const SOCKETS(ipv6_address_t) * it)
{
    uint16_t groups[8];
    __builtin_memcpy(groups, it, sizeof groups);
    for (int i = 0; i < 8; i++) {
        ip[2 * i] = (uint8_t)(groups[i] >> 8);
        ip[2 * i + 1] = (uint8_t)groups[i];
    }
}

SOCKETS(ip_socket_address_t) weft__net_address(const weft_address *address)
{
    if (address->family == WEFT_IPV6)
        return (SOCKETS(ip_socket_address_t)){
            .tag = WASI_SOCKETS_TYPES_IP_SOCKET_ADDRESS_IPV6,
            .val.ipv6 = {address->port, address->flow, to_ipv6(address->ip), address->scope}};
    return (SOCKETS(ip_socket_address_t)){.tag = WASI_SOCKETS_TYPES_IP_SOCKET_ADDRESS_IPV4,
                                          .val.ipv4 = {address->port, to_ipv4(address->ip)}};
}

weft_address weft__net_address_of(const SOCKETS(ip_socket_address_t) * it)
{
    weft_address address = {.family = WEFT_IPV4, .port = it->val.ipv4.port};
    if (it->tag == WASI_SOCKETS_TYPES_IP_SOCKET_ADDRESS_IPV4) {
        from_ipv4(address.ip, &it->val.ipv4.address);
        return address;
    }
    address = (weft_address){.family = WEFT_IPV6,
                             .port = it->val.ipv6.port,
                             .scope = it->val.ipv6.scope_id,
                             .flow = it->val.ipv6.flow_info};
    from_ipv6(address.ip, &it->val.ipv6.address);
    return address;
}

weft_address weft__net_ip_of(const SOCKETS(ip_address_t) * it)
{
    weft_address address = {.family = WEFT_IPV4};
    if (it->tag == WASI_SOCKETS_TYPES_IP_ADDRESS_IPV4) {
        from_ipv4(address.ip, &it->val.ipv4);
        return address;
    }
    address.family = WEFT_IPV6;
    from_ipv6(address.ip, &it->val.ipv6);
    return address;
}
