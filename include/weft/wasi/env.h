// What a program was started with: arguments, environment, settings in it, and its exit code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_settings settings = {0};
//     self->port = weft_setting_integer(&settings, "PORT", 8080, 1, 65535);
//     self->timeout = weft_setting_duration(&settings, "TIMEOUT", WEFT_SECONDS(30));
//     if (settings.error)
//         ...settings.message: variable PORT: "80x" is no integer from 1 to 65535
//
// The host is asked once for all of each. The texts stay as long as the instance, in memory of malloc. Hosts
// pass on what they are told to: wasmtime by --env NAME=VALUE or -S inherit-env, and nothing else. WASI:
// wasi:cli/{environment,exit}.
#ifndef WEFT_WASI_ENV_H
#define WEFT_WASI_ENV_H

#include "../error.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- Arguments ----

// How many there are. The first is the name of the program.
size_t weft_argument_count(void);

// The argument at a place, from 0 on; empty if there is none.
weft_text weft_argument(size_t place);

// ---- Environment ----

// The variable of that name, the first if the host has several. False if it is not set; *value stays as it was.
bool weft_variable(const char *name, weft_text *value);

// The variable at a place, from 0 on, in the host's order; false behind the last.
bool weft_variable_at(size_t place, weft_text *name, weft_text *value);

// The directory that relative paths are of; false if the host has none.
bool weft_initial_directory(weft_text *path);

// ---- Settings ----
//
// A setting is a variable of a type. Each of these returns its value; or `otherwise` if it is not set, empty,
// or wrong. If it is wrong, `settings` says so.

// Zero-initialised is one without an error. The first error stays.
typedef struct weft_settings {
    weft_error error;  // WEFT_EINVAL
    char message[160]; // the name, the value, and what is wrong, ended by a zero; cut if it is longer
} weft_settings;

// The text of the variable.
weft_text weft_setting_text(const char *name, weft_text otherwise);

// A decimal number from `least` to `most`.
int64_t weft_setting_integer(weft_settings *settings, const char *name, int64_t otherwise, int64_t least,
                             int64_t most);

// A yes or no, as weft_text_to_bool reads it.
bool weft_setting_boolean(weft_settings *settings, const char *name, bool otherwise);

// A duration in ns, as weft_text_to_duration reads it.
uint64_t weft_setting_duration(weft_settings *settings, const char *name, uint64_t otherwise);

// A number of bytes, as weft_text_to_size reads it.
uint64_t weft_setting_size(weft_settings *settings, const char *name, uint64_t otherwise);

// ---- Exit ----

// Ends the program at once, with an exit code: for a command that fails by another code than 1, which is that
// of WEFT_FAIL. It is as a trap: no finaliser runs, in no task of the instance. What a write to a standard
// stream or a file had taken is out. What was in flight is lost, as are lines of weft_log that wait.
__attribute__((noreturn)) void weft_exit(uint8_t code);

#ifdef __cplusplus
}
#endif

#endif
