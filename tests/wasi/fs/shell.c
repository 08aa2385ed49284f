// Carries out what standard input says, a line a call of fs.h, and tells how it ended: the tests are its users.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words of a line are set apart by tabs; %41 is a byte. The answer is a line: the name of the error, and
// what the call has told besides, numbers with a # in front. A path may stand behind the number of an open
// directory: "0:path".
#include <weft/wasi.h>

enum { FILES = 4, WORDS = 6, SIZE = 80000, ANSWER = 400000, SECOND = 1000000000 };

typedef struct {
    weft_coro co;
    weft_file files[FILES];
    weft_fs fs;
    weft_list list;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
    weft_file *file; // of this line
    weft_error first;
    weft_file *beneath, *to_beneath;
    weft_bytes_reader in;
    weft_bytes_writer out;
    weft_lines lines;
    size_t left, moved;
    size_t length; // of the answer
    weft_text words[WORDS];
    uint8_t answer[ANSWER];
    uint8_t input[SIZE];
    uint8_t buffer[SIZE];
} shell;
WEFT_UNZEROED(shell, answer);

// ---- Lines ----

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void read_words(shell *self)
{
    weft_text rest = weft_text_of(self->lines.line, self->lines.length);
    for (int i = 0; i < WORDS; i++) {
        weft_text word = {0};
        weft_text_next(&rest, '\t', &word);
        char *to = (char *)word.at;
        self->words[i].at = word.at;
        for (size_t from = 0; from < word.length; from++) {
            if (word.at[from] == '%') {
                *to++ = (char)(digit(word.at[from + 1]) << 4 | digit(word.at[from + 2]));
                from += 2;
            } else {
                *to++ = word.at[from];
            }
        }
        self->words[i].length = (size_t)(to - self->words[i].at);
    }
}

static void say(shell *self, weft_text text)
{
    for (size_t i = 0; i < text.length && self->length + 100 < ANSWER; i++) {
        uint8_t byte = (uint8_t)text.at[i];
        if (byte > ' ' && byte < 127 && byte != '%' && byte != '#') {
            self->answer[self->length++] = byte;
        } else {
            self->answer[self->length++] = '%';
            self->answer[self->length++] = (uint8_t)"0123456789abcdef"[byte >> 4];
            self->answer[self->length++] = (uint8_t)"0123456789abcdef"[byte & 15];
        }
    }
}

static void tab(shell *self)
{
    self->answer[self->length++] = '\t';
}

static void say_number(shell *self, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        digits[--at] = '-';
    tab(self);
    self->answer[self->length++] = '#';
    say(self, weft_text_of(digits + at, sizeof digits - at));
}

static void say_error(shell *self, weft_error error)
{
    say(self, weft_text_z(weft_error_name(error)));
}

// Behind what it has told: the tests take it to the front.
static void say_last(shell *self, weft_error error)
{
    tab(self);
    say_error(self, error);
}

static void say_info(shell *self, weft_error error, const weft_file_info *info)
{
    say_error(self, error);
    if (error)
        return;
    say_number(self, info->type);
    say_number(self, (int64_t)info->size);
    say_number(self, (int64_t)info->links);
    say_number(self, info->accessed.seconds * SECOND + info->accessed.nanoseconds);
    say_number(self, info->modified.seconds * SECOND + info->modified.nanoseconds);
}

// ---- Words ----

static bool is(const shell *self, const char *call)
{
    return weft_text_equal_z(self->words[0], call);
}

static bool has(const shell *self, int word, char flag)
{
    return weft_text_find(self->words[word], weft_text_of(&flag, 1)) < self->words[word].length;
}

static int64_t number(const shell *self, int word)
{
    int64_t value = 0;
    if (weft_text_to_i64(self->words[word], &value))
        __builtin_trap();
    return value;
}

// A time in ns, or what stands for another.
static weft_instant time(const shell *self, int word)
{
    if (weft_text_equal(self->words[word], WEFT_TEXT("bad")))
        return (weft_instant){0, SECOND};
    int64_t ns = number(self, word), part = (ns % SECOND + SECOND) % SECOND;
    if (ns == INT64_MIN || ns == INT64_MAX)
        return ns < 0 ? WEFT_TIME_KEEP : WEFT_TIME_NOW;
    return (weft_instant){(ns - part) / SECOND, (uint32_t)part};
}

// The path, and the directory that it is beneath.
static weft_text path(shell *self, int word, weft_file **beneath)
{
    weft_text text = self->words[word];
    *beneath = NULL;
    if (text.length < 2 || text.at[1] != ':')
        return text;
    *beneath = &self->files[text.at[0] - '0'];
    return weft_text_slice(text, 2, text.length);
}

static bool ends(shell *self)
{
    read_words(self);
    self->length = 0;
    uint64_t file;
    bool named = !weft_text_to_u64(self->words[1], &file) && file < FILES;
    self->file = named ? &self->files[file] : NULL;
    return is(self, "end");
}

WEFT_ASYNC(shell)
{
    WEFT_BEGIN;
    weft_bytes_lines(&self->lines, weft_stdin(), self->input, sizeof self->input, WEFT_LINES_CUT);
    for (;;) {
        WEFT_AWAIT(weft_line_next(co, &self->lines));
        if (self->lines.is != WEFT_LINE || ends(self))
            break;
        if (is(self, "open")) {
            weft_text at = path(self, 2, &self->beneath);
            WEFT_AWAIT(weft_file_open(co, self->file, at, .beneath = self->beneath, .read = has(self, 3, 'r'),
                                      .write = has(self, 3, 'w'), .append = has(self, 3, 'a'),
                                      .create = has(self, 3, 'c'), .exclusive = has(self, 3, 'x'),
                                      .truncate = has(self, 3, 't'), .directory = has(self, 3, 'd'),
                                      .no_follow = has(self, 3, 'n'), .device = has(self, 3, 'v')));
            say_error(self, self->file->error);
        } else if (is(self, "close")) {
            weft_file_close(self->file);
            say_error(self, WEFT_OK);
        } else if (is(self, "read")) {
            WEFT_AWAIT(weft_file_read_at(co, self->file, (uint64_t)number(self, 2), self->buffer,
                                         (size_t)number(self, 3)));
            say_error(self, self->file->error);
            tab(self);
            say(self, weft_text_of(self->buffer, self->file->count));
        } else if (is(self, "write")) {
            WEFT_AWAIT(weft_file_write_at(co, self->file, (uint64_t)number(self, 2), self->words[3].at,
                                          self->words[3].length));
            say_error(self, self->file->error);
            say_number(self, (int64_t)self->file->count);
        } else if (is(self, "reader")) {
            weft_bytes_close_reader(&self->in);
            self->in = weft_file_reader(self->file, (uint64_t)number(self, 2));
            say_error(self, WEFT_OK);
        } else if (is(self, "next")) { // of the reader, up to so many
            WEFT_AWAIT(weft_bytes_read(co, &self->in, self->buffer, (size_t)number(self, 1)));
            say_error(self, self->in.error);
            tab(self);
            say(self, weft_text_of(self->buffer, self->in.count));
        } else if (is(self, "cat")) { // from an offset to the end: how many
            self->in = weft_file_reader(self->file, (uint64_t)number(self, 2));
            self->moved = 0;
            do {
                WEFT_AWAIT(weft_bytes_read(co, &self->in, self->buffer, SIZE));
                self->moved += self->in.count;
            } while (self->in.count);
            say_error(self, self->in.error);
            say_number(self, (int64_t)self->moved);
            weft_bytes_close_reader(&self->in);
        } else if (is(self, "put")) { // so many bytes from an offset on
            self->out = weft_file_writer(self->file, (uint64_t)number(self, 2));
            self->left = (size_t)number(self, 3);
            __builtin_memset(self->buffer, 'p', SIZE);
            while (self->left && !self->out.error) {
                WEFT_AWAIT(
                    weft_bytes_write_all(co, &self->out, self->buffer, self->left < SIZE ? self->left : SIZE));
                self->left -= self->out.count;
            }
            if (!self->out.error)
                WEFT_AWAIT(weft_bytes_finish(co, &self->out));
            say_error(self, self->out.error);
            say_number(self, (int64_t)self->left);
            weft_bytes_close_writer(&self->out);
        } else if (is(self, "fstat")) {
            WEFT_AWAIT(weft_file_stat(co, self->file));
            say_info(self, self->file->error, &self->file->info);
        } else if (is(self, "resize")) {
            WEFT_AWAIT(weft_file_resize(co, self->file, (uint64_t)number(self, 2)));
            say_error(self, self->file->error);
        } else if (is(self, "sync")) {
            WEFT_AWAIT(weft_file_sync(co, self->file));
            say_error(self, self->file->error);
        } else if (is(self, "ftimes")) {
            WEFT_AWAIT(weft_file_set_times(co, self->file, time(self, 2), time(self, 3)));
            say_error(self, self->file->error);
        } else if (is(self, "moved")) { // to another owner, and back
            int32_t descriptor = weft_file_hand_on(self->file);
            *self->file = weft_file_of(descriptor, false);
            say_error(self, WEFT_OK);
        } else if (is(self, "stat")) {
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(
                weft_fs_stat(co, &self->fs, at, .beneath = self->beneath, .no_follow = has(self, 2, 'n')));
            say_info(self, self->fs.error, &self->fs.info);
        } else if (is(self, "identify")) {
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(
                weft_fs_identify(co, &self->fs, at, .beneath = self->beneath, .no_follow = has(self, 2, 'n')));
            say_error(self, self->fs.error);
            say_number(self, (int64_t)self->fs.identity);
        } else if (is(self, "fidentify")) {
            WEFT_AWAIT(weft_file_identify(co, self->file));
            say_error(self, self->file->error);
            say_number(self, (int64_t)self->file->identity);
        } else if (is(self, "given")) {
            weft_text name = {0};
            say_error(self, weft_given_directory((size_t)number(self, 1), &name) ? WEFT_OK : WEFT_ENOENT);
            tab(self);
            say(self, name);
        } else if (is(self, "told")) { // by the last look at a file, or at a name
            say_info(self, WEFT_OK, self->file ? &self->file->info : &self->fs.info);
        } else if (is(self, "list")) { // names and types, to the end
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(
                weft_list_open(co, &self->list, at, .beneath = self->beneath, .no_follow = has(self, 2, 'n')));
            while (!self->list.error) {
                WEFT_AWAIT(weft_list_next(co, &self->list));
                if (self->list.error || self->list.ended)
                    break;
                tab(self);
                say(self, self->list.name);
                say_number(self, self->list.type);
            }
            say_last(self, self->list.error);
            weft_list_close(&self->list);
        } else if (is(self, "walk")) { // paths, depths and errors; what is called by word 3 is left out
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(weft_walk_open(co, &self->walk, at, .beneath = self->beneath,
                                      .depth = self->words[2].length ? (uint32_t)number(self, 2) : 0));
            self->first = self->walk.error;
            while (!self->first) {
                WEFT_AWAIT(weft_walk_next(co, &self->walk));
                if (self->walk.ended)
                    break;
                if (weft_text_equal(self->walk.name, self->words[3]))
                    weft_walk_skip(&self->walk);
                tab(self);
                say(self, self->walk.path);
                say_number(self, self->walk.depth);
                tab(self);
                say_error(self, self->walk.error);
            }
            say_last(self, self->first);
            weft_walk_close(&self->walk);
        } else if (is(self, "get")) { // a whole file, up to a limit
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(weft_whole_read(co, &self->whole, at, &self->text, (size_t)number(self, 2),
                                       .beneath = self->beneath));
            say_error(self, self->whole.error);
            say_number(self, (int64_t)self->text.count);
            tab(self);
            say(self, weft_text_of(self->text.items, self->text.count < 1000 ? self->text.count : 1000));
            weft_bytes_buffer_free(&self->text);
        } else if (is(self, "set")) {
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(weft_whole_write(co, &self->whole, at, self->words[2], .beneath = self->beneath));
            say_error(self, self->whole.error);
        } else if (is(self, "readlink")) {
            weft_text at = path(self, 1, &self->beneath);
            WEFT_AWAIT(weft_fs_readlink(co, &self->fs, at, (char *)self->buffer, (size_t)number(self, 2),
                                        .beneath = self->beneath));
            say_error(self, self->fs.error);
            tab(self);
            say(self, self->fs.target);
        } else {
            weft_text at = path(self, 1, &self->beneath), to = self->words[2];
            if (is(self, "rename") || is(self, "link"))
                to = path(self, 2, &self->to_beneath);
            if (is(self, "mkdir"))
                WEFT_AWAIT(
                    weft_fs_mkdir(co, &self->fs, at, .beneath = self->beneath, .parents = has(self, 2, 'p')));
            else if (is(self, "rmdir"))
                WEFT_AWAIT(weft_fs_rmdir(co, &self->fs, at, .beneath = self->beneath));
            else if (is(self, "unlink"))
                WEFT_AWAIT(weft_fs_unlink(co, &self->fs, at, .beneath = self->beneath));
            else if (is(self, "times"))
                WEFT_AWAIT(weft_fs_set_times(co, &self->fs, at, time(self, 2), time(self, 3),
                                             .beneath = self->beneath, .no_follow = has(self, 4, 'n')));
            else if (is(self, "rename"))
                WEFT_AWAIT(weft_fs_rename(co, &self->fs, at, to, .beneath = self->beneath,
                                          .to_beneath = self->to_beneath));
            else if (is(self, "link"))
                WEFT_AWAIT(weft_fs_link(co, &self->fs, at, to, .beneath = self->beneath,
                                        .to_beneath = self->to_beneath));
            else if (is(self, "symlink")) {
                at = path(self, 2, &self->beneath);
                to = self->words[1];
                WEFT_AWAIT(weft_fs_symlink(co, &self->fs, to, at, .beneath = self->beneath));
            } else
                __builtin_trap();
            say_error(self, self->fs.error);
        }
        self->answer[self->length++] = '\n';
        WEFT_TRY(weft_stdout(), weft_bytes_write_all(co, weft_stdout(), self->answer, self->length));
    }
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    for (int i = 0; i < FILES; i++)
        weft_file_close(&self->files[i]);
    weft_list_close(&self->list);
    weft_walk_close(&self->walk);
    WEFT_END;
}
WEFT_COMMAND(shell);
