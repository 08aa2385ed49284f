// Dates as texts, of HTTP and of ISO 8601. Their patterns are those of libc's strftime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>

typedef struct date {
    int64_t year;
    unsigned month, day; // from 1 on
    unsigned hour, minute, second;
    unsigned weekday; // 0: Sunday
} date;

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// ---- The calendar ----
//
// Years begin in March here, so that the leap day is their last. 400 years, an era, have always as many days.

enum { DAY = 86400, ERA = 146097, BEFORE_1970 = 719468 };

// Days since 1970.
static int64_t days_of(const date *it)
{
    int64_t year = it->month > 2 ? it->year : it->year - 1;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * ((it->month + 9) % 12) + 2) / 5 + it->day - 1;
    return era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - BEFORE_1970;
}

static date date_of(int64_t seconds)
{
    int64_t day = seconds / DAY - (seconds % DAY < 0);
    unsigned time = (unsigned)((seconds % DAY + DAY) % DAY);
    int64_t shifted = day + BEFORE_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (ERA - 1)) / ERA;
    unsigned of_era = (unsigned)(shifted - era * ERA);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153;
    return (date){
        .year = era * 400 + year + (month > 9),
        .month = month > 9 ? month - 9 : month + 3,
        .day = of_year - (153 * month + 2) / 5 + 1,
        .hour = time / 3600,
        .minute = time / 60 % 60,
        .second = time % 60,
        .weekday = (unsigned)((day % 7 + 11) % 7), // 1970 began with a Thursday
    };
}

// The seconds since 1970 of a date that was read; false if there is no such date. A second may be 60, a leap
// second: it is the first of the next minute.
static bool seconds_of(const date *it, int64_t *seconds)
{
    if (it->month < 1 || it->month > 12 || it->day < 1 || it->hour > 23 || it->minute > 59 || it->second > 60)
        return false;
    int64_t day = days_of(it);
    if (date_of(day * DAY).day != it->day) // the month is shorter
        return false;
    *seconds = day * DAY + it->hour * 3600 + it->minute * 60 + it->second;
    return true;
}

// ---- Writing ----

static char *put(char *at, const char *letters, size_t count)
{
    __builtin_memcpy(at, letters, count);
    return at + count;
}

static char *put_number(char *at, unsigned number, unsigned digits)
{
    for (unsigned i = digits; i--; number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + digits;
}

// Writes the date, and returns the end of the text; NULL for a year that needs more digits.
static char *put_date(char *at, const char *pattern, int64_t seconds)
{
    const date it = date_of(seconds);
    if (it.year < 0 || it.year > 9999)
        return NULL;
    for (; *pattern; pattern++) {
        if (*pattern != '%') {
            *at++ = *pattern;
            continue;
        }
        switch (*++pattern) {
        case 'a':
            at = put(at, days[it.weekday], 3);
            break;
        case 'b':
            at = put(at, months[it.month - 1], 3);
            break;
        case 'Y':
            at = put_number(at, (unsigned)it.year, 4);
            break;
        case 'm':
            at = put_number(at, it.month, 2);
            break;
        case 'd':
            at = put_number(at, it.day, 2);
            break;
        case 'H':
            at = put_number(at, it.hour, 2);
            break;
        case 'M':
            at = put_number(at, it.minute, 2);
            break;
        default: // S
            at = put_number(at, it.second, 2);
        }
    }
    return at;
}

static weft_text ended(char *room, char *end)
{
    if (!end)
        end = room;
    *end = 0;
    return weft_text_of(room, (size_t)(end - room));
}

weft_text weft_instant_to_http(weft_instant when, char *room)
{
    return ended(room, put_date(room, "%a, %d %b %Y %H:%M:%S GMT", when.seconds));
}

weft_text weft_instant_to_iso(weft_instant when, unsigned digits, char *room)
{
    char *at = put_date(room, "%Y-%m-%dT%H:%M:%S", when.seconds);
    if (at) {
        if (digits) {
            *at = '.';
            put_number(at + 1, when.nanoseconds, 9);
            at += 1 + (digits < 9 ? digits : 9);
        }
        *at++ = 'Z';
    }
    return ended(room, at);
}

// ---- Reading ----

// Takes a number of `digits` digits from the front of the text.
static bool take_number(weft_text *text, size_t digits, unsigned *number)
{
    uint64_t value;
    if (text->length < digits || weft_text_to_u64(weft_text_slice(*text, 0, digits), &value))
        return false;
    *number = (unsigned)value;
    *text = weft_text_slice(*text, digits, text->length);
    return true;
}

// The same for one of the names, or its first `letters`; the result is its place among them.
static bool take_name(weft_text *text, const char *const *names, unsigned count, size_t letters,
                      unsigned *place)
{
    for (*place = 0; *place < count; ++*place) {
        weft_text name = weft_text_slice(weft_text_z(names[*place]), 0, letters);
        if (weft_text_starts(*text, name)) {
            *text = weft_text_slice(*text, name.length, text->length);
            return true;
        }
    }
    return false;
}

// Takes a date of that pattern from the front of the text. A year of two digits stays that number.
static bool take(weft_text *text, const char *pattern, date *it)
{
    bool fits = true;
    unsigned year = 0;
    for (; fits && *pattern; pattern++) {
        if (*pattern != '%') {
            fits = text->length && *text->at == *pattern;
            *text = weft_text_slice(*text, fits, text->length);
            continue;
        }
        switch (*++pattern) {
        case 'a':
            fits = take_name(text, days, 7, 3, &it->weekday);
            break;
        case 'A':
            fits = take_name(text, days, 7, 9, &it->weekday);
            break;
        case 'b':
            fits = take_name(text, months, 12, 3, &it->month);
            it->month++;
            break;
        case 'Y':
        case 'y':
            fits = take_number(text, *pattern == 'Y' ? 4 : 2, &year);
            it->year = year;
            break;
        case 'm':
            fits = take_number(text, 2, &it->month);
            break;
        case 'e': // as d, but of one digit with a space before it
            if (weft_text_starts(*text, WEFT_TEXT(" "))) {
                *text = weft_text_slice(*text, 1, text->length);
                fits = take_number(text, 1, &it->day);
                break;
            }
            __attribute__((fallthrough));
        case 'd':
            fits = take_number(text, 2, &it->day);
            break;
        case 'H':
            fits = take_number(text, 2, &it->hour);
            break;
        case 'M':
            fits = take_number(text, 2, &it->minute);
            break;
        default: // S
            fits = take_number(text, 2, &it->second);
        }
    }
    return fits;
}

static bool is_as(weft_text text, const char *pattern, date *it)
{
    return take(&text, pattern, it) && !text.length;
}

// Adds the century to a year of two digits, so that it is at most 50 years ahead. Spec: RFC 9110, 5.6.7.
static int64_t with_century(int64_t year)
{
    int64_t last = date_of(weft_instant_now().seconds).year + 50;
    return last - (last - year) % 100;
}

weft_error weft_instant_from_http(weft_text text, weft_instant *when)
{
    date it;
    int64_t seconds;
    if (is_as(text, "%A, %d-%b-%y %H:%M:%S GMT", &it))
        it.year = with_century(it.year);
    else if (!is_as(text, "%a, %d %b %Y %H:%M:%S GMT", &it) && !is_as(text, "%a %b %e %H:%M:%S %Y", &it))
        return WEFT_EINVAL;
    if (!seconds_of(&it, &seconds))
        return WEFT_EINVAL;
    *when = (weft_instant){seconds, 0};
    return WEFT_OK;
}

// Takes a fraction of a second from the front of the text. Only its first nine digits count.
static bool take_fraction(weft_text *text, uint32_t *nanoseconds)
{
    uint32_t unit = 100000000;
    unsigned digit;
    *text = weft_text_slice(*text, 1, text->length);
    if (!take_number(text, 1, &digit))
        return false;
    do {
        *nanoseconds += digit * unit;
        unit /= 10;
    } while (take_number(text, 1, &digit));
    return true;
}

weft_error weft_instant_from_iso(weft_text text, weft_instant *when)
{
    date it, offset = {.hour = 0};
    weft_instant instant = {0, 0};
    if (!take(&text, "%Y-%m-%d", &it) ||
        (!take(&text, "T", &it) && !take(&text, "t", &it) && !take(&text, " ", &it)) ||
        !take(&text, "%H:%M:%S", &it) || !seconds_of(&it, &instant.seconds))
        return WEFT_EINVAL;
    if (weft_text_starts(text, WEFT_TEXT(".")) && !take_fraction(&text, &instant.nanoseconds))
        return WEFT_EINVAL;
    int sign = weft_text_starts(text, WEFT_TEXT("-")) ? -1 : 1;
    if (!weft_text_alike_z(text, "Z") && !is_as(text, sign < 0 ? "-%H:%M" : "+%H:%M", &offset))
        return WEFT_EINVAL;
    if (offset.hour > 23 || offset.minute > 59)
        return WEFT_EINVAL;
    instant.seconds -= sign * (int64_t)(offset.hour * 3600 + offset.minute * 60);
    *when = instant;
    return WEFT_OK;
}
