// Texts, and those of HTTP: tables of what is known, and texts from a seed that must not lead out of their
// bytes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/wasi/http.h>
#include "../../wasi/http_url.h"

static int failures;

static void same(weft_text got, const char *expected, const char *what)
{
    if (weft_text_equal_z(got, expected))
        return;
    printf("%s: \"%.*s\", not \"%s\"\n", what, (int)got.length, got.at, expected);
    failures++;
}

static void holds(bool it, const char *what)
{
    if (!it) {
        printf("%s does not hold\n", what);
        failures++;
    }
}

#define HOLDS(it) holds((it), #it)

static void numbers(void)
{
    static const struct {
        const char *text;
        weft_error error;
        uint64_t number;
    } cases[] = {
        {"0", WEFT_OK, 0},
        {"007", WEFT_OK, 7},
        {"18446744073709551615", WEFT_OK, UINT64_MAX},
        {"18446744073709551616", WEFT_EOVERFLOW, 0},
        {"99999999999999999999999", WEFT_EOVERFLOW, 0},
        {"99999999999999999999999x", WEFT_EINVAL, 0},
        {"", WEFT_EINVAL, 0},
        {"-1", WEFT_EINVAL, 0},
        {" 1", WEFT_EINVAL, 0},
        {"1a", WEFT_EINVAL, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 0;
        holds(weft_text_to_u64(weft_text_z(cases[i].text), &number) == cases[i].error &&
                  number == cases[i].number,
              cases[i].text);
    }
    int64_t number = 0;
    HOLDS(!weft_text_to_i64(WEFT_TEXT("-9223372036854775808"), &number) && number == INT64_MIN);
    HOLDS(!weft_text_to_i64(WEFT_TEXT("+9223372036854775807"), &number) && number == INT64_MAX);
    HOLDS(weft_text_to_i64(WEFT_TEXT("9223372036854775808"), &number) == WEFT_EOVERFLOW);
    HOLDS(weft_text_to_i64(WEFT_TEXT("-"), &number) == WEFT_EINVAL && number == INT64_MAX);
    number = 0;
    HOLDS(!weft_text_to_number(WEFT_TEXT("-5"), -5, 7, &number) && number == -5);
    HOLDS(!weft_text_to_number(WEFT_TEXT("7"), -5, 7, &number) && number == 7);
    HOLDS(weft_text_to_number(WEFT_TEXT("-6"), -5, 7, &number) == WEFT_EOVERFLOW);
    HOLDS(weft_text_to_number(WEFT_TEXT("8"), -5, 7, &number) == WEFT_EOVERFLOW);
    HOLDS(weft_text_to_number(WEFT_TEXT("7x"), -5, 7, &number) == WEFT_EINVAL && number == 7);
    uint64_t hex = 0;
    HOLDS(!weft_text_to_hex(WEFT_TEXT("fFfFfFfFfFfFfFfF"), &hex) && hex == UINT64_MAX);
    HOLDS(weft_text_to_hex(WEFT_TEXT("g"), &hex) == WEFT_EINVAL);
}

static void parts(void)
{
    char room[4];
    HOLDS(weft_text_to_z(WEFT_TEXT("abcd"), room, sizeof room) == WEFT_ELIMIT && !*room);
    HOLDS(weft_text_to_z(WEFT_TEXT("a\0b"), room, sizeof room) == WEFT_EINVAL && !*room);
    HOLDS(!weft_text_to_z(WEFT_TEXT("abc"), room, sizeof room) && !strcmp(room, "abc"));
    HOLDS(weft_text_to_z(WEFT_TEXT("a"), room, 0) == WEFT_ELIMIT);
    HOLDS(weft_text_alike_z(WEFT_TEXT("X-One"), "x-oNE") && !weft_text_equal_z(WEFT_TEXT("X"), "x"));
    HOLDS(!weft_text_alike(WEFT_TEXT("@"), WEFT_TEXT("`")));
    HOLDS(weft_text_compare(WEFT_TEXT("a"), WEFT_TEXT("ab")) < 0 &&
          weft_text_compare(WEFT_TEXT("b"), WEFT_TEXT("ab")) > 0);
    HOLDS(weft_text_compare((weft_text){0}, (weft_text){0}) == 0 &&
          weft_text_compare(WEFT_TEXT("\xff"), WEFT_TEXT("a")) > 0);
    HOLDS(weft_text_find(WEFT_TEXT("aab"), WEFT_TEXT("ab")) == 1 &&
          weft_text_find(WEFT_TEXT("aab"), WEFT_TEXT("c")) == 3);
    HOLDS(weft_text_starts(WEFT_TEXT("ab"), WEFT_TEXT("")) &&
          !weft_text_starts(WEFT_TEXT("a"), WEFT_TEXT("ab")));
    HOLDS(weft_text_ends(WEFT_TEXT("ab"), WEFT_TEXT("b")) && !weft_text_ends(WEFT_TEXT("b"), WEFT_TEXT("ab")));
    same(weft_text_slice(WEFT_TEXT("abc"), 2, 1), "", "slice");
    same(weft_text_slice(WEFT_TEXT("abc"), 1, 99), "bc", "slice");
    same(weft_text_trim(WEFT_TEXT(" \t a b\r\n")), "a b", "trim");
    weft_text list = WEFT_TEXT("a,,b,"), part;
    char joined[16] = "";
    while (weft_text_next(&list, ',', &part))
        strncat(strncat(joined, part.at, part.length), ";", 2);
    same(weft_text_z(joined), "a;;b;", "next");
}

static void utf8(void)
{
    static const char *const valid[] = {"",           "a",          "\u00e4", "\u20ac",
                                        "\U0001f600", "\U0010ffff", "\ud7ff", "\ue000"};
    static const char *const invalid[] = {"\x80",
                                          "\xc3",
                                          "\xc0\x80",
                                          "\xc1\xbf",
                                          "\xe0\x9f\xbf",
                                          "\xe2\x82",
                                          "\xed\xa0\x80",
                                          "\xf0\x8f\xbf\xbf",
                                          "\xf4\x90\x80\x80",
                                          "\xff",
                                          "a\xc3z",
                                          "\xf5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        holds(weft_text_is_utf8(weft_text_z(valid[i])), valid[i]);
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        holds(!weft_text_is_utf8(weft_text_z(invalid[i])), "an invalid character");
}

// RFC 3986, 5.4, and some of http alone.
static void references(void)
{
    static const char *const table[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/../x", "http://a/b/c/g"},
        {"https://x", "https://x/"},
        {"HTTP://X?Y", "http://x/?Y"},
        {"http:g", NULL},
        {"mailto:x", NULL},
        {"//", NULL},
        {"//u@h", NULL},
        {"http://u@h/", NULL},
        {"\xff", NULL},
    };
    weft__url base;
    HOLDS(!weft__url_split(WEFT_TEXT("http://a/b/c/d;p?q"), &base));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        weft__url url;
        size_t size;
        weft_error error = weft__url_resolve(&base, weft_text_z(table[i][0]), &url, &size);
        holds(error == (table[i][1] ? WEFT_OK : WEFT_EURI), table[i][0]);
        if (!error) {
            same(url.all, table[i][1], table[i][0]);
            weft_free((void *)url.all.at, size);
        }
    }
}

static void links(void)
{
    weft_text base = WEFT_TEXT("http://a/b/c?d");
    char url[16];
    size_t length = 0;
    HOLDS(!weft_url_resolve(base, WEFT_TEXT("../e#f"), url, sizeof url, &length));
    same(weft_text_of(url, length), "http://a/e", "../e#f");
    HOLDS(!weft_url_resolve((weft_text){0}, WEFT_TEXT("https://host/12"), url, sizeof url, &length));
    same(weft_text_of(url, length), "https://host/12", "one that fits");
    HOLDS(weft_url_resolve((weft_text){0}, WEFT_TEXT("https://host/123"), url, sizeof url, &length) ==
          WEFT_ELIMIT);
    HOLDS(weft_url_resolve((weft_text){0}, WEFT_TEXT("/e"), url, sizeof url, &length) == WEFT_EURI);
    HOLDS(weft_url_resolve(base, WEFT_TEXT("a\0b"), url, sizeof url, &length) == WEFT_EURI);
    HOLDS(weft_url_resolve(base, WEFT_TEXT("mailto:x"), url, sizeof url, &length) == WEFT_EURI);
    HOLDS(weft_url_resolve(WEFT_TEXT("ftp://a/"), WEFT_TEXT("e"), url, sizeof url, &length) == WEFT_EURI);
    HOLDS(weft_url_same_origin(base, WEFT_TEXT("HTTP://A/other")));
    HOLDS(!weft_url_same_origin(base, WEFT_TEXT("https://a/b/c")));
    HOLDS(!weft_url_same_origin(base, WEFT_TEXT("http://a:80/b/c")));
    HOLDS(!weft_url_same_origin(base, WEFT_TEXT("/b")));
    HOLDS(!weft_url_same_origin(WEFT_TEXT("/b"), base));
}

static void http(void)
{
    weft_text values[2] = {{0}}, name, value, items = WEFT_TEXT("a=1&&b&=c&d=e=f");
    HOLDS(weft_http_path_is(WEFT_TEXT("/items/7/parts/a%20b"), "/items/{id}/parts/{part}", values, 2));
    same(values[0], "7", "{id}");
    same(values[1], "a%20b", "{part}");
    HOLDS(!weft_http_path_is(WEFT_TEXT("/items//parts/x"), "/items/{id}/parts/{part}", values, 2));
    HOLDS(!weft_http_path_is(WEFT_TEXT("/items/7"), "/items/{id}/parts/{part}", values, 2));
    HOLDS(!weft_http_path_is(WEFT_TEXT("/items/7/parts/x/y"), "/items/{id}/parts/{part}", values, 2));
    HOLDS(weft_http_path_is(WEFT_TEXT("/files/a/b"), "/files/{path*}", values, 1));
    same(values[0], "a/b", "{path*}");
    HOLDS(weft_http_path_is(WEFT_TEXT("/files/"), "/files/{path*}", values, 1) && !values[0].length);
    HOLDS(weft_http_path_is(WEFT_TEXT("/"), "/", NULL, 0) && !weft_http_path_is(WEFT_TEXT(""), "/", NULL, 0));
    char joined[64] = "";
    while (weft_http_next_item(&items, &name, &value))
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "[%.*s|%.*s]", (int)name.length,
                 name.at, (int)value.length, value.at ? value.at : "");
    same(weft_text_z(joined), "[a|1][b|][|c][d|e=f]", "items");
    same(weft_http_item(WEFT_TEXT("x=1&y=2&y=3"), "y"), "2", "item");
    HOLDS(!weft_http_item(WEFT_TEXT("x=1"), "z").at);
    weft_text cookies = WEFT_TEXT("a=b; c=\"d\";;e");
    *joined = 0;
    while (weft_http_next_cookie(&cookies, &name, &value))
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "[%.*s|%.*s]", (int)name.length,
                 name.at, (int)value.length, value.at ? value.at : "");
    same(weft_text_z(joined), "[a|b][c|d][e|]", "cookies");
    char room[8];
    size_t length = 0;
    HOLDS(!weft_http_decode(WEFT_TEXT("a%2Fb+c"), true, room, sizeof room, &length));
    same(weft_text_of(room, length), "a/b c", "decode");
    HOLDS(!weft_http_decode(WEFT_TEXT("a+b"), false, room, sizeof room, &length) && room[1] == '+');
    HOLDS(weft_http_decode(WEFT_TEXT("%"), true, room, sizeof room, &length) == WEFT_EINVAL);
    HOLDS(weft_http_decode(WEFT_TEXT("%4"), true, room, sizeof room, &length) == WEFT_EINVAL);
    HOLDS(weft_http_decode(WEFT_TEXT("%+1"), true, room, sizeof room, &length) == WEFT_EINVAL);
    HOLDS(weft_http_decode(WEFT_TEXT("123456789"), true, room, sizeof room, &length) == WEFT_ELIMIT);
    same(weft_http_media_type(WEFT_TEXT(" text/html ; charset=utf-8")), "text/html", "media type");
    same(weft_http_media_type(WEFT_TEXT("text/html")), "text/html", "media type alone");
    HOLDS(!weft_http_media_type((weft_text){0}).length);
    static const struct {
        const char *header, *etag;
        bool has;
    } etags[] = {{"\"a\"", "\"a\"", true},
                 {"\"b\", W/\"a\"", "\"a\"", true},
                 {"\"b\",\"a\"", "W/\"a\"", true},
                 {"\"a, b\"", "\"a, b\"", true},
                 {" * ", "\"a\"", true},
                 {"\"b\"", "\"a\"", false},
                 {"\"xa\", \"ax\"", "\"a\"", false},
                 {"\"*\"", "\"a\"", false},
                 {"\"a\"a\"b\"", "\"a\"", true},
                 {"\"b\"a\"b\"", "\"a\"", false},
                 {"a", "\"a\"", false},
                 {"", "\"\"", false},
                 {"\"\"", "\"\"", true}};
    for (size_t i = 0; i < sizeof etags / sizeof *etags; i++)
        holds(weft_http_has_etag(weft_text_z(etags[i].header), weft_text_z(etags[i].etag)) == etags[i].has,
              etags[i].header);
    HOLDS(!strcmp(weft_http_status_text(404), "Not Found") && !*weft_http_status_text(299));
}

// What a peer may send: each text lies in a block of its own size, so that a sanitizer sees a step too far.
static void any_texts(unsigned seed, unsigned count)
{
    static const char letters[] = "ah/?#:@.%&=;{}\"*+ \xc3\xa4\xff";
    srand(seed);
    for (unsigned i = 0; i < count; i++) {
        size_t length = (size_t)rand() % 12;
        char *bytes = malloc(length + 1);
        for (size_t at = 0; at < length; at++)
            bytes[at] = letters[(size_t)rand() % (sizeof letters - 1)];
        bytes = realloc(bytes, length ? length : 1);
        weft_text text = {bytes, length}, rest = text, name, value;
        weft__url base = {0}, url;
        size_t size;
        char room[8];
        while (weft_http_next_item(&rest, &name, &value)) {
        }
        for (rest = text; weft_http_next_cookie(&rest, &name, &value);) {
        }
        weft_http_decode(text, true, room, sizeof room, &size);
        weft_http_path_is(text, "/{a}/{b*}", &value, 1);
        weft_http_media_type(text);
        weft_http_has_etag(text, text);
        weft_text_is_utf8(text);
        weft__url_split(WEFT_TEXT("http://a/b/c?d"), &base);
        if (!weft__url_resolve(&base, text, &url, &size)) {
            weft__url again;
            holds(!weft__url_split(url.all, &again) && weft_text_starts(again.path, WEFT_TEXT("/")) &&
                      weft_text_equal(url.scheme, again.scheme) &&
                      weft_text_equal(url.authority, again.authority) &&
                      weft_text_equal(url.path, again.path) && weft_text_equal(url.query, again.query) &&
                      url.is_https == again.is_https,
                  "an address made is one, of these parts");
            weft_free((void *)url.all.at, size);
        }
        free(bytes);
    }
}

int main(int count, char **words)
{
    numbers();
    parts();
    utf8();
    references();
    links();
    http();
    any_texts(1, count > 1 ? (unsigned)atoi(words[1]) : 1);
    return failures != 0;
}
