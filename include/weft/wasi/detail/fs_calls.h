// What the macros of fs.h call. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_FS_CALLS_H
#define WEFT_WASI_DETAIL_FS_CALLS_H

weft_poll weft__file_open(weft_coro *co, weft_file *it, weft_text path, const weft_file_options *options)
    __attribute__((warn_unused_result));

typedef weft_poll weft__fs_one(weft_coro *co, weft_fs *it, weft_text path, const weft_fs_options *options);
typedef weft_poll weft__fs_two(weft_coro *co, weft_fs *it, weft_text from, weft_text to,
                               const weft_fs_options *options);
weft__fs_one weft__fs_stat, weft__fs_identify, weft__fs_mkdir, weft__fs_rmdir, weft__fs_unlink;
weft__fs_two weft__fs_rename, weft__fs_link, weft__fs_symlink;
weft_poll weft__fs_readlink(weft_coro *co, weft_fs *it, weft_text path, char *buffer, size_t size,
                            const weft_fs_options *options) __attribute__((warn_unused_result));
weft_poll weft__fs_set_times(weft_coro *co, weft_fs *it, weft_text path, weft_instant accessed,
                             weft_instant modified, const weft_fs_options *options)
    __attribute__((warn_unused_result));

weft_poll weft__list_open(weft_coro *co, weft_list *it, weft_text path, const weft_fs_options *options)
    __attribute__((warn_unused_result));
weft_poll weft__walk_open(weft_coro *co, weft_walk *it, weft_text path, const weft_walk_options *options)
    __attribute__((warn_unused_result));

weft_poll weft__whole_read(weft_coro *co, weft_whole *it, weft_text path, weft_bytes_buffer *buffer,
                           size_t limit, const weft_fs_options *options) __attribute__((warn_unused_result));
weft_poll weft__whole_write(weft_coro *co, weft_whole *it, weft_text path, weft_text text,
                            const weft_fs_options *options) __attribute__((warn_unused_result));

#define weft_whole_read(co, whole, ...) WEFT__WHOLE_READ(co, whole, __VA_ARGS__, )
#define weft_whole_write(co, whole, ...) WEFT__FS_TWO(weft__whole_write, co, whole, __VA_ARGS__, )
#define weft_list_open(co, list, ...) WEFT__FS_ONE(weft__list_open, co, list, __VA_ARGS__, )
#define weft_walk_open(co, walk, ...) WEFT__WALK_OPEN(co, walk, __VA_ARGS__, )
#define weft_file_open(co, file, ...) WEFT__FILE_OPEN(co, file, __VA_ARGS__, )
#define weft_fs_stat(co, fs, ...) WEFT__FS_ONE(weft__fs_stat, co, fs, __VA_ARGS__, )
#define weft_fs_identify(co, fs, ...) WEFT__FS_ONE(weft__fs_identify, co, fs, __VA_ARGS__, )
#define weft_fs_mkdir(co, fs, ...) WEFT__FS_ONE(weft__fs_mkdir, co, fs, __VA_ARGS__, )
#define weft_fs_rmdir(co, fs, ...) WEFT__FS_ONE(weft__fs_rmdir, co, fs, __VA_ARGS__, )
#define weft_fs_unlink(co, fs, ...) WEFT__FS_ONE(weft__fs_unlink, co, fs, __VA_ARGS__, )
#define weft_fs_rename(co, fs, ...) WEFT__FS_TWO(weft__fs_rename, co, fs, __VA_ARGS__, )
#define weft_fs_link(co, fs, ...) WEFT__FS_TWO(weft__fs_link, co, fs, __VA_ARGS__, )
#define weft_fs_symlink(co, fs, ...) WEFT__FS_TWO(weft__fs_symlink, co, fs, __VA_ARGS__, )
#define weft_fs_readlink(co, fs, ...) WEFT__FS_READLINK(co, fs, __VA_ARGS__, )
#define weft_fs_set_times(co, fs, ...) WEFT__FS_SET_TIMES(co, fs, __VA_ARGS__, )

#define WEFT__FILE_OPEN(co, it, path, ...)                                                                     \
    WEFT__WITH_OPTIONS(weft_file_options, weft__file_open((co), (it), WEFT__PATH(path), &weft__options),       \
                       __VA_ARGS__)
#define WEFT__WHOLE_READ(co, it, path, buffer, limit, ...)                                                     \
    WEFT__WITH_OPTIONS(weft_fs_options,                                                                        \
                       weft__whole_read((co), (it), WEFT__PATH(path), (buffer), (limit), &weft__options),      \
                       __VA_ARGS__)
#define WEFT__WALK_OPEN(co, it, path, ...)                                                                     \
    WEFT__WITH_OPTIONS(weft_walk_options, weft__walk_open((co), (it), WEFT__PATH(path), &weft__options),       \
                       __VA_ARGS__)
#define WEFT__FS_ONE(call, co, it, path, ...)                                                                  \
    WEFT__WITH_OPTIONS(weft_fs_options, call((co), (it), WEFT__PATH(path), &weft__options), __VA_ARGS__)
#define WEFT__FS_TWO(call, co, it, from, to, ...)                                                              \
    WEFT__WITH_OPTIONS(weft_fs_options, call((co), (it), WEFT__PATH(from), WEFT__PATH(to), &weft__options),    \
                       __VA_ARGS__)
#define WEFT__FS_READLINK(co, it, path, buffer, size, ...)                                                     \
    WEFT__WITH_OPTIONS(weft_fs_options,                                                                        \
                       weft__fs_readlink((co), (it), WEFT__PATH(path), (buffer), (size), &weft__options),      \
                       __VA_ARGS__)
#define WEFT__FS_SET_TIMES(co, it, path, accessed, modified, ...)                                              \
    WEFT__WITH_OPTIONS(                                                                                        \
        weft_fs_options,                                                                                       \
        weft__fs_set_times((co), (it), WEFT__PATH(path), (accessed), (modified), &weft__options), __VA_ARGS__)

// A weft_text, or a C string.
#ifdef __cplusplus
extern "C++" {
static inline weft_text weft__path(weft_text path)
{
    return path;
}
static inline weft_text weft__path(const char *path)
{
    return weft_text_z(path);
}
}
#define WEFT__PATH(path) weft__path(path)
#else
static inline weft_text weft__path_itself(weft_text path)
{
    return path;
}
#define WEFT__PATH(path)                                                                                       \
    _Generic((path), weft_text: weft__path_itself, char *: weft_text_z, const char *: weft_text_z)(path)
#endif

#endif
