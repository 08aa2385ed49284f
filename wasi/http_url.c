// Addresses of http and https, and where a reference in one leads to.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http_url.h"

// What a part ends before: letters below 64, a bit for each.
static const uint64_t ends_query = 1ull << '#';
static const uint64_t ends_path = 1ull << '#' | 1ull << '?';
static const uint64_t ends_authority = 1ull << '#' | 1ull << '?' | 1ull << '/';

// Takes off the front of *rest what comes before the first letter of `ends`. Not inlined: it is called in many
// places.
__attribute__((noinline)) static weft_text part_of(weft_text *rest, uint64_t ends)
{
    size_t length = 0;
    for (; length < rest->length; length++) {
        unsigned char letter = (unsigned char)rest->at[length];
        if (letter < 64 && ends >> letter & 1)
            break;
    }
    weft_text part = weft_text_slice(*rest, 0, length);
    *rest = weft_text_slice(*rest, length, rest->length);
    return part;
}

weft_error weft__url_split(weft_text text, weft__url *url)
{
    size_t scheme = weft_text_find(text, WEFT_TEXT("://"));
    url->all = text;
    url->scheme = weft_text_slice(text, 0, scheme);
    url->is_https = weft_text_alike_z(url->scheme, "https");
    if (!url->is_https && !weft_text_alike_z(url->scheme, "http"))
        return WEFT_EURI;
    weft_text rest = weft_text_slice(text, scheme + 3, text.length);
    url->authority = part_of(&rest, ends_authority);
    url->path = part_of(&rest, ends_path);
    url->query = part_of(&rest, ends_query);
    // A request takes no name before an @: it is a mistake, or is meant to mislead.
    if (!url->authority.length || weft_text_find(url->authority, WEFT_TEXT("@")) < url->authority.length)
        return WEFT_EURI;
    return weft_text_is_utf8(text) ? WEFT_OK : WEFT_EURI;
}

bool weft__url_same_origin(const weft__url *a, const weft__url *b)
{
    return a->is_https == b->is_https && weft_text_alike(a->authority, b->authority);
}

// ---- References ----

typedef struct {
    char *at;
    size_t length;
} output;

static void put(output *to, weft_text text)
{
    if (text.length)
        __builtin_memcpy(to->at + to->length, text.at, text.length);
    to->length += text.length;
}

// Puts `path` without its dot segments. Spec: RFC 3986, 5.2.4.
static void put_path(output *to, weft_text path)
{
    size_t root = to->length;
    while (path.length) {
        path = weft_text_slice(path, 1, path.length); // its slash
        size_t end = weft_text_find(path, WEFT_TEXT("/"));
        weft_text segment = weft_text_slice(path, 0, end);
        path = weft_text_slice(path, end, path.length);
        bool up = weft_text_equal_z(segment, "..");
        if (up)
            while (to->length > root && to->at[--to->length] != '/') {
            }
        else if (!weft_text_equal_z(segment, ".")) {
            put(to, WEFT_TEXT("/"));
            put(to, segment);
            continue;
        }
        if (!path.length)
            put(to, WEFT_TEXT("/"));
    }
    if (to->length == root)
        put(to, WEFT_TEXT("/"));
}

// Whether a reference names its scheme.
static bool is_absolute(weft_text reference)
{
    weft_text first = part_of(&reference, ends_authority);
    return weft_text_find(first, WEFT_TEXT(":")) < first.length;
}

weft_error weft__url_resolve(const weft__url *base, weft_text reference, weft__url *url, size_t *block_size)
{
    weft__url to;
    weft_text rest = reference;
    weft_text merged = {0};
    weft_error error = WEFT_OK;
    if (!base || is_absolute(reference)) {
        error = weft__url_split(reference, &to);
    } else {
        to = *base;
        if (weft_text_starts(rest, WEFT_TEXT("//"))) {
            rest = weft_text_slice(rest, 2, rest.length);
            to.authority = part_of(&rest, ends_authority);
            to.path = part_of(&rest, ends_path);
            to.query = part_of(&rest, ends_query);
            error = to.authority.length && weft_text_find(to.authority, WEFT_TEXT("@")) == to.authority.length
                        ? WEFT_OK
                        : WEFT_EURI;
        } else {
            weft_text path = part_of(&rest, ends_path), query = part_of(&rest, ends_query);
            if (weft_text_starts(path, WEFT_TEXT("/"))) {
                to.path = path;
            } else if (path.length) {
                size_t keep = base->path.length;
                while (keep && base->path.at[keep - 1] != '/')
                    keep--;
                to.path = weft_text_slice(base->path, 0, keep);
                merged = path;
            }
            if (path.length || query.length)
                to.query = query;
        }
        if (!weft_text_is_utf8(reference))
            error = WEFT_EURI;
    }
    if (error)
        return error;

    // The path stands there twice: joined, at the end of the block, and without its dots, in its place.
    size_t path_room = to.path.length + merged.length + 2;
    size_t size = to.scheme.length + to.authority.length + to.query.length + 3 + 2 * path_room;
    output out = {weft_alloc(size), 0};
    if (!out.at)
        return WEFT_ENOMEM;
    output joined = {out.at + size - path_room, 0};
    if (!weft_text_starts(to.path, WEFT_TEXT("/")))
        put(&joined, WEFT_TEXT("/"));
    put(&joined, to.path);
    put(&joined, merged);
    put(&out, to.scheme);
    put(&out, WEFT_TEXT("://"));
    put(&out, to.authority);
    for (size_t i = 0; i < out.length; i++)
        if (out.at[i] >= 'A' && out.at[i] <= 'Z') // the case does not matter there: RFC 3986, 6.2.2.1
            out.at[i] |= 'a' - 'A';
    size_t path_at = out.length;
    put_path(&out, weft_text_of(joined.at, joined.length));
    size_t query_at = out.length;
    put(&out, to.query);
    url->is_https = to.is_https;
    url->all = weft_text_of(out.at, out.length);
    url->scheme = weft_text_slice(url->all, 0, to.scheme.length);
    url->authority = weft_text_slice(url->all, to.scheme.length + 3, path_at);
    url->path = weft_text_slice(url->all, path_at, query_at);
    url->query = weft_text_slice(url->all, query_at, out.length);
    *block_size = size;
    return WEFT_OK;
}

weft_error weft_url_resolve(weft_text base, weft_text link, char *url, size_t room, size_t *length)
{
    weft__url from, to;
    size_t size = 0;
    weft_error error = base.length ? weft__url_split(base, &from) : WEFT_OK;
    if (!error)
        error = weft__url_resolve(base.length ? &from : NULL, link, &to, &size);
    if (error)
        return error;
    *length = to.all.length;
    error = weft_text_to_z(to.all, url, room);
    weft_free((void *)to.all.at, size);
    return error == WEFT_EINVAL ? WEFT_EURI : error; // it has a zero in it
}

bool weft_url_same_origin(weft_text one, weft_text other)
{
    weft__url a, b;
    return !weft__url_split(one, &a) && !weft__url_split(other, &b) && weft__url_same_origin(&a, &b);
}
