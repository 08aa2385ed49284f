// What the structs of fs.h hold besides. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_FS_H
#define WEFT_WASI_DETAIL_FS_H

typedef struct weft__fs weft__fs;

// A call of the host's: the one that is in flight, with all that it reads and writes.
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
    weft__fs_call call;                                                                                        \
    weft__fs_place at;

struct weft__fs {
    WEFT__FS_FIELDS
};

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
    int32_t descriptor;                                                                                        \
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
    weft_error first;

#endif
