// Formatted floating point: all digits of a number, rounded where the format cuts them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "format.h"

const char weft__format_floats = 0;

// The limbs of a number: 9 decimal digits each, the highest first. Those of whole numbers end at WHOLE.
enum { LIMB = 1000000000, LIMB_DIGITS = 9, WHOLE = 36, LIMBS = WHOLE + 120 };

// The digits of a number. The first counts 10^exponent, and is not zero. Behind the last come zeros.
typedef struct digits {
    char at[LIMBS * LIMB_DIGITS];
    int64_t count;
    int64_t exponent;
} digits;

// All digits of mantissa * 2^exponent.
static void expand(digits *it, uint64_t mantissa, int exponent)
{
    uint32_t limbs[LIMBS];
    int first = WHOLE - 2, end = WHOLE;
    limbs[first] = (uint32_t)(mantissa / LIMB);
    limbs[first + 1] = (uint32_t)(mantissa % LIMB);
    for (int step; exponent > 0; exponent -= step) {
        step = exponent < 29 ? exponent : 29; // with what is carried, it fits into 64 bits
        uint64_t carry = 0;
        for (int i = end; i-- > first;) {
            carry += (uint64_t)limbs[i] << step;
            limbs[i] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
        if (carry)
            limbs[--first] = (uint32_t)carry;
    }
    for (int step; exponent < 0; exponent += step) {
        step = -exponent < LIMB_DIGITS ? -exponent : LIMB_DIGITS; // 2^9 divides a limb
        uint32_t carry = 0;
        for (int i = first; i < end; i++) {
            uint32_t rest = limbs[i] & ((1u << step) - 1);
            limbs[i] = (limbs[i] >> step) + carry;
            carry = rest * (LIMB >> step);
        }
        if (carry)
            limbs[end++] = carry;
        first += !limbs[first];
    }
    it->exponent = (WHOLE - first) * LIMB_DIGITS - 1;
    it->count = 0;
    for (int i = first; i < end; i++) {
        for (uint32_t unit = LIMB / 10; unit; unit /= 10) {
            char digit = (char)('0' + limbs[i] / unit % 10);
            if (it->count || digit != '0')
                it->at[it->count++] = digit;
            else
                it->exponent--;
        }
    }
    if (!it->count)
        it->exponent = 0;
}

// Rounds to `keep` digits, which may be 0 or below; half a unit goes to the even digit.
static void round_to(digits *it, int64_t keep)
{
    if (keep >= it->count)
        return;
    bool up = false;
    if (keep >= 0) {
        bool odd = keep && (it->at[keep - 1] - '0') % 2;
        for (int64_t i = keep + 1; i < it->count && !odd; i++)
            odd = it->at[i] != '0'; // more than half
        up = it->at[keep] > '5' || (it->at[keep] == '5' && odd);
    }
    it->count = keep > 0 ? keep : 0;
    if (!up)
        return;
    while (it->count && it->at[it->count - 1] == '9')
        it->count--;
    if (it->count) {
        it->at[it->count - 1]++;
    } else {
        it->at[it->count++] = '1';
        it->exponent++;
    }
}

// Puts the digits from `from` to before `to`. Those that the number does not have are zeros.
static void put_digits(weft__format *it, const digits *digits, int64_t from, int64_t to)
{
    int64_t begin = from < 0 ? (to < 0 ? to : 0) : from;
    int64_t end = to < digits->count ? to : digits->count;
    weft__format_fill(it, '0', (size_t)(begin - from));
    if (begin < end)
        weft__format_put(it, digits->at + begin, (size_t)(end - begin));
    else
        end = begin;
    weft__format_fill(it, '0', (size_t)(to - end));
}

static bool is_upper(const weft__format *it)
{
    return it->conversion < 'a';
}

// As %f: 123.45.
static void put_fixed(weft__format *it, const digits *digits, const char *sign, int64_t precision)
{
    bool point = precision || it->alternate;
    int64_t whole = digits->exponent > 0 ? digits->exponent : 0; // digits before the last one
    size_t size = (size_t)(whole + 1 + point + precision);
    weft__format_begin(it, sign, size, it->zero);
    put_digits(it, digits, digits->exponent - whole, digits->exponent + 1);
    weft__format_put(it, ".", point);
    put_digits(it, digits, digits->exponent + 1, digits->exponent + 1 + precision);
    weft__format_end(it, sign, size);
}

// As %e: 1.2345e+02.
static void put_scientific(weft__format *it, const digits *digits, const char *sign, int64_t precision)
{
    bool point = precision || it->alternate;
    int exponent = (int)digits->exponent;
    unsigned power = (unsigned)(exponent < 0 ? -exponent : exponent);
    char behind[5] = {is_upper(it) ? 'E' : 'e', exponent < 0 ? '-' : '+'};
    size_t length = 2;
    if (power >= 100)
        behind[length++] = (char)('0' + power / 100);
    behind[length++] = (char)('0' + power / 10 % 10);
    behind[length++] = (char)('0' + power % 10);
    size_t size = (size_t)(1 + point + precision) + length;
    weft__format_begin(it, sign, size, it->zero);
    put_digits(it, digits, 0, 1);
    weft__format_put(it, ".", point);
    put_digits(it, digits, 1, 1 + precision);
    weft__format_put(it, behind, length);
    weft__format_end(it, sign, size);
}

// As %g: the shorter of both, without zeros at its end.
static void put_general(weft__format *it, digits *digits, const char *sign, int64_t precision)
{
    precision += !precision;
    round_to(digits, precision);
    bool fixed = digits->exponent >= -4 && digits->exponent < precision;
    if (!it->alternate) {
        while (digits->count && digits->at[digits->count - 1] == '0')
            digits->count--;
        precision = digits->count ? digits->count : 1;
    }
    if (!fixed)
        put_scientific(it, digits, sign, precision - 1);
    else if (precision - 1 > digits->exponent)
        put_fixed(it, digits, sign, precision - 1 - digits->exponent);
    else
        put_fixed(it, digits, sign, 0);
}

void weft__format_float(weft__format *it, double value)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    const char *sign = weft__format_sign(it, bits >> 63);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) {
        weft__format_begin(it, sign, 3, false);
        weft__format_put(it, mantissa ? (is_upper(it) ? "NAN" : "nan") : is_upper(it) ? "INF" : "inf", 3);
        weft__format_end(it, sign, 3);
        return;
    }
    digits digits;
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    else
        exponent = 1;
    int zeros = mantissa ? __builtin_ctzll(mantissa) : 0; // there is less to divide then
    expand(&digits, mantissa >> zeros, mantissa ? exponent - 1075 + zeros : 0);
    int64_t precision = it->precision < 0 ? 6 : it->precision;
    switch (it->conversion) {
    case 'f':
    case 'F':
        round_to(&digits, digits.exponent + 1 + precision);
        put_fixed(it, &digits, sign, precision);
        break;
    case 'e':
    case 'E':
        round_to(&digits, 1 + precision);
        put_scientific(it, &digits, sign, precision);
        break;
    default:
        put_general(it, &digits, sign, precision);
    }
}
