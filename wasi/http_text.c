// The texts of HTTP: queries, forms, cookies, paths.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/http.h>

weft_text weft_http_media_type(weft_text header)
{
    weft_text type = {NULL, 0};
    (void)weft_text_next(&header, ';', &type);
    return weft_text_trim(type);
}

// Takes an ETag off the front of a list, without its quotes and what is before them. There may be commas in it.
static bool next_etag(weft_text *list, weft_text *etag)
{
    return weft_text_next(list, '"', etag) && weft_text_next(list, '"', etag);
}

bool weft_http_has_etag(weft_text header, weft_text etag)
{
    weft_text known, it;
    if (weft_text_equal_z(weft_text_trim(header), "*"))
        return true;
    if (next_etag(&etag, &it))
        while (next_etag(&header, &known))
            if (weft_text_equal(known, it))
                return true;
    return false;
}

// The statuses of RFC 9110, and those that others have registered.
const char *weft_http_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {203, "Non-Authoritative Information"},
        {204, "No Content"},
        {205, "Reset Content"},
        {206, "Partial Content"},
        {300, "Multiple Choices"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {423, "Locked"},
        {425, "Too Early"},
        {426, "Upgrade Required"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {451, "Unavailable For Legal Reasons"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
        {508, "Loop Detected"},
        {511, "Network Authentication Required"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].text;
    return "";
}

static void split(weft_text item, weft_text *name, weft_text *value)
{
    size_t at = weft_text_find(item, WEFT_TEXT("="));
    *name = weft_text_slice(item, 0, at);
    *value = weft_text_slice(item, at + 1, item.length);
}

bool weft_http_next_item(weft_text *items, weft_text *name, weft_text *value)
{
    weft_text item;
    do {
        if (!weft_text_next(items, '&', &item))
            return false;
    } while (!item.length);
    split(item, name, value);
    return true;
}

weft_text weft_http_item(weft_text items, const char *name)
{
    weft_text at, value;
    while (weft_http_next_item(&items, &at, &value))
        if (weft_text_equal_z(at, name))
            return value;
    return (weft_text){NULL, 0};
}

bool weft_http_next_cookie(weft_text *cookies, weft_text *name, weft_text *value)
{
    weft_text cookie;
    do {
        if (!weft_text_next(cookies, ';', &cookie))
            return false;
        cookie = weft_text_trim(cookie);
    } while (!cookie.length);
    split(cookie, name, value);
    if (value->length >= 2 && weft_text_starts(*value, WEFT_TEXT("\"")) &&
        weft_text_ends(*value, WEFT_TEXT("\"")))
        *value = weft_text_slice(*value, 1, value->length - 1);
    return true;
}

weft_error weft_http_decode(weft_text text, bool plus_is_space, char *bytes, size_t room, size_t *length)
{
    size_t to = 0;
    for (size_t from = 0; from < text.length; from++, to++) {
        char byte = text.at[from];
        if (to == room)
            return WEFT_ELIMIT;
        if (byte == '%') {
            uint64_t value;
            weft_text digits = weft_text_slice(text, from + 1, from + 3);
            if (digits.length < 2 || weft_text_to_hex(digits, &value))
                return WEFT_EINVAL;
            byte = (char)value;
            from += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        bytes[to] = byte;
    }
    *length = to;
    return WEFT_OK;
}

bool weft_http_path_is(weft_text path, const char *pattern, weft_text *values, size_t room)
{
    weft_text left = weft_text_z(pattern);
    size_t count = 0;
    while (left.length) {
        if (*left.at != '{') {
            if (!path.length || *path.at != *left.at)
                return false;
            path = weft_text_slice(path, 1, path.length);
            left = weft_text_slice(left, 1, left.length);
            continue;
        }
        size_t end = weft_text_find(left, WEFT_TEXT("}"));
        bool all = weft_text_ends(weft_text_slice(left, 0, end), WEFT_TEXT("*"));
        size_t part = all ? path.length : weft_text_find(path, WEFT_TEXT("/"));
        if (!part && !all)
            return false;
        if (count < room)
            values[count] = weft_text_slice(path, 0, part);
        count++;
        path = weft_text_slice(path, part, path.length);
        left = weft_text_slice(left, end + 1, left.length);
    }
    return !path.length;
}
