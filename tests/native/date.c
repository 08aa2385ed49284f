// Dates against libc's, on seconds from a seed; and texts that are dates, or not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t now = 1796000000; // in 2026

weft_instant weft_instant_now(void)
{
    return (weft_instant){now, 0};
}

static _Noreturn void fail(const char *what, int64_t seconds)
{
    printf("%s: %lld\n", what, (long long)seconds);
    exit(1);
}

static void compare(int64_t seconds, uint32_t nanoseconds)
{
    time_t time = (time_t)seconds;
    struct tm date;
    char http[WEFT_HTTP_DATE_ROOM], iso[WEFT_ISO_DATE_ROOM], want[64];
    weft_instant when = {seconds, nanoseconds}, back = {-1, 1};
    weft_text text = weft_instant_to_http(when, http);
    weft_text written = weft_instant_to_iso(when, 9, iso);
    gmtime_r(&time, &date);
    if (date.tm_year < -1900 || date.tm_year > 9999 - 1900) {
        if (text.length || *http || written.length || *iso)
            fail("a date is written that has no four digits of a year", seconds);
        return;
    }
    // strftime has no leading zeros of years.
    size_t length = strftime(want, sizeof want, "%a, %d %b ", &date);
    length += (size_t)sprintf(want + length, "%04d", date.tm_year + 1900);
    strftime(want + length, sizeof want - length, " %H:%M:%S GMT", &date);
    if (!weft_text_equal_z(text, want) || strcmp(http, want) != 0)
        fail(want, seconds);
    if (weft_instant_from_http(text, &back) || back.seconds != seconds || back.nanoseconds)
        fail(want, back.seconds);

    length = (size_t)sprintf(want, "%04d-", date.tm_year + 1900);
    length += strftime(want + length, sizeof want - length, "%m-%dT%H:%M:%S", &date);
    sprintf(want + length, ".%09luZ", (unsigned long)nanoseconds);
    if (!weft_text_equal_z(written, want) || strcmp(iso, want) != 0)
        fail(want, seconds);
    if (weft_instant_from_iso(written, &back) || back.seconds != seconds || back.nanoseconds != nanoseconds)
        fail(want, back.seconds);

    // The old forms.
    length = strftime(want, sizeof want, "%a %b %e %H:%M:%S ", &date);
    sprintf(want + length, "%04d", date.tm_year + 1900);
    if (weft_instant_from_http(weft_text_z(want), &back) || back.seconds != seconds)
        fail(want, back.seconds);
    if (date.tm_year > 2026 - 1900 - 50 && date.tm_year <= 2026 - 1900 + 50) {
        strftime(want, sizeof want, "%A, %d-%b-%y %H:%M:%S GMT", &date);
        if (weft_instant_from_http(weft_text_z(want), &back) || back.seconds != seconds)
            fail(want, back.seconds);
    }
}

#define BAD (-1)

static const struct {
    const char *text;
    int64_t seconds;
    uint32_t nanoseconds;
} iso[] =
    {
        {"1994-11-06T08:49:37Z", 784111777, 0},
        {"1994-11-06t08:49:37z", 784111777, 0},
        {"1994-11-06 08:49:37.25+01:00", 784108177, 250000000},
        {"1994-11-06T08:49:37.123456789123-00:30", 784113577, 123456789},
        {"2016-12-31T23:59:60Z", 1483228800, 0},
        {"2024-02-29T00:00:00Z", 1709164800, 0},
        {"2023-02-29T00:00:00Z", BAD, 0},
        {"1900-02-29T00:00:00Z", BAD, 0},
        {"2024-04-31T00:00:00Z", BAD, 0},
        {"2024-00-01T00:00:00Z", BAD, 0},
        {"2024-13-01T00:00:00Z", BAD, 0},
        {"2024-01-00T00:00:00Z", BAD, 0},
        {"2024-01-01T24:00:00Z", BAD, 0},
        {"2024-01-01T00:60:00Z", BAD, 0},
        {"2024-01-01T00:00:61Z", BAD, 0},
        {"2024-01-01T00:00:00", BAD, 0},
        {"2024-01-01T00:00:00.Z", BAD, 0},
        {"2024-01-01T00:00:00Z ", BAD, 0},
        {"2024-01-01T00:00:00+24:00", BAD, 0},
        {"2024-01-01T00:00:00+01:60", BAD, 0},
        {"2024-01-01T00:00:00+0100", BAD, 0},
        {"2024-01-01", BAD, 0},
        {"+024-01-01T00:00:00Z", BAD, 0},
        {"2024-1-01T00:00:00Z", BAD, 0},
        {"", BAD, 0},
    },
  http[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777, 0},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777, 0},
      {"Sun Nov  6 08:49:37 1994", 784111777, 0},
      {"Sun Nov 16 08:49:37 1994", 784975777, 0},
      {"Tuesday, 06-Nov-76 08:49:37 GMT", 3371878177, 0}, // 2076
      {"Sunday, 06-Nov-77 08:49:37 GMT", 247654177, 0},   // 1977
      {"Sun, 6 Nov 1994 08:49:37 GMT", BAD, 0},
      {"Sun, 06 Nov 1994 08:49:37 UTC", BAD, 0},
      {"Sun, 06 Nov 1994 08:49:37 GMT+1", BAD, 0},
      {"Sun, 06 nov 1994 08:49:37 GMT", BAD, 0},
      {"Xyz, 06 Nov 1994 08:49:37 GMT", BAD, 0},
      {"Sun, 31 Nov 1994 08:49:37 GMT", BAD, 0},
      {"Sun Nov 6 08:49:37 1994", BAD, 0},
      {"Sun Nov   08:49:37 1994", BAD, 0},
      {"Sun, 06 Nov 1994 08:49:37", BAD, 0},
      {"06 Nov 1994 08:49:37 GMT", BAD, 0},
      {"-1", BAD, 0},
      {"0", BAD, 0},
      {"", BAD, 0},
  };

#define READ(list, read)                                                                                       \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) {                                               \
        weft_instant when = {BAD, 0};                                                                          \
        weft_error error = read(weft_text_z((list)[i].text), &when);                                           \
        if (error != ((list)[i].seconds == BAD ? WEFT_EINVAL : WEFT_OK) ||                                     \
            when.seconds != (list)[i].seconds || when.nanoseconds != (list)[i].nanoseconds)                    \
            fail((list)[i].text, when.seconds);                                                                \
        for (size_t cut = 0; error == WEFT_OK && cut < strlen((list)[i].text);                                 \
             cut++) /* cut short, it is none */                                                                \
            if (!read(weft_text_slice(weft_text_z((list)[i].text), 0, cut), &when))                            \
                fail((list)[i].text, (int64_t)cut);                                                            \
    }

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    READ(iso, weft_instant_from_iso);
    READ(http, weft_instant_from_http);
    uint64_t state = strtoull(arguments[1], NULL, 10);
    for (unsigned long left = strtoul(arguments[2], NULL, 10); left--;) {
        state = state * 6364136223846793005 + 1442695040888963407;
        // Of the years that have four digits, and of some more.
        int64_t seconds = (int64_t)((state >> 16) % 340000000000) - 70000000000;
        compare(seconds, (uint32_t)(state >> 33) % 1000000000);
        compare(seconds - seconds % 86400 - (int64_t)(state % 2), 0); // the ends of days
    }
    compare(-62167219200, 0); // the beginning of year 0, and the end of year 9999
    compare(-62167219201, 0);
    compare(253402300799, 999999999);
    compare(253402300800, 0);
    char room[WEFT_HTTP_DATE_ROOM];
    if (weft_instant_to_http((weft_instant){INT64_MAX, 0}, room).length ||
        weft_instant_to_http((weft_instant){INT64_MIN, 0}, room).length)
        fail("the ends of time", 0);
    return 0;
}
