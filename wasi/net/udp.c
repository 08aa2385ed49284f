// Datagrams.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/udp.h>
#include "internal.h"

typedef UDP(send_args_t) arguments;
typedef SOCKETS(result_void_error_code_t) sent;
typedef SOCKETS(result_tuple2_list_u8_ip_socket_address_error_code_t) received;
_Static_assert(sizeof(arguments) <= sizeof(((weft_udp *)0)->weft__arguments),
               "the field is too small: enlarge it");
_Static_assert(sizeof(sent) <= sizeof(((weft_udp *)0)->weft__result), "the field is too small: enlarge it");
_Static_assert(sizeof(received) <= sizeof(((weft_datagram *)0)->weft__result),
               "the field is too small: enlarge it");

static SOCKETS(borrow_udp_socket_t) borrowed(const weft_udp *it)
{
    return (SOCKETS(borrow_udp_socket_t)){it->weft__socket};
}

// ---- Opening and closing ----

static weft_error open(weft_udp *it, weft_family family)
{
    weft__net_code code;
    SOCKETS(own_udp_socket_t) socket;
    if (!family)
        return WEFT_EINVAL;
    if (!SOCKETS(static_udp_socket_create)(weft__net_family(family), &socket, &code))
        return weft__net_error(&code);
    it->weft__socket = socket.__handle;
    return WEFT_OK;
}

void weft_udp_close(weft_udp *it)
{
    if (it->weft__socket)
        SOCKETS(udp_socket_drop_own)((SOCKETS(own_udp_socket_t)){it->weft__socket});
    it->weft__socket = 0;
}

static weft_error bind(weft_udp *it, const weft_address *address, const weft_udp_options *options)
{
    weft__net_code code;
    SOCKETS(ip_socket_address_t) at = weft__net_address(address);
    weft_error error = weft__udp_set(it, options);
    if (!error && !UDP(bind)(borrowed(it), &at, &code))
        error = weft__net_error(&code);
    return error;
}

weft_error weft__udp_bind_at(weft_udp *it, const weft_address *address, const weft_udp_options *options)
{
    weft_udp_close(it);
    weft_error error = open(it, address->family);
    if (!error)
        error = bind(it, address, options);
    if (error)
        weft_udp_close(it);
    return error;
}

weft_error weft__udp_bind(weft_udp *it, const char *where, const weft_udp_options *options)
{
    weft_address address = {.family = WEFT_NO_FAMILY}; // as it stays if `where` is none: WEFT_EINVAL
    weft_text_to_address(weft_text_z(where), &address);
    return weft__udp_bind_at(it, &address, options);
}

weft_error weft_udp_connect(weft_udp *it, const weft_address *address)
{
    weft__net_code code;
    if (!address)
        return !it->weft__socket                      ? WEFT_ESTATE
               : UDP(disconnect)(borrowed(it), &code) ? WEFT_OK
                                                      : weft__net_error(&code);
    weft_error error = it->weft__socket ? WEFT_OK : open(it, address->family);
    SOCKETS(ip_socket_address_t) to = weft__net_address(address);
    if (!error && !UDP(connect)(borrowed(it), &to, &code))
        error = weft__net_error(&code);
    return error;
}

weft_udp weft_udp_of(int32_t socket)
{
    return (weft_udp){.weft__socket = socket};
}

int32_t weft_udp_hand_on(weft_udp *it)
{
    int32_t socket = it->weft__socket;
    it->weft__socket = 0;
    return socket;
}

// ---- Sending ----

static weft_stepped send_run(weft_coro *co)
{
    weft_udp *it = (weft_udp *)(void *)((char *)co - offsetof(weft_udp, weft__co));
    sent *result = (sent *)(void *)it->weft__result;
    WEFT_BEGIN;
    WEFT_AWAIT(
        weft_subtask_call(co, &it->weft__call, UDP(send)((arguments *)(void *)it->weft__arguments, result)));
    WEFT_FINALLY;
    if (weft_subtask_state_of(&it->weft__call) == WEFT_SUBTASK_RETURNED)
        it->error = weft__net_result(result);
    WEFT_END;
}

weft_poll weft_udp_send_to(weft_coro *co, weft_udp *it, const uint8_t *bytes, size_t size,
                           const weft_address *address)
{
    it->error = it->weft__socket ? WEFT_OK : open(it, address ? address->family : WEFT_NO_FAMILY);
    if (it->error)
        return weft_breathe(co);
    arguments given = {.self = borrowed(it), .data = {(uint8_t *)bytes, size}};
    if (address)
        given.remote_address = (SOCKETS(option_ip_socket_address_t)){true, weft__net_address(address)};
    __builtin_memcpy(it->weft__arguments, &given, sizeof given);
    it->weft__call = (weft_subtask){0};
    it->error = WEFT_ECANCELED; // until it is known
    return weft_call(co, &it->weft__co, send_run);
}

weft_poll weft_udp_send(weft_coro *co, weft_udp *it, const uint8_t *bytes, size_t size)
{
    return weft_udp_send_to(co, it, bytes, size, NULL);
}

// ---- Receiving ----

static received *result_of(weft_datagram *it)
{
    return (received *)(void *)it->weft__result;
}

static weft_stepped receive_run(weft_coro *co)
{
    weft_datagram *it = (weft_datagram *)(void *)((char *)co - offsetof(weft_datagram, weft__co));
    received *result = result_of(it);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &it->weft__call,
                                 UDP(receive)((SOCKETS(borrow_udp_socket_t)){it->weft__socket}, result)));
    it->error = WEFT_OK;
    if (result->is_err) {
        it->error = weft__net_error(&result->val.err);
    } else {
        it->bytes = result->val.ok.f0.ptr;
        it->length = result->val.ok.f0.len;
        it->from = weft__net_address_of(&result->val.ok.f1);
    }
    WEFT_FINALLY;
    if (it->error == WEFT_ECANCELED && weft_subtask_state_of(&it->weft__call) == WEFT_SUBTASK_RETURNED)
        SOCKETS(result_tuple2_list_u8_ip_socket_address_error_code_free)(result);
    WEFT_END;
}

weft_poll weft_udp_receive(weft_coro *co, weft_udp *udp, weft_datagram *it)
{
    weft_datagram_close(it);
    it->error = udp->weft__socket ? WEFT_ECANCELED : WEFT_ESTATE; // until it is known
    if (it->error == WEFT_ESTATE)
        return weft_breathe(co);
    it->weft__call = (weft_subtask){0};
    it->weft__socket = udp->weft__socket;
    return weft_call(co, &it->weft__co, receive_run);
}

void weft_datagram_close(weft_datagram *it)
{
    weft_wasi_net_list_u8_t bytes = {(uint8_t *)it->bytes, it->length};
    weft_wasi_net_list_u8_free(&bytes);
    it->bytes = NULL;
    it->length = 0;
}

// ---- Addresses and options ----

typedef bool address_call(SOCKETS(borrow_udp_socket_t) self, SOCKETS(ip_socket_address_t) * it,
                          weft__net_code *code);

static weft_error ask_address(const weft_udp *udp, address_call *call, weft_address *address)
{
    weft__net_code code;
    SOCKETS(ip_socket_address_t) it;
    if (!udp->weft__socket)
        return WEFT_ESTATE;
    if (!call(borrowed(udp), &it, &code))
        return weft__net_error(&code);
    *address = weft__net_address_of(&it);
    return WEFT_OK;
}

weft_error weft_udp_own(const weft_udp *it, weft_address *address)
{
    return ask_address(it, UDP(get_local_address), address);
}

weft_error weft_udp_peer(const weft_udp *it, weft_address *address)
{
    return ask_address(it, UDP(get_remote_address), address);
}

weft_error weft__udp_set(weft_udp *udp, const weft_udp_options *options)
{
    SOCKETS(borrow_udp_socket_t) it = borrowed(udp);
    weft__net_code code;
    if (!udp->weft__socket)
        return WEFT_ESTATE;
    if ((options->hop_limit && !UDP(set_unicast_hop_limit)(it, options->hop_limit, &code)) ||
        (options->receive_buffer && !UDP(set_receive_buffer_size)(it, options->receive_buffer, &code)) ||
        (options->send_buffer && !UDP(set_send_buffer_size)(it, options->send_buffer, &code)))
        return weft__net_error(&code);
    return WEFT_OK;
}

weft_error weft_udp_options_of(const weft_udp *udp, weft_udp_options *options)
{
    SOCKETS(borrow_udp_socket_t) it = borrowed(udp);
    weft__net_code code;
    if (!udp->weft__socket)
        return WEFT_ESTATE;
    if (!UDP(get_unicast_hop_limit)(it, &options->hop_limit, &code) ||
        !UDP(get_receive_buffer_size)(it, &options->receive_buffer, &code) ||
        !UDP(get_send_buffer_size)(it, &options->send_buffer, &code))
        return weft__net_error(&code);
    return WEFT_OK;
}
