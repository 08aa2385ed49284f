// wasi:sockets/ip-name-lookup. libc's getaddrinfo blocks, so each name has a thread, which knows nothing of the
// host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sockets.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { THREAD_STACK = 256 * 1024 };

// ---- What the thread has in common with the script ----

void weft_world__lookup_release(weft_world__lookup *it)
{
    if (!it || atomic_fetch_sub(&it->holders, 1) > 1)
        return;
    if (it->found)
        freeaddrinfo(it->found);
    if (it->done >= 0)
        close(it->done);
    free(it);
}

static void *looks_up(void *data)
{
    weft_world__lookup *it = data;
    it->error = getaddrinfo(it->name, NULL, &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &it->found);
    eventfd_write(it->done, 1);
    weft_world__lookup_release(it);
    return NULL;
}

weft_world__lookup *weft_world__lookup_new(const char *name, size_t length)
{
    weft_world__lookup *it = calloc(1, sizeof *it + length + 1);
    if (!it)
        abort();
    it->holders = 1;
    it->done = -1;
    it->error = EAI_AGAIN;
    memcpy(it->name, name, length);
    return it;
}

bool weft_world__lookup_begin(weft_world__lookup *it)
{
    pthread_attr_t how;
    pthread_t thread;
    it->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (it->done < 0)
        return false;
    it->holders++;
    pthread_attr_init(&how);
    pthread_attr_setstacksize(&how, THREAD_STACK);
    pthread_attr_setdetachstate(&how, PTHREAD_CREATE_DETACHED);
    bool has_begun = !pthread_create(&thread, &how, looks_up, it);
    pthread_attr_destroy(&how);
    if (!has_begun)
        it->holders--;
    return has_begun;
}

// ---- Names ----

// An address as URLs have it: `127.1`, `1.2.3.4.` and `[::1]` are some, too.
static bool is_address(const char *name, weft_world__address *address)
{
    char text[64] = {0};
    size_t length = strlen(name);
    if (!length || length >= sizeof text)
        return false;
    memcpy(text, name, name[length - 1] == '.' ? length - 1 : length);
    *address = (weft_world__address){.ipv4.sin_family = AF_INET};
    if (!text[strspn(text, "0123456789abcdefxABCDEFX.")] && inet_aton(text, &address->ipv4.sin_addr))
        return true;
    *address = (weft_world__address){.ipv6.sin6_family = AF_INET6};
    memcpy(text, name, length);
    bool in_brackets = *text == '[' && text[length - 1] == ']';
    if (in_brackets)
        text[length - 1] = 0;
    return inet_pton(AF_INET6, text + in_brackets, &address->ipv6.sin6_addr) > 0;
}

// True if the last part is a number, as that of an address is.
static bool ends_in_number(const char *name, size_t length)
{
    size_t end = length && name[length - 1] == '.' ? length - 1 : length, at = end;
    while (at && name[at - 1] != '.')
        at--;
    bool is_hex = name[at] == '0' && (name[at + 1] | 32) == 'x';
    at += is_hex ? 2 : 0;
    return (at < end || is_hex) &&
           at + strspn(name + at, is_hex ? "0123456789abcdefABCDEF" : "0123456789") == end;
}

static bool is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] <= ' ' || strchr("#/:<>?@[\\]^|%\x7f", name[i]))
            return false;
    return length && !ends_in_number(name, length);
}

static void answer(weft_sim_call *call, const char *failed, const struct addrinfo *found)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    uint32_t count = 0;
    for (const struct addrinfo *it = found; it; it = it->ai_next)
        count++;
    weft_sim_value ok = {0};
    if (!failed)
        ok = weft_sim_items_value(instance, count);
    for (uint32_t i = 0; i < ok.count; i++, found = found->ai_next)
        ok.items[i] = weft_world__ip_value(instance, (const weft_world__address *)found->ai_addr);
    weft_world__answer_result(call, failed, &ok);
}

typedef struct resolving {
    weft_world__job job;
    weft_world *world;
    weft_sim_call *call;
    weft_world__lookup *lookup;
} resolving;

static void free_resolving(weft_world__job *job)
{
    weft_world__lookup_release(((resolving *)job)->lookup);
    free(job);
}

static void resolves(weft_sim *sim, void *data)
{
    resolving *it = data;
    weft_world__wait done = {
        .descriptor = it->lookup->done, .events = POLLIN, .when = UINT64_MAX, .call = it->call};
    (void)sim;
    if (weft_world__wait_for(it->world, "resolves a name", done))
        answer(it->call, it->lookup->error ? "name-unresolvable" : NULL, it->lookup->found);
    else
        weft_sim_call_cancelled(it->call);
    weft_world__job_end(&it->job);
}

static void resolve(weft_sim_call *call, void *data)
{
    weft_world *world = data;
    const weft_sim_value *name = weft_sim_call_start(call);
    weft_world__address address;
    weft_world__lookup *its = weft_world__lookup_new(name->bytes, name->count);
    const char *failed = NULL;
    if (!world->options.names) {
        failed = "permanent-resolver-failure";
    } else if (strlen(its->name) < name->count || !is_address(its->name, &address)) {
        failed = !is_name(its->name, name->count) ? "invalid-argument"
                 : !weft_world__lookup_begin(its) ? "temporary-resolver-failure"
                                                  : NULL;
        if (!failed) {
            resolving *it = malloc(sizeof *it);
            if (!it)
                abort();
            *it = (resolving){.world = world, .call = call, .lookup = its};
            weft_world__job_begin(world, &it->job, free_resolving);
            weft_sim_spawn_small(world->sim, resolves, it);
            return;
        }
    }
    weft_world__lookup_release(its);
    answer(call, failed, &(struct addrinfo){.ai_addr = &address.any});
}

const weft_world__row weft_world__names[] =
    WEFT_WORLD__ROWS({"wasi:sockets/ip-name-lookup", "resolve-addresses", resolve});
