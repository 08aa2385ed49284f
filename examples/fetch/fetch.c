// A small curl: gets a page and writes it to standard output, or to a file, which is there whole or not at all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasmtime run -S p3,cli,http -W component-model-async --dir . fetch.wasm -o page.html
//     http://127.0.0.1:8080/
#include <weft/wasi.h>

enum { HEADERS = 16, URL = 2048 };

typedef struct {
    weft_coro co;

    const char *problem; // of the arguments
    char url[URL];
    char method[16];
    weft_text output, body; // none
    bool progress;
    weft_http_header headers[HEADERS];
    weft_fetch_options options;

    weft_fetch page;
    char part[1024]; // the name of the file until it is whole
    weft_file file;
    weft_fs fs;
    weft_bytes_writer to_file;
    uint64_t received, told;
    _Alignas(16) char buffer[65536];
} fetch;

static const char usage[] = "usage: fetch [options] URL\n"
                            "  -o FILE        write to FILE, which is replaced when all is there\n"
                            "  -X METHOD      ask by METHOD\n"
                            "  -d TEXT        send TEXT\n"
                            "  -H NAME:VALUE  send a header, of which there may be 16\n"
                            "  -L             follow up to 10 redirects\n"
                            "  -r TIMES       ask again so often, where it may help\n"
                            "  -m TIME        give up after TIME, such as 500ms or 30s\n"
                            "  -v             tell the progress on standard error\n";

static const char *read_header(fetch *self, weft_text text)
{
    size_t colon = weft_text_find(text, WEFT_TEXT(":"));
    if (colon == text.length)
        return "-H takes NAME:VALUE";
    if (self->options.header_count == HEADERS)
        return "too many headers";
    self->headers[self->options.header_count++] = (weft_http_header){
        weft_text_slice(text, 0, colon), weft_text_trim(weft_text_slice(text, colon + 1, text.length))};
    return NULL;
}

// Returns what is wrong, or NULL.
static const char *read_option(fetch *self, char option, weft_text value)
{
    uint64_t times;
    switch (option) {
    case 'o':
        self->output = value;
        return NULL;
    case 'X':
        self->options.method = self->method;
        return weft_text_to_z(value, self->method, sizeof self->method) ? "not a method" : NULL;
    case 'd':
        self->options.body = value;
        return NULL;
    case 'H':
        return read_header(self, value);
    case 'r':
        if (weft_text_to_u64(value, &times) || times > 100)
            return "-r takes 0 to 100";
        self->options.retries = (uint32_t)times;
        return NULL;
    case 'm':
        return weft_text_to_duration(value, &self->options.timeout) ? "not a time" : NULL;
    default:
        return "no such option";
    }
}

static const char *read_arguments(fetch *self)
{
    self->options.headers = self->headers;
    for (size_t at = 1; at < weft_argument_count(); at++) {
        weft_text word = weft_argument(at);
        const char *problem = NULL;
        if (weft_text_equal_z(word, "-L"))
            self->options.redirects = 10;
        else if (weft_text_equal_z(word, "-v"))
            self->progress = true;
        else if (weft_text_starts(word, WEFT_TEXT("-")))
            problem = word.length == 2 ? read_option(self, word.at[1], weft_argument(++at)) : "no such option";
        else
            problem = weft_text_to_z(word, self->url, URL) ? "the URL is too long" : NULL;
        if (problem)
            return problem;
    }
    return *self->url ? NULL : "no URL";
}

// True once a megabyte.
static bool is_to_be_told(fetch *self)
{
    bool is = self->progress && (self->received >> 20 != self->told || !self->page.in.count);
    self->told = self->received >> 20;
    return is;
}

WEFT_ASYNC(fetch)
{
    weft_fetch *page = &self->page;
    weft_bytes_writer *out = self->output.at ? &self->to_file : weft_stdout();
    WEFT_BEGIN;
    self->problem = read_arguments(self);
    if (self->problem) {
        WEFT_AWAIT(weft_eprintf(co, "fetch: %s\n%s", self->problem, usage));
        WEFT_FAIL(1);
    }
    WEFT_AWAIT(weft_fetch_with(co, page, self->url, &self->options));
    if (page->error) {
        WEFT_AWAIT(weft_eprintf(co, "fetch: %s: %s %s\n", self->url, weft_error_text(page->error),
                                weft_fetch_reason(page)));
        WEFT_FAIL(page->error);
    }
    if (page->status >= 400)
        WEFT_AWAIT(weft_eprintf(co, "fetch: %s: %d %s\n", self->url, page->status,
                                weft_http_status_text(page->status)));
    if (self->output.at) {
        weft_format(self->part, sizeof self->part, "%.*s.part", (int)self->output.length, self->output.at);
        WEFT_TRY(&self->file,
                 weft_file_open(co, &self->file, self->part, .write = true, .create = true, .truncate = true));
        self->to_file = weft_file_writer(&self->file, 0);
    }
    do {
        WEFT_TRY(&page->in, weft_bytes_read(co, &page->in, (uint8_t *)self->buffer, sizeof self->buffer));
        self->received += page->in.count;
        WEFT_TRY(out, weft_bytes_write_all(co, out, (uint8_t *)self->buffer, page->in.count));
        if (is_to_be_told(self))
            WEFT_AWAIT(weft_eprintf(co, "fetch: %llu bytes\n", (unsigned long long)self->received));
    } while (page->in.count);
    if (self->output.at) {
        WEFT_TRY(out, weft_bytes_finish(co, out));
        WEFT_TRY(&self->fs, weft_fs_rename(co, &self->fs, self->part, self->output));
        *self->part = 0;
    }
    if (page->status >= 400)
        WEFT_FAIL(2);
    WEFT_FINALLY;
    weft_bytes_close_writer(&self->to_file);
    weft_file_close(&self->file);
    if (*self->part)
        WEFT_AWAIT(weft_fs_unlink(co, &self->fs, self->part));
    weft_fetch_close(page);
    WEFT_END;
}
WEFT_COMMAND(fetch);
