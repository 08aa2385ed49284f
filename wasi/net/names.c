// Names of hosts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/names.h>
#include "internal.h"

typedef weft__wasi_sockets_ip_name_lookup_result_list_ip_address_error_code_t result;
_Static_assert(sizeof(result) <= sizeof(((weft_names *)0)->weft__result), "the field is too small: enlarge it");

static weft_error error_of(weft__wasi_sockets_ip_name_lookup_error_code_t *code)
{
    static const int8_t errors[] = {
        [WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_ACCESS_DENIED] = WEFT_EACCES,
        [WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_INVALID_ARGUMENT] = WEFT_EINVAL,
        [WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_NAME_UNRESOLVABLE] = WEFT_ENONAME,
        [WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_TEMPORARY_RESOLVER_FAILURE] = WEFT_EAGAINNAME,
        [WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_PERMANENT_RESOLVER_FAILURE] = WEFT_EFAILNAME,
    };
    return code->tag < sizeof errors ? (weft_error)errors[code->tag] : WEFT_EOTHER;
}

static weft_error room_for(weft_names *it, size_t count)
{
    bool fits = count <= PTRDIFF_MAX / sizeof *it->addresses;
    it->addresses = fits ? weft_alloc(count * sizeof *it->addresses) : NULL;
    it->count = it->addresses ? count : 0;
    return it->addresses ? WEFT_OK : WEFT_ENOMEM;
}

// Takes the host's answer.
static weft_error take(weft_names *it, const result *answer)
{
    const weft__wasi_sockets_ip_name_lookup_list_ip_address_t *list = &answer->val.ok;
    if (answer->is_err)
        return error_of((weft__wasi_sockets_ip_name_lookup_error_code_t *)&answer->val.err);
    if (!list->len)
        return WEFT_ENONAME;
    weft_error error = room_for(it, list->len);
    for (size_t i = 0; i < it->count; i++) {
        it->addresses[i] = weft__net_ip_of(&list->ptr[i]);
        it->addresses[i].port = it->weft__port;
    }
    return error;
}

static weft_names *names_of(weft_coro *co)
{
    return (weft_names *)(void *)((char *)co - offsetof(weft_names, weft__co));
}

static weft_stepped resolve_run(weft_coro *co)
{
    weft_names *it = names_of(co);
    result *answer = (result *)(void *)it->weft__result;
    weft_wasi_net_string_t name = {(uint8_t *)it->weft__host.at, it->weft__host.length};
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &it->weft__call,
                                 weft__wasi_sockets_ip_name_lookup_resolve_addresses(name, answer)));
    it->error = take(it, answer);
    WEFT_FINALLY;
    if (weft_subtask_state_of(&it->weft__call) == WEFT_SUBTASK_RETURNED)
        weft__wasi_sockets_ip_name_lookup_result_list_ip_address_error_code_free(answer);
    WEFT_END;
}

weft_poll weft_resolve(weft_coro *co, weft_names *it, weft_text host, uint16_t port)
{
    weft_address address;
    weft_names_close(it);
    if (!weft_text_to_ip(host, &address)) {
        it->error = room_for(it, 1);
        if (it->error)
            return weft_breathe(co);
        address.port = port;
        *it->addresses = address;
        return weft_breathe(co);
    }
    it->error = weft_text_is_utf8(host) ? WEFT_ECANCELED : WEFT_EINVAL; // until it is known
    if (it->error == WEFT_EINVAL)
        return weft_breathe(co);
    it->weft__host = host;
    it->weft__port = port;
    it->weft__call = (weft_subtask){0};
    return weft_call(co, &it->weft__co, resolve_run);
}

void weft_names_close(weft_names *it)
{
    if (it->addresses)
        weft_free(it->addresses, it->count * sizeof *it->addresses);
    it->addresses = NULL;
    it->count = 0;
}
