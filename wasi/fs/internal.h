// What the files of wasi/fs share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_FS_INTERNAL_H
#define WEFT_WASI_FS_INTERNAL_H

#include <weft/wasi/fs.h>
#include "../internal.h"
#include "weft_wasi_fs.h"

#define FS(name) weft__wasi_filesystem_types_##name
#define FS_CALL(name) FS(method_descriptor_##name)

typedef FS(borrow_descriptor_t) descriptor;
typedef FS(result_void_error_code_t) nothing_or_error;

// ---- Calls ----

// The weft_error of the host's. Frees that.
weft_error weft__fs_error_of(FS(error_code_t) * error);

// The same for a result; WEFT_OK if it is none.
weft_error weft__fs_result(nothing_or_error *result);

// Waits for the call that returned `status`. Then settle(it) takes its result, and sets it->error. A cancel
// before there was a result leaves WEFT_ECANCELED.
weft_poll weft__fs_wait(weft_coro *co, weft__fs *it, uint32_t status, void (*settle)(weft__fs *it))
    __attribute__((warn_unused_result));

weft_poll weft__fs_wait_nothing(weft_coro *co, weft__fs *it, uint32_t status)
    __attribute__((warn_unused_result));
weft_poll weft__fs_wait_info(weft_coro *co, weft__fs *it, bool is_asked, uint32_t status)
    __attribute__((warn_unused_result));
weft_poll weft__fs_wait_identity(weft_coro *co, weft__fs *it, uint32_t status)
    __attribute__((warn_unused_result));

// Opens it->at. `settle` is weft__fs_settle_open, or begins with that: it->descriptor is what was opened.
void weft__fs_settle_open(weft__fs *it);
weft_poll weft__fs_open_at(weft_coro *co, weft__fs *it, uint8_t path_flags, uint8_t open_flags, uint8_t flags,
                           void (*settle)(weft__fs *it)) __attribute__((warn_unused_result));
weft_poll weft__fs_open_directory(weft_coro *co, weft__fs *it, bool follow, void (*settle)(weft__fs *it))
    __attribute__((warn_unused_result));
void weft__fs_drop(int32_t *descriptor);

// Where the host writes the result of a call; and where it reads the arguments of one that has many, which this
// sets.
#define FS_RESULT(it, T) ((T *)weft__fs_room((it)->call.result, sizeof(T) <= sizeof(it)->call.result))
#define FS_ARGUMENTS(it, name, ...)                                                                            \
    __extension__({                                                                                            \
        FS_CALL(name##_args_t) *const arguments =                                                              \
            weft__fs_room((it)->call.arguments, sizeof *arguments <= sizeof(it)->call.arguments);              \
        *arguments = (FS_CALL(name##_args_t)){__VA_ARGS__};                                                    \
        arguments;                                                                                             \
    })
// The arguments that were set before.
#define FS_PREPARED(it, name) ((FS_CALL(name##_args_t) *)(void *)(it)->call.arguments)
static inline void *weft__fs_room(uint64_t *room, bool fits)
{
    if (!fits)
        __builtin_trap();
    return room;
}

// A call whose result is an error or nothing; and one that looks. That leaves the type in it->found, and all in
// it->info if the user has asked for that.
#define FS_DO(co, it, name, ...)                                                                               \
    weft__fs_wait_nothing((co), (it), FS_CALL(name)(__VA_ARGS__, FS_RESULT(it, nothing_or_error)))
#define FS_LOOK(co, it, is_asked, name, ...)                                                                   \
    weft__fs_wait_info((co), (it), (is_asked),                                                                 \
                       FS_CALL(name)(__VA_ARGS__, FS_RESULT(it, FS(result_descriptor_stat_error_code_t))))

#define FS_IDENTIFY(co, it, name, ...)                                                                         \
    weft__fs_wait_identity(                                                                                    \
        (co), (it), FS_CALL(name)(__VA_ARGS__, FS_RESULT(it, FS(result_metadata_hash_value_error_code_t))))

// True if it can be set.
bool weft__fs_is_time(weft_instant time);
FS(new_timestamp_t) weft__fs_timestamp(weft_instant time);
weft_file_type weft__fs_type_of(uint8_t tag);

// ---- Paths ----

// Whether the host may see the path: it is not empty, is UTF-8, and has no zero byte.
weft_error weft__fs_check(weft_text path);

// Where the last name of a path begins.
size_t weft__fs_last_name(weft_text path);

// Finds a path as fs.h says, beneath a directory if that is not NULL. changes: for a call that changes
// something.
weft_error weft__fs_find(const weft_file *beneath, weft_text path, bool changes, weft__fs_place *at);

static inline weft_wasi_fs_string_t weft__fs_string(weft_text text)
{
    return (weft_wasi_fs_string_t){(uint8_t *)text.at, text.length};
}

static inline descriptor weft__fs_directory(const weft__fs_place *at)
{
    return (descriptor){at->directory};
}

// A place as two arguments.
#define FS_AT(at) weft__fs_directory(at), weft__fs_string((at)->path)

// ---- Directories ----

// Begins to read a directory. The listing needs the descriptor no more.
void weft__listing_start(weft__listing *it, int32_t descriptor);

// Goes on to the next entry that has come: false if none has.
bool weft__listing_shift(weft__listing *it, weft_text *name, weft_file_type *type);

// Waits for more entries; or for the end: it is `over` then, with its `error`. Called when no entry is left.
weft_poll weft__listing_fill(weft_coro *co, weft__listing *it) __attribute__((warn_unused_result));

void weft__listing_close(weft__listing *it);

#endif
