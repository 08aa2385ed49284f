// Durations, sizes, and yes or no: texts that are some, and texts that are none.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/text.h>

#include <stdio.h>

typedef struct row {
    const char *text;
    uint64_t value;
    weft_error error;
} row;

static const row durations[] =
    {
        {"0", 0, WEFT_OK},
        {"250ms", 250000000, WEFT_OK},
        {"1h30m", 5400000000000, WEFT_OK},
        {"1.5s", 1500000000, WEFT_OK},
        {"2d1us3ns", 172800000001003, WEFT_OK},
        {"0.0000000019s", 1, WEFT_OK},
        {"213503d", UINT64_C(18446659200000000000), WEFT_OK},
        {"18446744073709551615ns", UINT64_MAX, WEFT_OK},
        {"18446744073709551615ns1ns", 0, WEFT_EOVERFLOW},
        {"18446744073709551615ns0.1us", 0, WEFT_EOVERFLOW},
        {"18446744073709551616ns", 0, WEFT_EOVERFLOW},
        {"213504d", 0, WEFT_EOVERFLOW},
        {"18446744073709551616ns1x", 0, WEFT_EINVAL},
        {"", 0, WEFT_EINVAL},
        {"10", 0, WEFT_EINVAL},
        {"s", 0, WEFT_EINVAL},
        {".5s", 0, WEFT_EINVAL},
        {"1.s", 0, WEFT_EINVAL},
        {"1.5", 0, WEFT_EINVAL},
        {"-1s", 0, WEFT_EINVAL},
        {"1 s", 0, WEFT_EINVAL},
        {"1S", 0, WEFT_EINVAL},
        {"1s ", 0, WEFT_EINVAL},
        {"1sx", 0, WEFT_EINVAL},
    },
                 sizes[] =
                     {
                         {"0", 0, WEFT_OK},
                         {"4096", 4096, WEFT_OK},
                         {"100B", 100, WEFT_OK},
                         {"64k", 65536, WEFT_OK},
                         {"64K", 65536, WEFT_OK},
                         {"64KB", 65536, WEFT_OK},
                         {"64kib", 65536, WEFT_OK},
                         {"10M", 10485760, WEFT_OK},
                         {"3GiB", UINT64_C(3221225472), WEFT_OK},
                         {"16777215T", UINT64_C(18446742974197923840), WEFT_OK},
                         {"18446744073709551615", UINT64_MAX, WEFT_OK},
                         {"16777216T", 0, WEFT_EOVERFLOW},
                         {"18446744073709551616", 0, WEFT_EOVERFLOW},
                         {"", 0, WEFT_EINVAL},
                         {"k", 0, WEFT_EINVAL},
                         {"-1", 0, WEFT_EINVAL},
                         {"1.5M", 0, WEFT_EINVAL},
                         {"10iB", 0, WEFT_EINVAL},
                         {"10P", 0, WEFT_EINVAL},
                         {"10kk", 0, WEFT_EINVAL},
                         {"10Ki", 0, WEFT_EINVAL},
                         {"10 k", 0, WEFT_EINVAL},
                     },
                 bools[] = {
                     {"1", 1, WEFT_OK},    {"true", 1, WEFT_OK},  {"Yes", 1, WEFT_OK},      {"ON", 1, WEFT_OK},
                     {"0", 0, WEFT_OK},    {"false", 0, WEFT_OK}, {"no", 0, WEFT_OK},       {"off", 0, WEFT_OK},
                     {"", 0, WEFT_EINVAL}, {"2", 0, WEFT_EINVAL}, {"yess", 0, WEFT_EINVAL},
                 };

enum { AS_IT_WAS = 7 };

static weft_error to_bool(weft_text text, uint64_t *value)
{
    bool yes = false;
    weft_error error = weft_text_to_bool(text, &yes);
    if (!error)
        *value = yes;
    return error;
}

static int wrong(const row *rows, size_t count, weft_error (*read)(weft_text text, uint64_t *value))
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = AS_IT_WAS;
        weft_error error = read(weft_text_z(rows[i].text), &value);
        if (error == rows[i].error && value == (error ? AS_IT_WAS : rows[i].value))
            continue;
        printf("\"%s\" is %llu, %d\n", rows[i].text, (unsigned long long)value, error);
        wrong++;
    }
    return wrong;
}
#define WRONG(rows, read) wrong(rows, sizeof(rows) / sizeof *(rows), read)

int main(void)
{
    return WRONG(durations, weft_text_to_duration) + WRONG(sizes, weft_text_to_size) + WRONG(bools, to_bool) !=
           0;
}
