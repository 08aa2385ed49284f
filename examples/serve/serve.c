// A file server: what is beneath the directory `site`, with ranges and conditional requests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//     wasmtime serve -S p3,cli -W component-model-async --dir path/to/files::site --env LIMIT=100 serve.wasm
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_file site, file;
    weft_bytes_reader in;
    uint64_t from, to; // the bytes to send, to before `to`
    weft_text name;
    char path[1024], etag[40], date[WEFT_HTTP_DATE_ROOM], text[256];
    _Alignas(16) uint8_t buffer[65536];
} serve;

WEFT_UNZEROED(serve, path);

// What a request gets that no file answers. WEFT_EPERM: a link, or `..`, that leads out of the site.
static int status_of(weft_error error)
{
    if (error == WEFT_EILSEQ || error == WEFT_EINVAL)
        return 400;
    if (error == WEFT_EACCES || error == WEFT_EPERM || error == WEFT_ENODEV) // the last: a device, or a pipe
        return 403;
    bool is_missing = error == WEFT_ENOENT || error == WEFT_ENOTDIR || error == WEFT_ELOOP;
    return is_missing || error == WEFT_ENAMETOOLONG || error == WEFT_ELIMIT ? 404 : 500;
}

static const char *type_of(weft_text name)
{
    static const char *const types[] = {".html", "text/html",  ".css", "text/css",  ".js",  "text/javascript",
                                        ".txt",  "text/plain", ".png", "image/png", ".svg", "image/svg+xml",
                                        NULL};
    for (const char *const *at = types; *at; at += 2)
        if (weft_text_ends(name, weft_text_z(*at)))
            return at[1];
    return "application/octet-stream";
}

// The name of the file that the path is of, in self->path; a directory's is its index.
static weft_error find_name(serve *self)
{
    size_t length;
    weft_text path = weft_http_path(&self->http);
    while (weft_text_starts(path, WEFT_TEXT("/")))
        path = weft_text_slice(path, 1, path.length);
    weft_error error = weft_http_decode(path, false, self->path, sizeof self->path - 16, &length);
    if (error)
        return error;
    self->name = weft_text_of(self->path, length);
    if (!length || weft_text_ends(self->name, WEFT_TEXT("/"))) {
        weft_format(self->path + length, 16, "index.html");
        self->name.length += 10;
    }
    return WEFT_OK;
}

// True if the client has it already.
static bool is_known(serve *self)
{
    weft_text etags = weft_http_request_header(&self->http, "if-none-match");
    weft_instant since;
    if (etags.at)
        return weft_http_has_etag(etags, weft_text_z(self->etag));
    return !weft_instant_from_http(weft_http_request_header(&self->http, "if-modified-since"), &since) &&
           self->file.info.modified.seconds <= since.seconds;
}

// Reads a range of one part, "bytes=FROM-TO", and says the status: 206, 416, or 200 for all of it, if there is
// none, or none that is understood.
static int find_range(serve *self)
{
    weft_text to_text = weft_http_request_header(&self->http, "range"), from_text;
    uint64_t size = self->file.info.size, from = 0, to = 0;
    self->from = 0;
    self->to = size;
    if (!weft_text_starts(to_text, WEFT_TEXT("bytes=")) || !weft_text_next(&to_text, '-', &from_text))
        return 200;
    from_text = weft_text_slice(from_text, 6, from_text.length);
    bool has_from = !weft_text_to_u64(from_text, &from), has_to = !weft_text_to_u64(to_text, &to);
    if ((!has_from && from_text.length) || (!has_to && (to_text.length || !has_from)) ||
        (has_from && has_to && to < from))
        return 200;
    self->from = has_from ? from : to < size ? size - to : 0; // without FROM: the last so many
    if (has_from && has_to && to < size)
        self->to = to + 1;
    return self->from < self->to ? 206 : 416;
}

static void add(serve *self, const char *name, const char *value)
{
    weft_http_header_add(&self->http, name, weft_text_z(value));
}

// Adds the headers of the file and of the part that is sent.
static void add_headers(serve *self, int status)
{
    unsigned long long from = self->from, to = self->to, size = self->file.info.size;
    add(self, "etag", self->etag);
    weft_http_header_add(&self->http, "last-modified",
                         weft_instant_to_http(self->file.info.modified, self->date));
    add(self, "accept-ranges", "bytes");
    if (status == 304)
        return;
    weft_format(self->text, sizeof self->text, "bytes */%llu", size);
    if (status == 206)
        weft_format(self->text, sizeof self->text, "bytes %llu-%llu/%llu", from, to - 1, size);
    if (status != 200)
        add(self, "content-range", self->text);
    weft_format(self->text, sizeof self->text, "%llu", status == 416 ? 0 : to - from);
    add(self, "content-length", self->text);
    if (status != 416)
        add(self, "content-type", type_of(self->name));
}

static weft_text metrics(serve *self)
{
    weft_stats stats = weft_stats_now();
    unsigned long tasks = stats.tasks, bytes = stats.bytes;
    return weft_text_of(self->text, weft_format(self->text, sizeof self->text,
                                                "weft_tasks %lu\nweft_bytes %lu\n", tasks, bytes));
}

// To the same name with a slash behind it. It is relative, so that it leads to no other host.
static weft_poll redirect(weft_coro *co, serve *self)
{
    weft_text path = weft_http_path(&self->http);
    size_t at = path.length;
    for (; at && path.at[at - 1] != '/'; at--) {
    }
    weft_format(self->path, sizeof self->path, "./%.*s/", (int)(path.length - at), path.at + at);
    add(self, "location", self->path);
    return weft_http_reply_status(co, &self->http, 301);
}

WEFT_ASYNC(serve)
{
    weft_http_exchange *it = &self->http;
    weft_text method = weft_http_method(it), path = weft_http_path(it);
    bool is_head = weft_text_equal_z(method, "HEAD");
    WEFT_BEGIN;
    weft_settings settings = {0};
    weft_http_limit((uint32_t)weft_setting_integer(&settings, "LIMIT", 100, 1, 100000));
    if (!is_head && !weft_text_equal_z(method, "GET")) {
        add(self, "allow", "GET, HEAD");
        WEFT_TRY(it, weft_http_reply_status(co, it, 405));
    } else if (weft_text_equal_z(path, "/healthz")) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, "text/plain", WEFT_TEXT("ok\n")));
    } else if (weft_text_equal_z(path, "/metrics")) {
        WEFT_TRY(it, weft_http_reply(co, it, 200, "text/plain", metrics(self)));
    } else {
        self->file.error = find_name(self);
        if (!self->file.error) {
            WEFT_TRY(&self->site, weft_file_open(co, &self->site, "site", .directory = true));
            WEFT_AWAIT(weft_file_open(co, &self->file, self->name, .beneath = &self->site));
        }
        if (!self->file.error)
            WEFT_AWAIT(weft_file_stat(co, &self->file));
        if (self->file.error) {
            WEFT_TRY(it, weft_http_reply_status(co, it, status_of(self->file.error)));
            WEFT_FINISH;
        }
        if (self->file.info.type == WEFT_FILE_DIRECTORY) {
            WEFT_TRY(it, redirect(co, self));
            WEFT_FINISH;
        }
        weft_format(self->etag, sizeof self->etag, "\"%llx-%llx\"", (unsigned long long)self->file.info.size,
                    (unsigned long long)self->file.info.modified.seconds * 1000000000 +
                        self->file.info.modified.nanoseconds);
        int status = is_known(self) ? 304 : find_range(self);
        add_headers(self, status);
        if (is_head || status == 304 || status == 416 || self->from == self->to) {
            weft_http_begin(co, it, status);
            WEFT_FINISH;
        }
        self->in = weft_file_reader(&self->file, self->from);
        if (self->to == self->file.info.size) { // all that is left: the host copies it
            weft_http_begin_with(co, it, status, &self->in);
            WEFT_FINISH;
        }
        weft_http_begin(co, it, status);
        while (self->from < self->to) {
            size_t most = self->to - self->from < sizeof self->buffer ? (size_t)(self->to - self->from)
                                                                      : sizeof self->buffer;
            WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, most));
            if (!self->in.count) // it has become shorter: the client sees a body that is cut
                WEFT_FAIL(WEFT_EEOF);
            self->from += self->in.count;
            WEFT_TRY(it, weft_bytes_write_all(co, &it->out, self->buffer, self->in.count));
        }
    }
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_file_close(&self->file);
    weft_file_close(&self->site);
    WEFT_END;
}
WEFT_HTTP_SERVICE(serve);
