// Durations, sizes, and yes or no, as people write them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/text.h>

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_letter(char letter)
{
    return (letter | 32) >= 'a' && (letter | 32) <= 'z';
}

// Takes the letters off the front of the text for which `is` holds.
static weft_text take(weft_text *text, bool (*is)(char letter))
{
    size_t count = 0;
    while (count < text->length && is(text->at[count]))
        count++;
    weft_text taken = weft_text_slice(*text, 0, count);
    *text = weft_text_slice(*text, count, text->length);
    return taken;
}

// The unit of that name, in ns; 0 if there is none.
static uint64_t unit_of(weft_text name)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1},
                 {"us", 1000},
                 {"ms", 1000000},
                 {"s", 1000000000},
                 {"m", UINT64_C(60) * 1000000000},
                 {"h", UINT64_C(3600) * 1000000000},
                 {"d", UINT64_C(86400) * 1000000000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (weft_text_equal_z(name, units[i].name))
            return units[i].ns;
    return 0;
}

weft_error weft_text_to_duration(weft_text text, uint64_t *ns)
{
    uint64_t sum = 0, count, part;
    bool fits = true, is_zero = weft_text_equal_z(text, "0");
    if (!text.length)
        return WEFT_EINVAL;
    while (text.length && !is_zero) {
        weft_text whole = take(&text, is_digit), fraction = {NULL, 0};
        bool has_fraction = weft_text_starts(text, WEFT_TEXT("."));
        if (has_fraction) {
            text = weft_text_slice(text, 1, text.length);
            fraction = take(&text, is_digit);
        }
        uint64_t unit = unit_of(take(&text, is_letter));
        weft_error error = weft_text_to_u64(whole, &count);
        if (error == WEFT_EINVAL || !unit || (has_fraction && !fraction.length))
            return WEFT_EINVAL;
        fits = fits && !error && !__builtin_mul_overflow(count, unit, &part) &&
               !__builtin_add_overflow(sum, part, &sum);
        for (size_t i = 0; i < fraction.length; i++) {
            unit /= 10;
            fits = fits && !__builtin_add_overflow(sum, (uint64_t)(fraction.at[i] - '0') * unit, &sum);
        }
    }
    if (!fits)
        return WEFT_EOVERFLOW;
    *ns = sum;
    return WEFT_OK;
}

weft_error weft_text_to_size(weft_text text, uint64_t *bytes)
{
    uint64_t count;
    weft_error error = weft_text_to_u64(take(&text, is_digit), &count);
    unsigned shift = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (weft_text_alike(weft_text_slice(text, 0, 1), weft_text_of(&"kMGT"[i], 1)))
            shift = 10 * (i + 1);
    }
    text = weft_text_slice(text, shift != 0, text.length);
    bool is_unit = !text.length || weft_text_alike_z(text, "B") || (shift && weft_text_alike_z(text, "iB"));
    if (error == WEFT_EINVAL || !is_unit)
        return WEFT_EINVAL;
    if (error || count << shift >> shift != count)
        return WEFT_EOVERFLOW;
    *bytes = count << shift;
    return WEFT_OK;
}

weft_error weft_text_to_bool(weft_text text, bool *yes)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (weft_text_alike_z(text, words[i])) {
            *yes = i % 2;
            return WEFT_OK;
        }
    }
    return WEFT_EINVAL;
}
