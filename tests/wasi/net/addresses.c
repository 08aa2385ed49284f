// Answers each line with what it is as an address: as an IP, as an address, as a host and a port; each "-" if
// it is none.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_lines lines;
    uint8_t buffer[512];
    char answer[512];
    size_t length;
} addresses;

static void add(addresses *self, weft_text text)
{
    __builtin_memcpy(self->answer + self->length, text.at, text.length);
    self->length += text.length;
}

// What there is room for besides an address of IPv4 does not count.
static bool is_itself(const weft_address *address, weft_address same)
{
    bool ipv4 = address->family == WEFT_IPV4;
    if (ipv4)
        same.scope = same.ip[4] = same.ip[15] = 1;
    weft_address next = same;
    next.ip[ipv4 ? 3 : 15] ^= 1;
    return weft_ip_equal(address, &same) && !weft_ip_equal(address, &next);
}

static void answer(addresses *self, weft_text line)
{
    char room[WEFT_ADDRESS_ROOM];
    weft_address address, same;
    weft_text host;
    uint16_t port;
    self->length = 0;
    bool is_ip = !weft_text_to_ip(line, &address);
    weft_text text = is_ip ? weft_ip_text(&address, room) : WEFT_TEXT("-");
    if (is_ip && (weft_text_to_ip(text, &same) || !is_itself(&address, same)))
        text = WEFT_TEXT("another");
    add(self, text);
    add(self, WEFT_TEXT(" "));
    bool is_address = !weft_text_to_address(line, &address);
    text = is_address ? weft_address_text(&address, room) : WEFT_TEXT("-");
    if (is_address && (weft_text_to_address(text, &same) || !weft_address_equal(&address, &same)))
        text = WEFT_TEXT("another");
    add(self, text);
    add(self, WEFT_TEXT(" "));
    add(self, weft_text_to_host(line, &host, &port) ? WEFT_TEXT("-") : host);
    add(self, WEFT_TEXT("\n"));
}

WEFT_ASYNC(addresses)
{
    WEFT_BEGIN;
    weft_bytes_lines(&self->lines, weft_stdin(), self->buffer, sizeof self->buffer, WEFT_LINES_CUT);
    for (;;) {
        WEFT_TRY(weft_stdin(), weft_line_next(co, &self->lines));
        if (!self->lines.is)
            WEFT_FINISH;
        answer(self, weft_text_of(self->lines.line, self->lines.length));
        WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), weft_text_of(self->answer, self->length)));
    }
    WEFT_END;
}
WEFT_COMMAND(addresses);
