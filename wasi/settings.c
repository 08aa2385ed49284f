// Settings: variables of a type.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/env.h>
#include <weft/wasi/format.h>
#include "internal.h"

// True if the variable is set, and not empty.
static bool is_set(const char *name, weft_text *value)
{
    return weft_variable(name, value) && value->length;
}

// Stores the message that the value is `what`, unless there is one already.
static void refuse(weft_settings *it, const char *name, weft_text value, const char *what)
{
    if (it->error)
        return;
    it->error = WEFT_EINVAL;
    char room[sizeof it->message + 1]; // one more, to see that it has to be cut
    weft_text shown = weft__text_cut(value, 40);
    weft_format(room, sizeof room, "variable %s: \"%.*s\" is %s", name, WEFT_TEXT_ARGUMENTS(shown), what);
    weft_text_to_z(weft__text_cut(weft_text_z(room), sizeof it->message - 1), it->message, sizeof it->message);
}

weft_text weft_setting_text(const char *name, weft_text otherwise)
{
    weft_text value;
    return is_set(name, &value) ? value : otherwise;
}

int64_t weft_setting_integer(weft_settings *settings, const char *name, int64_t otherwise, int64_t least,
                             int64_t most)
{
    weft_text value;
    int64_t number;
    if (!is_set(name, &value))
        return otherwise;
    if (!weft_text_to_number(value, least, most, &number))
        return number;
    char what[64];
    weft_format(what, sizeof what, "no integer from %lld to %lld", (long long)least, (long long)most);
    refuse(settings, name, value, what);
    return otherwise;
}

bool weft_setting_boolean(weft_settings *settings, const char *name, bool otherwise)
{
    weft_text value;
    bool yes;
    if (!is_set(name, &value))
        return otherwise;
    if (!weft_text_to_bool(value, &yes))
        return yes;
    refuse(settings, name, value, "neither yes nor no");
    return otherwise;
}

static uint64_t quantity(weft_settings *settings, const char *name, uint64_t otherwise,
                         weft_error (*read)(weft_text text, uint64_t *number), const char *what)
{
    weft_text value;
    uint64_t number;
    if (!is_set(name, &value))
        return otherwise;
    if (!read(value, &number))
        return number;
    refuse(settings, name, value, what);
    return otherwise;
}

uint64_t weft_setting_duration(weft_settings *settings, const char *name, uint64_t otherwise)
{
    return quantity(settings, name, otherwise, weft_text_to_duration, "no duration such as 1m30s or 250ms");
}

uint64_t weft_setting_size(weft_settings *settings, const char *name, uint64_t otherwise)
{
    return quantity(settings, name, otherwise, weft_text_to_size, "no size such as 4096, 64k or 10M");
}
