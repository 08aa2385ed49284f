// Tells its settings, or what is wrong with them. An argument is the name of one more.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_settings settings;
    weft_text name;
    char more[256];
    int64_t port;
    bool verbose;
    uint64_t timeout, limit;
} settings;

WEFT_ASYNC(settings)
{
    WEFT_BEGIN;
    self->name = weft_setting_text("NAME", WEFT_TEXT("nobody"));
    self->port = weft_setting_integer(&self->settings, "PORT", 8080, -1, 65535);
    self->verbose = weft_setting_boolean(&self->settings, "VERBOSE", true);
    self->timeout = weft_setting_duration(&self->settings, "TIMEOUT", WEFT_SECONDS(30));
    self->limit = weft_setting_size(&self->settings, "LIMIT", 1 << 20);
    if (weft_argument_count() > 1 && !weft_text_to_z(weft_argument(1), self->more, sizeof self->more))
        weft_setting_integer(&self->settings, self->more, 1, 1, 9);
    WEFT_TRY(weft_stdout(),
             weft_printf(co, "%.*s %lld %d %llu %llu\n", WEFT_TEXT_ARGUMENTS(self->name), (long long)self->port,
                         self->verbose, (unsigned long long)self->timeout, (unsigned long long)self->limit));
    WEFT_TRY(weft_stderr(), weft_eprintf(co, "%s", self->settings.message));
    if (self->settings.error)
        WEFT_FAIL(self->settings.error);
    WEFT_END;
}
WEFT_COMMAND(settings);
