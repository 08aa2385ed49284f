// What comes by a connection of HTTP/1, by llhttp.
//
// llhttp knows the methods that are registered; of any other it makes an error. So the word is taken out in
// front of it, and what it sees is a POST, which has no rules of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { URL, NAME, VALUE, MOST_HEADERS = 100, LONGEST_URL = 65534, LONGEST_HEAD = 8192 + 4096 * 100 };

static const char too_large[] = "431 Request Header Fields Too Large";

static int gather(llhttp_t *parser, int which, const char *at, size_t length)
{
    http_connection *it = parser->data;
    it->head_length += length;
    if (it->head_length > LONGEST_HEAD) {
        it->refusal = too_large;
        return -1;
    }
    it->text[which] = realloc(it->text[which], it->length[which] + length + 1);
    if (!it->text[which])
        abort();
    memcpy(it->text[which] + it->length[which], at, length);
    it->length[which] += length;
    it->text[which][it->length[which]] = 0;
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t length)
{
    http_connection *it = parser->data;
    int result = gather(parser, URL, at, length);
    if (it->length[URL] <= LONGEST_URL)
        return result;
    it->refusal = "414 URI Too Long";
    return -1;
}

static int on_name(llhttp_t *parser, const char *at, size_t length)
{
    return gather(parser, NAME, at, length);
}

static int on_value(llhttp_t *parser, const char *at, size_t length)
{
    return gather(parser, VALUE, at, length);
}

static int on_value_complete(llhttp_t *parser)
{
    http_connection *it = parser->data;
    if (!it->fields)
        it->fields = weft_world__fields_new(it->world);
    if (it->fields->count == MOST_HEADERS) {
        it->refusal = too_large;
        return -1;
    }
    weft_world__fields_add(it->fields, it->text[NAME], it->length[NAME],
                           it->length[VALUE] ? it->text[VALUE] : "", it->length[VALUE]);
    it->length[NAME] = it->length[VALUE] = 0;
    return 0;
}

static http_fields *take_fields(http_connection *it)
{
    http_fields *fields = it->fields ? it->fields : weft_world__fields_new(it->world);
    it->fields = NULL;
    return fields;
}

// The path and query, and of a URL that is whole, the scheme and authority.
static bool take_url(http_connection *it, http_message *message)
{
    char *url = it->text[URL], *path = url, *rest = strstr(url, "://");
    if (*url != '/' && rest) {
        path = rest + 3 + strcspn(rest + 3, "/?#");
        message->scheme = strndup(url, (size_t)(rest - url));
        if (!strcasecmp(message->scheme, "http") || !strcasecmp(message->scheme, "https"))
            for (char *at = message->scheme; *at; at++)
                *at &= ~0x20;
        message->authority = strndup(rest + 3, (size_t)(path - rest) - 3);
    } else if (*url != '/' && strcmp(url, "*") != 0) {
        return false;
    }
    path[strcspn(path, "#")] = 0;
    message->path = strdup(*path ? path : "/");
    it->length[URL] = 0;
    return !strpbrk(message->path, "\"<>\\^`{}|\xff");
}

static int on_headers_complete(llhttp_t *parser)
{
    http_connection *it = parser->data;
    bool is_response = llhttp_get_type(parser) == HTTP_RESPONSE;
    int status = llhttp_get_status_code(parser);
    parser->upgrade = 0; // nobody does
    if (is_response && status < 100)
        return -1;
    if (is_response && status < 200 && status != 101) { // another one follows, and it has no body
        weft_world__fields_release(take_fields(it));
        return 1;
    }
    http_message *message =
        weft_world__message_new(it->world, weft_world__fields_end_to_end(it->world, take_fields(it)));
    it->exchange = weft_world__exchange_new(it, message);
    it->exchange->is_old = parser->http_major == 1 && parser->http_minor == 0;
    it->exchange->keeps = llhttp_should_keep_alive(parser);
    if (is_response) {
        message->status = (uint16_t)status;
    } else {
        message->method = strndup(it->method, it->method_length);
        it->exchange->is_head = !strcmp(message->method, "HEAD");
        if (!take_url(it, message)) {
            weft_world__message_free(message);
            weft_world__exchange_release(it->exchange);
            it->exchange = NULL;
            return -1;
        }
        const http_field *expect = weft_world__fields_find(message->headers, "expect");
        it->exchange->expects = !it->exchange->is_old && expect && !strcasecmp(expect->value, "100-continue");
    }
    bool is_bodiless = it->is_bodiless;
    it->has_head(it, message);
    return is_bodiless;
}

static int on_body(llhttp_t *parser, const char *at, size_t length)
{
    http_connection *it = parser->data;
    weft_world__exchange_deliver(it->exchange, at, length);
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    http_connection *it = parser->data;
    if (!it->exchange) // of a response that another one follows
        return 0;
    if (it->fields)
        it->exchange->last = take_fields(it);
    it->method_length = 0;
    it->head_length = 0;
    it->is_between = true;
    it->has_all(it);
    return HPE_PAUSED;
}

void weft_world__parse_begin(http_connection *it, llhttp_type_t type)
{
    static const llhttp_settings_t settings = {.on_url = on_url,
                                               .on_header_field = on_name,
                                               .on_header_value = on_value,
                                               .on_header_value_complete = on_value_complete,
                                               .on_headers_complete = on_headers_complete,
                                               .on_body = on_body,
                                               .on_message_complete = on_message_complete};
    llhttp_init(&it->parser, type, &settings);
    it->parser.data = it;
    it->is_between = type == HTTP_REQUEST;
}

// Takes the method, and says another one to llhttp. How many bytes it took; -1: there is none.
static ssize_t take_method(http_connection *it, const char *bytes, size_t count)
{
    size_t at = 0;
    while (at < count && !it->method_length && (bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    for (; at < count && bytes[at] != ' '; at++) {
        if (it->method_length == sizeof it->method || !weft_world__is_token(&bytes[at], 1))
            return -1;
        it->method[it->method_length++] = bytes[at];
    }
    if (at == count)
        return (ssize_t)at;
    if (!it->method_length || llhttp_execute(&it->parser, "POST", 4) != HPE_OK)
        return -1;
    it->is_between = false;
    return (ssize_t)at;
}

static bool parse(http_connection *it, const char *bytes, size_t count)
{
    while (count && !it->ends) {
        if (it->is_between) {
            ssize_t taken = take_method(it, bytes, count);
            if (taken < 0)
                return false;
            bytes += taken;
            count -= (size_t)taken;
            continue;
        }
        llhttp_errno_t error = llhttp_execute(&it->parser, bytes, count);
        if (error == HPE_OK)
            return true;
        if (error != HPE_PAUSED)
            return false;
        const char *end = llhttp_get_error_pos(&it->parser);
        count -= (size_t)(end - bytes);
        bytes = end;
        llhttp_resume(&it->parser);
    }
    return true;
}

http_received weft_world__receive(http_connection *it, uint64_t when, bool (*until)(void *object), void *object)
{
    char buffer[16384];
    for (;;) {
        if (until && until(object))
            return HTTP_STOPPED;
        size_t most = weft_world__bytes_at_once(it->world, "receives", it->left, sizeof buffer);
        ssize_t count = recv(it->descriptor, buffer, most, MSG_DONTWAIT);
        weft_world__bytes_moved(&it->left, count);
        if (count > 0)
            return parse(it, buffer, (size_t)count) ? HTTP_MORE : HTTP_MALFORMED;
        if (count == 0 && most)
            return llhttp_finish(&it->parser) == HPE_OK || it->ends ? HTTP_END : HTTP_MALFORMED;
        if (!most || (errno != EAGAIN && errno != EINTR)) {
            weft_world__connection_gone(it);
            return HTTP_MALFORMED;
        }
        if (when <= weft_world__now(it->world))
            return HTTP_TIMEOUT;
        weft_world__wait_for(it->world, "receives",
                             (weft_world__wait){.descriptor = it->descriptor,
                                                .events = POLLIN,
                                                .when = when,
                                                .until = until,
                                                .object = object,
                                                .bell = &it->bell});
    }
}
