// The private fields of the structs of fs.h. Included by fs.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_FS_H
#define WEFT_WASI_DETAIL_FS_H

#include "options.h"

typedef struct weft__fs weft__fs;

// A call of the host that is in flight, with all that it reads and writes.
typedef struct weft__fs_call {
    weft_coro co;
    weft__fs *of;
    void (*settle)(weft__fs *of); // takes the result
    weft_subtask call;
    uint64_t arguments[10]; // room for those of every call, and for every result
    uint64_t result[16];
} weft__fs_call;

// A path as the host takes it.
typedef struct weft__fs_place {
    int32_t directory;
    bool slash;     // there was one at its end
    weft_text path; // of the caller's bytes, or "."
} weft__fs_place;

// co: for waits of several calls.
#define WEFT__FS_FIELDS                                                                                        \
    weft_coro co;                                                                                              \
    weft_error error;                                                                                          \
    weft_file_info info;                                                                                       \
    uint64_t identity;                                                                                         \
    weft__fs_call call;                                                                                        \
    weft__fs_place at;                                                                                         \
    weft_file_type found; /* of what was looked at */                                                          \
    bool is_asked;        /* by the user, whose info that is */                                                \
    int32_t descriptor;   /* the last that was opened */

struct weft__fs {
    WEFT__FS_FIELDS
};

// A directory that is being read: the names that have come, and where more come from.
typedef struct weft__listing {
    weft_coro co;
    weft_error error;
    bool over;
    weft_stream_reader in;
    weft_op told; // the future's
    uint64_t result[4];
    uint32_t next, count; // of the entries
    uint64_t entries[48];
    struct weft__listing *up; // of a walk
    int32_t descriptor;
    size_t path; // bytes of the directory's path in that of the walk
} weft__listing;

// Each struct begins with these.
#define WEFT__FS(T)                                                                                            \
    union T {                                                                                                  \
        weft__fs fs;                                                                                           \
        __extension__ struct {                                                                                 \
            WEFT__FS_FIELDS                                                                                    \
            WEFT__FS_OF_##T                                                                                    \
        };                                                                                                     \
    }

#define WEFT__FS_OF_weft_file                                                                                  \
    size_t count;                                                                                              \
    uint8_t path_flags, open_flags, flags;                                                                     \
    bool appends, fixed;                                                                                       \
    uint8_t *bytes;                                                                                            \
    size_t size;                                                                                               \
    __extension__ union {                                                                                      \
        weft_bytes_reader in;                                                                                  \
        weft_bytes_writer out;                                                                                 \
    };

#define WEFT__FS_OF_weft_fs                                                                                    \
    weft_text target;                                                                                          \
    char *room;                                                                                                \
    size_t size;                                                                                               \
    weft_error first;                                                                                          \
    bool follow;                                                                                               \
    weft_poll (*then)(weft_coro * co, union weft_fs * it);

#define WEFT__FS_OF_weft_list                                                                                  \
    weft_text name;                                                                                            \
    weft_file_type type;                                                                                       \
    bool ended;                                                                                                \
    weft__listing listing;

#define WEFT__FS_OF_weft_walk                                                                                  \
    weft_text path, name;                                                                                      \
    weft_file_type type;                                                                                       \
    uint32_t depth;                                                                                            \
    bool ended, enters, is_open;                                                                               \
    uint32_t limit;                                                                                            \
    weft__listing *level;                                                                                      \
    weft_bytes_buffer room; /* of the path */

#define WEFT__FS_OF_weft_whole                                                                                 \
    weft_file file;                                                                                            \
    weft_fs names;                                                                                             \
    weft_file_options options;                                                                                 \
    weft_text path, text, name;                                                                                \
    weft_bytes_reader in;                                                                                      \
    weft_to_end to_end;                                                                                        \
    weft_buffer *buffer;                                                                                       \
    size_t limit;                                                                                              \
    char *room;                                                                                                \
    size_t size;                                                                                               \
    uint32_t tries;                                                                                            \
    bool made; /* the file `name` */                                                                           \
    uint8_t more;

#endif
