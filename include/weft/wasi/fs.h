// Files and directories.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(&self->file, weft_file_open(co, &self->file, "notes/today.txt"));
//     self->in = weft_file_reader(&self->file, 0);
//     do {
//         WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
//         ...self->in.count bytes, 0 at the end...
//     } while (self->in.count);
//     WEFT_FINALLY;
//     weft_bytes_close_reader(&self->in);
//     weft_file_close(&self->file);
//
// Paths:
// - A path is a C string or a weft_text, in UTF-8. It is yours, and must stay until the wait has ended.
// - It is found as libc does: in that of the directories from the host whose name begins the path, the longest
//   such name. One without a slash in front counts from the root. It is WEFT_EPERM if there is no such
//   directory, or if `..` or a link in the path leads out of it.
// - With `.beneath = &directory`, an open directory, it is found beneath that, and there alone: so a path of
//   somebody else's, of whatever bytes, leads nowhere else. A slash in front, `..`, or a link that leads out is
//   WEFT_EPERM. No UTF-8 is WEFT_EILSEQ, a zero byte WEFT_EINVAL, a directory that is not open WEFT_EBADF.
// - A slash at the end says that a directory is meant. What is none is WEFT_ENOTDIR; where there can be none,
//   WEFT_EISDIR.
//
// Waits:
// - Each leaves in `error` how it has ended: WEFT_ECANCELED if it was cancelled before the host had answered.
//   Then it may have been carried out all the same, but nothing is left open by it.
// - One at a time is in flight on a struct. Each calls an async function, so it is no case of a weft_select:
//   spawn a coroutine of yours that waits for it.
// - Options stand behind the other arguments, `.write = true, .create = true`, in any order. Those that are not
//   set are off. They are copied.
// - wasmtime carries an operation out before it returns, unless it was started with a time limit: while a disk
//   is slow, the whole component stands still. So what would wait for others, such as the open of a pipe, fails
//   unless you ask for it (.device).
//
// Structs are plain data, which may be moved while no wait is in flight on them. Zero-initialised is valid.
// WASI: wasi:filesystem/types and wasi:filesystem/preopens. The preopened directories stay open.
#ifndef WEFT_WASI_FS_H
#define WEFT_WASI_FS_H

#include "bytes.h"
#include "clock.h"

// What is behind a name.
typedef enum weft_file_type {
    WEFT_FILE_UNKNOWN,
    WEFT_FILE_REGULAR,
    WEFT_FILE_DIRECTORY,
    WEFT_FILE_LINK, // symbolic
    WEFT_FILE_PIPE,
    WEFT_FILE_SOCKET,
    WEFT_FILE_CHARACTERS, // a device
    WEFT_FILE_BLOCKS      // a device
} weft_file_type;

// What the host tells of a file. Before 1970, wasmtime has the fractions of seconds wrong.
typedef struct weft_file_info {
    weft_file_type type;
    uint64_t size;                            // bytes; of a link, of the path in it
    uint64_t links;                           // hard ones
    weft_instant accessed, modified, changed; // zero if the host does not tell
} weft_file_info;

// In place of a time that is to be set: as it is, and the host's time of now.
#define WEFT_TIME_KEEP (WEFT__LITERAL(weft_instant){0, UINT32_MAX})
#define WEFT_TIME_NOW (WEFT__LITERAL(weft_instant){1, UINT32_MAX})

#include "detail/fs.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- Files ----

// A file, or a directory. Zero is closed. Read-only: error; info, of the last weft_file_stat; identity, of the
// last weft_file_identify; count, the bytes that the last weft_file_read_at or weft_file_write_at has moved.
typedef WEFT__FS(weft_file) weft_file;

// How a file is opened.
typedef struct weft_file_options {
    weft_file *beneath; // the directory that the path is found beneath
    bool read;          // the default, if nothing else is asked for
    bool write;         // of a directory: so that what is beneath it may be changed; else WEFT_EROFS
    bool append;        // as write, but all is written at the end
    bool create;        // the file, if it is not there; with write or append
    bool exclusive;     // create it; WEFT_EEXIST if it is there; with write or append
    bool truncate;      // the file to nothing; with write or append
    bool directory;     // WEFT_ENOTDIR if it is none
    bool no_follow;     // WEFT_ELOOP if it is a link
    bool device;        // also open what is neither file nor directory; else WEFT_ENODEV
} weft_file_options;

// weft_file_open(co, &file, path, options...) first closes what was open, and then opens. To create or truncate
// without write or append is WEFT_EINVAL. WASI: stat-at, unless `device` or `exclusive`, and open-at.

// Closes. Its readers and writers live on. Closed is fine.
void weft_file_close(weft_file *file);

// A new reader of the file from byte `offset` on; and a new writer from there on, or at the end of a file that
// was opened with append. There may be several at a time, and none disturbs the others. You close them, as
// bytes.h says. A reader's end tells whether it was that of the file. weft_bytes_finish tells whether all was
// written: without it, an error may not be told. Misuse if the file is closed. WASI:
// {read,write,append}-via-stream.
weft_bytes_reader weft_file_reader(weft_file *file, uint64_t offset);
weft_bytes_writer weft_file_writer(weft_file *file, uint64_t offset);

// Reads `size` bytes from `offset` on; count is less only at the end of the file, or after an error or cancel.
weft_poll weft_file_read_at(weft_coro *co, weft_file *file, uint64_t offset, void *buffer, size_t size)
    __attribute__((warn_unused_result));
// Writes all, from `offset` on, or at the end if it was opened with append.
weft_poll weft_file_write_at(weft_coro *co, weft_file *file, uint64_t offset, const void *bytes, size_t size)
    __attribute__((warn_unused_result));

// What it is now, in info. WASI: stat.
weft_poll weft_file_stat(weft_coro *co, weft_file *file) __attribute__((warn_unused_result));
// A number that tells it from others, in identity: the same for two that are open if they are one file, by
// whatever names. WASI: metadata-hash.
weft_poll weft_file_identify(weft_coro *co, weft_file *file) __attribute__((warn_unused_result));
// Cuts it, or fills it up with zeros. WASI: set-size.
weft_poll weft_file_resize(weft_coro *co, weft_file *file, uint64_t size) __attribute__((warn_unused_result));
// Waits until all that was written, and finished, is on the disk. WASI: sync.
weft_poll weft_file_sync(weft_coro *co, weft_file *file) __attribute__((warn_unused_result));
// Sets when it was last read, and last written. WASI: set-times.
weft_poll weft_file_set_times(weft_coro *co, weft_file *file, weft_instant accessed, weft_instant modified)
    __attribute__((warn_unused_result));

// Takes over a descriptor of wasi:filesystem/types in the bindings of wit-bindgen c that came from elsewhere;
// the second gives it up, and then the file is closed. `append` as in weft_file_options.
weft_file weft_file_of(int32_t descriptor, bool append);
int32_t weft_file_hand_on(weft_file *file);

// ---- Names ----

// One operation on names. It holds nothing open: there is no close. Read-only: error; info, of a weft_fs_stat,
// until the next; identity, of the last weft_fs_identify; target, of the last weft_fs_readlink.
typedef WEFT__FS(weft_fs) weft_fs;

// Of operations on names, and of those below that say so.
typedef struct weft_fs_options {
    weft_file *beneath;    // the directory that the path is found beneath, or both paths
    weft_file *to_beneath; // the directory of the second path, if it is another
    bool no_follow; // weft_fs_stat, weft_fs_identify, weft_fs_set_times: a link itself, not what it leads to
    bool parents;   // weft_fs_mkdir: those that are not there, too; and one that is there is fine
} weft_fs_options;

// weft_fs_stat(co, &fs, path, options...): what is there, in info. WASI: stat-at.

// weft_fs_identify(co, &fs, path, options...): as weft_file_identify. WASI: metadata-hash-at.

// weft_fs_mkdir(co, &fs, path, options...) makes a directory. WASI: create-directory-at.

// weft_fs_rmdir(co, &fs, path, options...) removes one that is empty. WASI: remove-directory-at.

// weft_fs_unlink(co, &fs, path, options...) removes a file, or a link. WASI: unlink-file-at.

// weft_fs_rename(co, &fs, from, to, options...) replaces what is at `to`, at once: nobody sees anything
// between. On another file system it is WEFT_EXDEV, but wasmtime says WEFT_EIO. WASI: rename-at.

// weft_fs_link(co, &fs, from, to, options...) makes `to` a hard link of the file `from`. If that is a link, it
// is not followed. WASI: link-at.

// weft_fs_symlink(co, &fs, target, path, options...) makes a symbolic link, whose text is `target`. WEFT_EPERM
// if that begins with a slash. WASI: symlink-at.

// weft_fs_readlink(co, &fs, path, buffer, size, options...) copies the text of a link to the buffer of `size`
// bytes, and fs.target is that text. WEFT_ELIMIT if it does not fit; WEFT_EPERM if it begins with a slash.
// WASI: readlink-at.

// weft_fs_set_times(co, &fs, path, accessed, modified, options...). WASI: set-times-at.

// ---- Directories ----

// The name of a directory from the host, at a place, from 0 on; false behind the last. WASI: get-directories.
bool weft_given_directory(size_t place, weft_text *name);

// What is in a directory, entry by entry, in no order, without `.` and `..`. Zero is closed. Read-only: error;
// ended: there are no more entries; else name and type of this one, which stay until the next.
//
//     WEFT_TRY(&self->list, weft_list_open(co, &self->list, "notes"));
//     for (;;) {
//         WEFT_TRY(&self->list, weft_list_next(co, &self->list));
//         if (self->list.ended)
//             break;
//         ...self->list.name, self->list.type...
//     }
//     WEFT_FINALLY;
//     weft_list_close(&self->list);
typedef WEFT__FS(weft_list) weft_list;

// weft_list_open(co, &list, path, options...) first closes what was open, and then opens. Options: beneath and
// no_follow of weft_fs_options. WASI: open-at, read-directory.

// Goes on to the next entry. For a directory that could not be read to its end, `error` tells it in place of
// the end, and stays. It is WEFT_EILSEQ if wasmtime came to a name that is no UTF-8, behind which there may be
// others. Misuse if the list is closed.
weft_poll weft_list_next(weft_coro *co, weft_list *list) __attribute__((warn_unused_result));

// Closes. Closed is fine.
void weft_list_close(weft_list *list);

// All that is beneath a directory: each directory, then what is in it, and then what comes behind it. Links are
// not followed. Zero is closed. Read-only: error; ended: there is no more; else path, from that directory on;
// name, its last part; type; and depth, 1 for what is in the directory itself. They stay until the next.
//
//     for (;;) {
//         WEFT_AWAIT(weft_walk_next(co, &self->walk));
//         if (self->walk.ended)
//             break;
//         if (self->walk.error)
//             ...the directory self->walk.path could not be read, or not to its end...
//         else
//             ...self->walk.path, self->walk.type...
//     }
typedef WEFT__FS(weft_walk) weft_walk;

// Of weft_walk_open.
typedef struct weft_walk_options {
    weft_file *beneath; // the directory that the path is found beneath
    uint32_t depth;     // 0: 128. What is deeper is left out: WEFT_ELIMIT, once for each directory
} weft_walk_options;

// weft_walk_open(co, &walk, path, options...) first closes what was open, and then opens. Until it is closed, a
// walk takes memory from weft_alloc: for the longest path, and about 700 bytes for each level that it is in.
// For each level, the host holds two files open. WASI: open-at, read-directory.

// Goes on to the next, or to an error, behind which it goes on. A cancel leaves that to the next call. Misuse
// if closed.
weft_poll weft_walk_next(weft_coro *co, weft_walk *walk) __attribute__((warn_unused_result));

// Leaves out what is in the directory that the walk has come to.
void weft_walk_skip(weft_walk *walk);

// Closes. Closed is fine.
void weft_walk_close(weft_walk *walk);

// ---- Whole files ----

// A file as one piece. It holds nothing open: there is no close. Read-only: error.
typedef WEFT__FS(weft_whole) weft_whole;

// weft_whole_read(co, &whole, path, &buffer, limit, options...) appends a file to a weft_bytes_buffer. That is
// yours, also with what came before an error or a cancel. Options: beneath and no_follow of weft_fs_options.
// WEFT_ELIMIT if the buffer holds `limit` bytes then, and there are more; WEFT_ENOMEM. WASI: stat-at, open-at,
// read-via-stream.
//
// weft_whole_write(co, &whole, path, text, options...), with beneath, makes the text what is in the file. Who
// opens the file finds what was in it before, or all of the text, also after an error or a cancel. For that the
// text is written to a new file beside it, `.weft-` and eight hexadecimal digits. The new file takes the file's
// place, or is removed. It is named by the time of day, and no file that is there is touched, so other
// instances may write beside it. A link is replaced, not what it leads to. WASI: open-at, write-via-stream,
// sync, rename-at, unlink-file-at, wasi:clocks/system-clock.

#include "detail/fs_calls.h"

#ifdef __cplusplus
}
#endif

#endif
