// One call of the host, and what that says.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// ---- Errors ----

// In the order of the WIT's codes.
static const int8_t errors[] = {
    WEFT_EACCES,    WEFT_EALREADY,        WEFT_EBADF,   WEFT_EBUSY,       WEFT_EDEADLK,  WEFT_EDQUOT,
    WEFT_EEXIST,    WEFT_EFBIG,           WEFT_EILSEQ,  WEFT_EINPROGRESS, WEFT_EINTR,    WEFT_EINVAL,
    WEFT_EIO,       WEFT_EISDIR,          WEFT_ELOOP,   WEFT_EMLINK,      WEFT_EMSGSIZE, WEFT_ENAMETOOLONG,
    WEFT_ENODEV,    WEFT_ENOENT,          WEFT_ENOLCK,  WEFT_ENOMEM,      WEFT_ENOSPC,   WEFT_ENOTDIR,
    WEFT_ENOTEMPTY, WEFT_ENOTRECOVERABLE, WEFT_ENOTSUP, WEFT_ENOTTY,      WEFT_ENXIO,    WEFT_EOVERFLOW,
    WEFT_EPERM,     WEFT_EPIPE,           WEFT_EROFS,   WEFT_ESPIPE,      WEFT_ETXTBSY,  WEFT_EXDEV,
    WEFT_EOTHER,
};
_Static_assert(sizeof errors == WASI_FILESYSTEM_TYPES_ERROR_CODE_OTHER + 1,
               "a code of the WIT has no error here: add it");

weft_error weft__fs_error_of(FS(error_code_t) * error)
{
    weft_error code = error->tag < sizeof errors ? (weft_error)errors[error->tag] : WEFT_EOTHER;
    FS(error_code_free)(error);
    return code;
}

weft_error weft__fs_result(nothing_or_error *result)
{
    return result->is_err ? weft__fs_error_of(&result->val.err) : WEFT_OK;
}

// ---- Waits ----

static weft_stepped wait_run(weft_coro *co)
{
    weft__fs_call *self = weft_frame(co, weft__fs_call);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await(co, &self->call));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, &self->call));
    if (weft_subtask_state_of(&self->call) == WEFT_SUBTASK_RETURNED)
        self->settle(self->of);
    else
        self->of->error = WEFT_ECANCELED;
    WEFT_END;
}

weft_poll weft__fs_wait(weft_coro *co, weft__fs *it, uint32_t status, void (*settle)(weft__fs *it))
{
    if (status == WEFT_SUBTASK_RETURNED) {
        settle(it);
        return weft_breathe(co);
    }
    it->call.of = it;
    it->call.settle = settle;
    weft_subtask_start(co, &it->call.call, status);
    return weft_call(co, &it->call.co, wait_run);
}

static void settle_nothing(weft__fs *it)
{
    it->error = weft__fs_result(FS_RESULT(it, nothing_or_error));
}

weft_poll weft__fs_wait_nothing(weft_coro *co, weft__fs *it, uint32_t status)
{
    return weft__fs_wait(co, it, status, settle_nothing);
}

// ---- Descriptors ----

void weft__fs_settle_open(weft__fs *it)
{
    FS(result_own_descriptor_error_code_t) *result = FS_RESULT(it, FS(result_own_descriptor_error_code_t));
    it->error = result->is_err ? weft__fs_error_of(&result->val.err) : WEFT_OK;
    if (!it->error)
        it->descriptor = result->val.ok.__handle;
}

weft_poll weft__fs_open_at(weft_coro *co, weft__fs *it, uint8_t path_flags, uint8_t open_flags, uint8_t flags,
                           void (*settle)(weft__fs *it))
{
    uint32_t status = FS_CALL(open_at)(
        FS_ARGUMENTS(it, open_at, .self = weft__fs_directory(&it->at), .path_flags = path_flags,
                     .path = weft__fs_string(it->at.path), .open_flags = open_flags, .flags = flags),
        FS_RESULT(it, FS(result_own_descriptor_error_code_t)));
    return weft__fs_wait(co, it, status, settle);
}

weft_poll weft__fs_open_directory(weft_coro *co, weft__fs *it, bool follow, void (*settle)(weft__fs *it))
{
    return weft__fs_open_at(co, it, follow, WASI_FILESYSTEM_TYPES_OPEN_FLAGS_DIRECTORY,
                            WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ, settle);
}

void weft__fs_drop(int32_t *descriptor)
{
    if (*descriptor)
        FS(descriptor_drop_own)((FS(own_descriptor_t)){*descriptor});
    *descriptor = 0;
}

// ---- What is there ----

weft_file_type weft__fs_type_of(uint8_t tag)
{
    static const uint8_t types[] = {WEFT_FILE_BLOCKS, WEFT_FILE_CHARACTERS, WEFT_FILE_DIRECTORY, WEFT_FILE_PIPE,
                                    WEFT_FILE_LINK,   WEFT_FILE_REGULAR,    WEFT_FILE_SOCKET};
    return tag < sizeof types ? (weft_file_type)types[tag] : WEFT_FILE_UNKNOWN;
}

static weft_instant instant_of(const FS(option_instant_t) * time)
{
    return time->is_some ? (weft_instant){time->val.seconds, time->val.nanoseconds} : (weft_instant){0};
}

enum { SECOND = 1000000000 };

bool weft__fs_is_time(weft_instant time)
{
    bool is_mark = time.nanoseconds == UINT32_MAX && (time.seconds == 0 || time.seconds == 1);
    return is_mark || time.nanoseconds < SECOND;
}

FS(new_timestamp_t) weft__fs_timestamp(weft_instant time)
{
    FS(new_timestamp_t) set = {.tag = WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_TIMESTAMP};
    set.val.timestamp.seconds = time.seconds;
    set.val.timestamp.nanoseconds = time.nanoseconds;
    if (time.nanoseconds == UINT32_MAX)
        set.tag = time.seconds ? WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_NOW
                               : WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_NO_CHANGE;
    return set;
}

static void settle_info(weft__fs *it)
{
    FS(result_descriptor_stat_error_code_t) *result = FS_RESULT(it, FS(result_descriptor_stat_error_code_t));
    if (result->is_err) {
        it->error = weft__fs_error_of(&result->val.err);
        return;
    }
    FS(descriptor_stat_t) *stat = &result->val.ok;
    it->error = WEFT_OK;
    it->found = weft__fs_type_of(stat->type.tag);
    weft_file_info info = {
        .type = it->found,
        .size = stat->size,
        .links = stat->link_count,
        .accessed = instant_of(&stat->data_access_timestamp),
        .modified = instant_of(&stat->data_modification_timestamp),
        .changed = instant_of(&stat->status_change_timestamp),
    };
    if (it->is_asked)
        it->info = info;
    FS(descriptor_stat_free)(stat);
}

weft_poll weft__fs_wait_info(weft_coro *co, weft__fs *it, bool is_asked, uint32_t status)
{
    it->is_asked = is_asked;
    return weft__fs_wait(co, it, status, settle_info);
}

static void settle_identity(weft__fs *it)
{
    FS(result_metadata_hash_value_error_code_t) *result =
        FS_RESULT(it, FS(result_metadata_hash_value_error_code_t));
    it->error = result->is_err ? weft__fs_error_of(&result->val.err) : WEFT_OK;
    if (!it->error)
        it->identity = result->val.ok.lower;
}

weft_poll weft__fs_wait_identity(weft_coro *co, weft__fs *it, uint32_t status)
{
    return weft__fs_wait(co, it, status, settle_identity);
}
