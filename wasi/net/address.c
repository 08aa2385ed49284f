// Addresses as text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/address.h>

// ---- From text ----

// Takes the part before `separator`, and that, off the front of *rest. True if there was a separator.
static bool cut(weft_text *rest, const char *separator, weft_text *part)
{
    weft_text mark = weft_text_z(separator);
    size_t at = weft_text_find(*rest, mark);
    bool found = at < rest->length;
    *part = weft_text_slice(*rest, 0, at);
    *rest = weft_text_slice(*rest, at + mark.length, rest->length);
    return found;
}

// Reads a number of at most `most`, without needless zeros, as libc's inet_pton takes it.
static bool is_number(weft_text text, uint64_t most, uint64_t *number)
{
    return !(text.length > 1 && *text.at == '0') && !weft_text_to_u64(text, number) && *number <= most;
}

static bool is_ipv4(weft_text text, uint8_t *ip)
{
    for (int i = 0; i < 4; i++) {
        weft_text part;
        uint64_t number;
        if (cut(&text, ".", &part) != (i < 3) || !is_number(part, 255, &number))
            return false;
        ip[i] = (uint8_t)number;
    }
    return true;
}

static bool is_ipv6(weft_text text, uint8_t *ip)
{
    enum { NONE = 17 };
    size_t count = 0, gap = NONE; // bytes; those before the "::"
    if (weft_text_starts(text, WEFT_TEXT("::"))) {
        text = weft_text_slice(text, 2, text.length);
        gap = 0;
    }
    while (text.length || (!count && gap)) {
        weft_text group;
        uint64_t number;
        bool goes_on = cut(&text, ":", &group);
        if (!goes_on && count <= 12 && is_ipv4(group, ip + count)) {
            count += 4;
            break;
        }
        if (count == 16 || group.length > 4 || weft_text_to_hex(group, &number))
            return false;
        ip[count++] = (uint8_t)(number >> 8);
        ip[count++] = (uint8_t)number;
        if (weft_text_starts(text, WEFT_TEXT(":")) && goes_on) {
            if (gap != NONE)
                return false;
            text = weft_text_slice(text, 1, text.length);
            gap = count;
        } else if (goes_on && !text.length) {
            return false;
        }
    }
    if (gap == NONE)
        return count == 16;
    if (count > 14)
        return false;
    __builtin_memmove(ip + 16 - (count - gap), ip + gap, count - gap);
    __builtin_memset(ip + gap, 0, 16 - count);
    return true;
}

weft_error weft_text_to_ip(weft_text text, weft_address *address)
{
    weft_address it = {.family = WEFT_IPV4};
    if (!is_ipv4(text, it.ip)) {
        weft_text rest = text, ip;
        uint64_t scope = 0;
        if (cut(&rest, "%", &ip) && !is_number(rest, UINT32_MAX, &scope))
            return WEFT_EINVAL;
        it = (weft_address){.family = WEFT_IPV6, .scope = (uint32_t)scope};
        if (!is_ipv6(ip, it.ip))
            return WEFT_EINVAL;
    }
    *address = it;
    return WEFT_OK;
}

weft_error weft_text_to_host(weft_text text, weft_text *host, uint16_t *port)
{
    weft_text rest = text, before;
    uint64_t number;
    bool in_brackets = weft_text_starts(text, WEFT_TEXT("["));
    if (in_brackets)
        rest = weft_text_slice(text, 1, text.length);
    if (!cut(&rest, in_brackets ? "]:" : ":", &before) || !before.length || !is_number(rest, 65535, &number))
        return WEFT_EINVAL;
    *host = before;
    *port = (uint16_t)number;
    return WEFT_OK;
}

weft_error weft_text_to_address(weft_text text, weft_address *address)
{
    weft_text host;
    uint16_t port;
    weft_address it;
    if (weft_text_to_host(text, &host, &port) || weft_text_to_ip(host, &it) ||
        weft_text_starts(text, WEFT_TEXT("[")) != (it.family == WEFT_IPV6))
        return WEFT_EINVAL;
    it.port = port;
    *address = it;
    return WEFT_OK;
}

// ---- To text ----

static char *put(char *at, const char *text)
{
    size_t length = __builtin_strlen(text);
    __builtin_memcpy(at, text, length);
    return at + length;
}

__attribute__((noinline)) static char *put_number(char *at, uint32_t number, uint32_t base)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    while (count)
        *at++ = digits[--count];
    return at;
}

static char *put_ipv4(char *at, const uint8_t *ip)
{
    for (int i = 0; i < 4; i++) {
        at = put_number(at, ip[i], 10);
        if (i < 3)
            *at++ = '.';
    }
    return at;
}

static char *put_ipv6(char *at, const uint8_t *ip)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint32_t groups[8];
    int gap = 8, longest = 1; // the first of the longest rows of zeros, of two groups or more
    if (!__builtin_memcmp(ip, mapped, sizeof mapped))
        return put_ipv4(put(at, "::ffff:"), ip + 12);
    for (int i = 0; i < 8; i++)
        groups[i] = (uint32_t)ip[2 * i] << 8 | ip[2 * i + 1];
    for (int from = 0, to; from < 8; from = to + 1) {
        for (to = from; to < 8 && !groups[to]; to++) {
        }
        if (to - from > longest) {
            longest = to - from;
            gap = from;
        }
    }
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            at = put(at, "::");
            i += longest - 1;
            continue;
        }
        if (i && i != gap + longest)
            *at++ = ':';
        at = put_number(at, groups[i], 16);
    }
    return at;
}

static char *put_ip(char *at, const weft_address *address)
{
    if (address->family == WEFT_IPV4)
        return put_ipv4(at, address->ip);
    at = put_ipv6(at, address->ip);
    return address->scope ? put_number(put(at, "%"), address->scope, 10) : at;
}

weft_text weft_ip_text(const weft_address *address, char room[WEFT_ADDRESS_ROOM])
{
    char *end = address->family ? put_ip(room, address) : room;
    return weft_text_of(room, (size_t)(end - room));
}

weft_text weft_address_text(const weft_address *address, char room[WEFT_ADDRESS_ROOM])
{
    char *end = room;
    if (address->family == WEFT_IPV6)
        end = put(put_ip(put(end, "["), address), "]:");
    else if (address->family)
        end = put(put_ip(end, address), ":");
    else
        return weft_text_of(room, 0);
    end = put_number(end, address->port, 10);
    return weft_text_of(room, (size_t)(end - room));
}

// ---- Comparing ----

bool weft_ip_equal(const weft_address *a, const weft_address *b)
{
    if (a->family != b->family)
        return false;
    if (a->family == WEFT_IPV4)
        return !__builtin_memcmp(a->ip, b->ip, 4);
    return a->scope == b->scope && !__builtin_memcmp(a->ip, b->ip, sizeof a->ip);
}

bool weft_address_equal(const weft_address *a, const weft_address *b)
{
    return weft_ip_equal(a, b) && a->port == b->port;
}
