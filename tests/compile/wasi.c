// What ends.c is for the headers of weft/wasi, and for weft/libc.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/libc.h>
#include <weft/wasi.h>

static const weft_text greeting = WEFT_TEXT_INIT("hello");

size_t texts(weft_text text, char *string);
size_t texts(weft_text text, char *string)
{
    weft_text rest = text, part;
    uint64_t number = 0;
    int64_t signed_number = 0;
    size_t found = 0;
    while (weft_text_next(&rest, ',', &part))
        found += weft_text_find(weft_text_trim(part), WEFT_TEXT("x"));
    if (weft_text_to_z(text, string, 8) || weft_text_to_u64(text, &number) || weft_text_to_hex(text, &number) ||
        weft_text_to_i64(text, &signed_number))
        return found;
    return weft_text_is_utf8(text) + weft_text_equal(text, greeting) + weft_text_equal_z(text, string) +
           weft_text_alike(text, greeting) + weft_text_alike_z(text, string) +
           weft_text_starts(text, weft_text_z(string)) + weft_text_ends(text, weft_text_of(string, 1)) +
           (weft_text_compare(text, greeting) < 0) + weft_text_slice(text, 1, 2).length;
}

WEFT_FORMAT_FLOATS;

size_t formats(char *string, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t formats(char *string, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = weft_vformat(string, room, format, arguments);
    va_end(arguments);
    return length + weft_format(string, room, "%.*s %g", WEFT_TEXT_ARGUMENTS(greeting), 0.5);
}

uint64_t randoms(uint8_t *bytes, size_t count);
uint64_t randoms(uint8_t *bytes, size_t count)
{
    weft_random_bytes(bytes, count);
    weft_insecure_bytes(bytes, count);
    return weft_random_below(weft_random_u64()) + weft_insecure_below(weft_insecure_u64());
}

bool is_strict(void);
bool is_strict(void)
{
    weft_settings settings = {WEFT_OK, ""};
    weft_text name, value = weft_setting_text("NAME", weft_argument(weft_argument_count() - 1));
    int64_t port = weft_setting_integer(&settings, "PORT", 80, 1, 65535);
    uint64_t number = weft_setting_duration(&settings, "TIMEOUT", WEFT_SECONDS(1)) +
                      weft_setting_size(&settings, "LIMIT", 4096);
    bool yes = weft_setting_boolean(&settings, "YES", false);
    if (weft_text_to_duration(value, &number) || weft_text_to_size(value, &number) ||
        weft_text_to_bool(value, &yes))
        weft_exit(3);
    return settings.error == WEFT_OK && port && number && yes && weft_variable("HOME", &value) &&
           weft_variable_at(0, &name, &value) && weft_initial_directory(&value);
}

bool dates(weft_instant when, char *room);
bool dates(weft_instant when, char *room)
{
    weft_text http = weft_instant_to_http(when, room);
    return !weft_instant_from_http(http, &when) &&
           !weft_instant_from_iso(weft_instant_to_iso(when, 3, room), &when);
}

typedef struct {
    weft_coro co;
    weft_ticker ticker;
    weft_case cases[1];
    weft_timer timer;
    char date[WEFT_HTTP_DATE_ROOM > WEFT_ISO_DATE_ROOM ? WEFT_HTTP_DATE_ROOM : WEFT_ISO_DATE_ROOM];
} times;

WEFT_ASYNC(times)
{
    WEFT_BEGIN;
    weft_ticker_start(&self->ticker, &weft_host_clock, WEFT_MILLISECONDS(10), WEFT_TICKS_SKIP);
    WEFT_AWAIT(weft_tick(co, &self->ticker));
    WEFT_AWAIT(weft_select(co, self->cases,
                           weft_sleep_until(of, self->ticker.clock, &self->ticker.timer, self->ticker.next)));
    weft_ticker_take(&self->ticker);
    self->ticker.policy = self->ticker.missed ? WEFT_TICKS_CATCH_UP : WEFT_TICKS_DELAY;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_SECONDS(1)));
    if (!dates(weft_instant_now(), self->date))
        WEFT_FAIL(WEFT_EINVAL);
    WEFT_FINALLY;
    weft_timer_stop_blocking(&self->ticker.timer);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    times waits;
    weft_log_level level;
    weft_bytes_reader in;
    weft_bytes_writer out;
    weft_lines lines;
    weft_outbox outbox;
    weft_bytes_buffer text, other;
    int64_t number;
    weft_bytes_handle handle;
    uint8_t buffer[64];
} program;

weft_error append(weft_bytes_buffer *buffer, const char *format, va_list arguments);
weft_error append(weft_bytes_buffer *buffer, const char *format, va_list arguments)
{
    return weft_bytes_append_vformat(buffer, format, arguments);
}

WEFT_ASYNC(program)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(times, &self->waits);
    self->in = weft_bytes_reader_of(weft_bytes_new(&self->out));
    weft_bytes_start_write(co, &self->out, self->buffer, 8);
    WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
    WEFT_TRY(&self->out, weft_await(co, &self->out));
    weft_bytes_start_write_all(co, &self->out, self->buffer, 8);
    weft_bytes_start_read(co, &self->in, self->buffer, sizeof self->buffer);
    WEFT_TRY(&self->in, weft_await(co, &self->in));
    WEFT_TRY(&self->out, weft_bytes_write(co, &self->out, self->buffer, 8));
    WEFT_TRY(&self->out, weft_bytes_write_all(co, &self->out, self->buffer, 8));
    WEFT_TRY(&self->out, weft_bytes_finish(co, &self->out));
    self->handle = weft_bytes_hand_on(&self->in);
    weft_bytes_lines(&self->lines, weft_stdin(), self->buffer, sizeof self->buffer, WEFT_LINES_CUT);
    WEFT_TRY(weft_stdin(), weft_line_next(co, &self->lines));
    if (weft_stdout_is_terminal() && weft_stdin_is_terminal() && weft_stderr_is_terminal())
        WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT("a terminal\n")));
    WEFT_TRY(weft_stderr(), weft_write(co, weft_stderr(), greeting));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d\n", 1));
    if (weft_text_to_log_level(WEFT_TEXT("info"), &self->level) == WEFT_OK)
        weft_log_up_to(self->level);
    weft_log(WEFT_LOG_ERROR, "%d", 3);
    WEFT_AWAIT(weft_log_flush(co));
    if (weft_bytes_append(&self->text, greeting) || weft_bytes_append_format(&self->text, "%d", 4) ||
        !weft_bytes_extend(&self->text, 4) ||
        weft_text_to_number(weft_bytes_text(&self->text), 0, 5, &self->number))
        weft_bytes_clear(&self->text);
    self->other = weft_bytes_take(&self->text);
    weft_outbox_open(co, &self->outbox, weft_stdout(), 1000);
    if (weft_outbox_put(&self->outbox, greeting) || weft_outbox_format(&self->outbox, "%d", 5))
        WEFT_FAIL(self->outbox.error);
    WEFT_TRY(&self->outbox, weft_outbox_drain(co, &self->outbox, self->outbox.waiting / 2));
    WEFT_TRY(weft_stderr(), weft_eprintf(co, "%s\n", "2"));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_outbox_close(co, &self->outbox));
    weft_bytes_buffer_free(&self->other);
    weft_bytes_close_reader(&self->in);
    weft_bytes_close_reader_blocking(&self->in);
    weft_bytes_close_writer(&self->out);
    weft_bytes_close_writer_blocking(&self->out);
    WEFT_END;
}
WEFT_COMMAND(program);

// ---- HTTP ----

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    weft_fetch page, upload;
    weft_fetch_options options;
    weft_bytes_buffer text;
} gate;

static bool is_known(weft_http_exchange *it)
{
    char room[32];
    weft_text values[2], name, value, items = weft_http_query(it),
                                      cookies = weft_http_request_header(it, "cookie");
    size_t count = 0, length = 0, more = 0, fields = 0;
    while (weft_http_next_item(&items, &name, &value) || weft_http_next_cookie(&cookies, &name, &value))
        count += !weft_http_decode(value, true, room, sizeof room, &length);
    return weft_http_is(it, "GET", "/items/{id}", values, 2) && weft_http_item(items, "q").at &&
           weft_http_path_is(weft_http_path(it), "/{all*}", NULL, 0) && weft_http_method(it).length &&
           weft_http_request_headers(it, &more) && weft_http_request_trailers(it, &fields) &&
           count + more + fields;
}

WEFT_ASYNC(gate)
{
    weft_http_exchange *it = &self->http;
    size_t count = 0;
    WEFT_BEGIN;
    if (!is_known(it)) {
        WEFT_TRY(it, weft_http_reply_status(co, it, 404));
        WEFT_FINISH;
    }
    WEFT_TRY(&self->page, weft_fetch_get(co, &self->page, "http://127.0.0.1/"));
    WEFT_TRY(&self->page,
             weft_fetch_get(co, &self->page, "http://127.0.0.1/", .redirects = 3, .timeout = WEFT_SECONDS(5)));
    WEFT_TRY(&self->page, weft_fetch_read_all(co, &self->page, &self->text, 1 << 20));
    if (weft_fetch_start(co, &self->upload, "http://127.0.0.1/", .streams = true, .length = 5) ||
        weft_fetch_start_with(co, &self->upload, "http://127.0.0.1/", &self->options))
        WEFT_FAIL(self->upload.error);
    WEFT_TRY(&self->upload, weft_fetch_finish(co, &self->upload));
    WEFT_TRY(&self->upload, weft_fetch_response(co, &self->upload));
    WEFT_TRY(&self->upload, weft_fetch_with(co, &self->upload, "http://127.0.0.1/", &self->options));
    if (!weft_fetch_headers(&self->page, &count) || !weft_fetch_trailers(&self->page, &count) ||
        !weft_fetch_header(&self->page, "age").at || !weft_fetch_url(&self->page).length ||
        !*weft_fetch_reason(&self->page) || weft_fetch_may_pass(&self->page))
        WEFT_TRY(it, weft_http_read_all(co, it, &self->text, 1 << 20));
    char url[100];
    if (weft_url_resolve(weft_fetch_url(&self->page), greeting, url, sizeof url, &count) ||
        !weft_url_same_origin(weft_text_z(url), greeting))
        WEFT_FAIL(WEFT_EURI);
    weft_http_header header;
    header.name = header.value = weft_http_media_type(greeting);
    if (weft_http_has_etag(greeting, greeting) || weft_http_header_copy(it, &header) ||
        weft_http_trailer_copy(it, &header))
        WEFT_FAIL(WEFT_EHEADER);
    if (weft_http_header_add(it, "x-age", greeting) || weft_http_begin(co, it, 200))
        WEFT_FAIL(WEFT_EHEADER);
    if (weft_http_body(it)->count || weft_http_trailer_add(it, "x-end", greeting))
        WEFT_FAIL(1);
    WEFT_TRY(it, weft_http_finish(co, it));
    WEFT_TRY(it, weft_http_reply(co, it, 200, weft_http_status_text(200), greeting));
    WEFT_FINALLY;
    weft_fetch_close(&self->page);
    weft_fetch_close(&self->upload);
    weft_bytes_buffer_free(&self->text);
    WEFT_END;
}
WEFT_HTTP_SERVICE(gate);

weft_poll pass(weft_coro *co, gate *self);
weft_poll pass(weft_coro *co, gate *self)
{
    weft_http_exchange other = weft_http_request_of(0);
    weft_http_limit(16);
    weft_fetch_response_of(&self->page, weft_http_request_hand_on(&other));
    weft_http_request_close(&other);
    if (weft_http_begin_with(co, &self->http, 200, &self->page.in))
        return weft_breathe(co);
    weft_http_log_request(&self->http, greeting);
    if (weft_http_next_header_set(&self->http, "x-by", greeting) ||
        weft_http_next_header_add(&self->http, "x-by", greeting))
        return weft_http_next(co, &self->http, &self->page);
    return weft_http_pass_on(co, &self->http, &self->page);
}
int descriptor(weft_bytes_reader *in, weft_bytes_writer *out);
int descriptor(weft_bytes_reader *in, weft_bytes_writer *out)
{
    return weft_fd(in, out, NULL, NULL);
}

typedef struct {
    weft_coro co;
    weft_program program;
    weft_connection conn;
} session;

WEFT_ASYNC(session)
{
    WEFT_BEGIN;
    WEFT_CALL(weft_program, &self->program, .main = NULL, .in = &self->conn.in, .out = &self->conn.out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_file file, directory;
    weft_fs fs;
    weft_list list;
    weft_walk walk;
    weft_whole whole;
    weft_bytes_buffer text;
    weft_bytes_reader in;
    weft_bytes_writer out;
    weft_text path;
    char *string;
    char buffer[64];
} files;

WEFT_ASYNC(files)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->directory, weft_file_open(co, &self->directory, self->path, .directory = true));
    WEFT_TRY(&self->file, weft_file_open(co, &self->file, self->string, .create = true, .write = true));
    WEFT_TRY(&self->file, weft_file_open(co, &self->file, "name", .beneath = &self->directory));
    self->file = weft_file_of(weft_file_hand_on(&self->file), false);
    self->in = weft_file_reader(&self->file, 0);
    self->out = weft_file_writer(&self->file, 0);
    WEFT_TRY(&self->file, weft_file_read_at(co, &self->file, 0, self->buffer, sizeof self->buffer));
    WEFT_TRY(&self->file, weft_file_write_at(co, &self->file, 0, self->buffer, self->file.count));
    WEFT_TRY(&self->file, weft_file_stat(co, &self->file));
    WEFT_TRY(&self->file, weft_file_resize(co, &self->file, self->file.info.size));
    WEFT_TRY(&self->file, weft_file_set_times(co, &self->file, WEFT_TIME_KEEP, WEFT_TIME_NOW));
    WEFT_TRY(&self->file, weft_file_sync(co, &self->file));
    WEFT_TRY(&self->file, weft_file_identify(co, &self->file));
    WEFT_TRY(&self->fs, weft_fs_stat(co, &self->fs, self->path));
    WEFT_TRY(&self->fs,
             weft_fs_identify(co, &self->fs, self->path, .no_follow = weft_given_directory(0, &self->path)));
    WEFT_TRY(&self->fs, weft_fs_mkdir(co, &self->fs, "a/b", .parents = true, .beneath = &self->directory));
    WEFT_TRY(&self->fs, weft_fs_rmdir(co, &self->fs, WEFT_TEXT("a/b")));
    WEFT_TRY(&self->fs, weft_fs_unlink(co, &self->fs, self->string));
    WEFT_TRY(&self->fs, weft_fs_rename(co, &self->fs, "a", self->path, .to_beneath = &self->directory));
    WEFT_TRY(&self->fs, weft_fs_link(co, &self->fs, self->path, "a"));
    WEFT_TRY(&self->fs, weft_fs_symlink(co, &self->fs, "target", "a"));
    WEFT_TRY(&self->fs, weft_fs_readlink(co, &self->fs, "a", self->buffer, sizeof self->buffer));
    WEFT_TRY(&self->fs, weft_fs_set_times(co, &self->fs, self->fs.target, self->fs.info.modified, WEFT_TIME_NOW,
                                          .no_follow = true));
    WEFT_TRY(&self->list, weft_list_open(co, &self->list, "name", .beneath = &self->directory));
    WEFT_TRY(&self->list, weft_list_next(co, &self->list));
    WEFT_TRY(&self->walk, weft_walk_open(co, &self->walk, self->list.name, .depth = 9));
    WEFT_TRY(&self->walk, weft_walk_next(co, &self->walk));
    if (weft_text_equal(self->walk.name, self->walk.path) && self->walk.type == WEFT_FILE_DIRECTORY)
        weft_walk_skip(&self->walk);
    WEFT_TRY(&self->whole, weft_whole_read(co, &self->whole, "name", &self->text, 1 << 20, .no_follow = true));
    WEFT_TRY(&self->whole,
             weft_whole_write(co, &self->whole, self->walk.path, "text", .beneath = &self->directory));
    WEFT_FINALLY;
    weft_bytes_buffer_free(&self->text);
    weft_list_close(&self->list);
    weft_walk_close(&self->walk);
    weft_bytes_close_reader(&self->in);
    weft_bytes_close_writer(&self->out);
    weft_file_close(&self->file);
    weft_file_close(&self->directory);
    WEFT_END;
}
weft_step *all_of_files = files__step;
