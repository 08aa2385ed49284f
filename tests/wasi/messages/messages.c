// Requests and responses used as the library never does, by hand on the bindings: what the host makes of each
// is a line. Its argument is the port of a server that knows the paths below.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "messages.h"
#include <weft/wasi.h>

#define H(name) wasi_http_types_##name
#define STREAM(name) H(stream_u8_##name)
#define TRAILERS(name) H(future_result_option_own_trailers_error_code_##name)
#define RESULT(name) H(future_result_void_error_code_##name)

static char said[8192], authority[32];
static size_t length;

static messages_string_t text_of(const char *text)
{
    return (messages_string_t){(uint8_t *)(uintptr_t)text, __builtin_strlen(text)};
}

static void say(const char *what, const char *how)
{
    length += weft_format(said + length, sizeof said - length, "%s: %s\n", what, how);
}

static void say_number(const char *what, const char *kind, uint32_t number)
{
    length += weft_format(said + length, sizeof said - length, "%s: %s%u\n", what, kind, (unsigned)number);
}

// ---- What blocks ----

static uint32_t waited(uint32_t waitable, uint32_t status)
{
    messages_event_t event = {0};
    if (status != MESSAGES_WAITABLE_STATUS_BLOCKED)
        return status;
    messages_waitable_set_t set = messages_waitable_set_new();
    messages_waitable_join(waitable, set);
    messages_waitable_set_wait(set, &event);
    messages_waitable_join(waitable, 0);
    messages_waitable_set_drop(set);
    return event.code;
}

static void write(uint32_t writer, const char *text)
{
    uint32_t count = (uint32_t)__builtin_strlen(text);
    uint32_t status = waited(writer, STREAM(write)(writer, (const uint8_t *)text, count));
    if (MESSAGES_WAITABLE_STATE(status) == MESSAGES_WAITABLE_DROPPED)
        say_number("the body", "dropped behind ", MESSAGES_WAITABLE_COUNT(status));
    else
        say_number("the body", "taken ", MESSAGES_WAITABLE_COUNT(status));
}

// The same of one that the host may or may not take.
static void write_unheard(uint32_t writer, const char *text)
{
    size_t before = length;
    write(writer, text);
    length = before;
}

static void end_trailers(uint32_t writer)
{
    H(result_option_own_trailers_error_code_t) none = {0};
    waited(writer, TRAILERS(write)(writer, &none));
    TRAILERS(drop_writable)(writer);
}

// Whether it is what was to come of the message.
static void say_result(const char *what, uint32_t reader)
{
    H(result_void_error_code_t) result = {0};
    waited(reader, RESULT(read)(reader, &result));
    RESULT(drop_readable)(reader);
    if (result.is_err) {
        say_number(what, "error ", result.val.err.tag);
        H(error_code_free)(&result.val.err);
    } else {
        say(what, "ok");
    }
}

// ---- Requests ----

typedef struct {
    H(own_request_t) it;
    uint32_t body, trailers; // to be written; body 0: none
    uint32_t sent;
} request;

static request new_request(uint8_t method, const char *path, bool has_body, const char *size)
{
    request made = {0};
    messages_string_t name = text_of("content-length"), where = text_of(authority), what = text_of(path);
    H(header_error_t) error;
    H(tuple2_own_request_future_result_void_error_code_t) both;
    H(own_fields_t) headers = H(constructor_fields)();
    if (size) {
        messages_string_t value = text_of(size);
        H(method_fields_append)(H(borrow_fields)(headers), &name, (H(field_value_t) *)&value, &error);
    }
    uint32_t body = has_body ? STREAM(new)(&made.body) : 0;
    H(static_request_new)(headers, has_body ? &body : NULL, TRAILERS(new)(&made.trailers), NULL, &both);
    made.it = both.f0;
    made.sent = both.f1;
    H(borrow_request_t) it = H(borrow_request)(made.it);
    H(method_request_set_method)(it, &(H(method_t)){.tag = method});
    H(method_request_set_scheme)(it, &(H(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTP});
    H(method_request_set_authority)(it, &where);
    H(method_request_set_path_with_query)(it, &what);
    return made;
}

static wasi_http_client_result_own_response_error_code_t answer;
static uint32_t sending; // a subtask; 0: it has returned

static void send(request *it)
{
    uint32_t status = wasi_http_client_send(it->it, &answer);
    sending = MESSAGES_SUBTASK_HANDLE(status);
}

// The same with a body, all of it; `is_heard`: it says whether that is taken.
static void put(request *it, const char *text, bool is_heard)
{
    send(it);
    if (is_heard)
        write(it->body, text);
    else
        write_unheard(it->body, text);
    STREAM(drop_writable)(it->body);
    end_trailers(it->trailers);
}

static void say_answer(void)
{
    while (sending && waited(sending, MESSAGES_WAITABLE_STATUS_BLOCKED) < MESSAGES_SUBTASK_RETURNED)
        continue;
    if (sending)
        messages_subtask_drop(sending);
    if (answer.is_err)
        say_number("the answer", "error ", answer.val.err.tag);
    else
        say_number("the answer", "status ",
                   H(method_response_get_status_code)(H(borrow_response)(answer.val.ok)));
}

// The response's body, of which it says what it is, and its trailers.
typedef struct {
    uint32_t body, trailers, read;
    uint32_t sent; // of the request; 0: that has been read
} content;

static content consume(uint32_t sent)
{
    content it = {.sent = sent};
    H(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) both;
    H(static_response_consume_body)(answer.val.ok, RESULT(new)(&it.read), &both);
    it.body = both.f0;
    it.trailers = both.f1;
    return it;
}

static void say_body(const content *it)
{
    char text[256];
    uint32_t at = 0, status;
    do {
        status = waited(it->body, STREAM(read)(it->body, (uint8_t *)text + at, sizeof text - 1 - at));
        at += MESSAGES_WAITABLE_COUNT(status);
    } while (MESSAGES_WAITABLE_STATE(status) == MESSAGES_WAITABLE_COMPLETED && at < sizeof text - 1);
    text[at] = 0;
    say("it says", text);
}

static void leave(const content *it)
{
    H(result_void_error_code_t) fine = {0};
    if (it->body)
        STREAM(drop_readable)(it->body);
    TRAILERS(drop_readable)(it->trailers);
    waited(it->read, RESULT(write)(it->read, &fine));
    RESULT(drop_writable)(it->read);
    if (it->sent)
        RESULT(drop_readable)(it->sent);
}

// Without a body, for the rest of a response that a case needs.
static content get(const char *path)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_GET, path, false, NULL);
    send(&it);
    end_trailers(it.trailers);
    say_answer();
    return consume(it.sent);
}

// ---- The cases ----

// An end that comes where another one was is not that one: the body of a response is gone, and the body of the
// next request is another.
static void other_end(void)
{
    for (int i = 0; i < 3; i++) {
        content page = get("/plain");
        say_body(&page);
        STREAM(drop_readable)(page.body);
        request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/echo", true, NULL);
        put(&it, "mine", true);
        say_answer();
        say_result("sent", it.sent);
        content echo = consume(0);
        say_body(&echo);
        leave(&echo);
        page.body = 0;
        leave(&page);
    }
}

// What is more than the length that was told is not sent. The server may have answered by then.
static void upload(const char *size, const char *first, const char *second, bool has_answer)
{
    size_t before;
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/echo", true, size);
    send(&it);
    write(it.body, first);
    before = length;
    if (second)
        write(it.body, second);
    STREAM(drop_writable)(it.body);
    end_trailers(it.trailers);
    say_answer();
    if (!has_answer)
        length = before;
    say_result("sent", it.sent);
    if (answer.is_err)
        return;
    content echo = consume(0);
    if (has_answer)
        say_body(&echo);
    leave(&echo);
}

static void whole(void)
{
    upload("8", "four", "more", true);
}

static void truncated(void)
{
    upload("10", "four", NULL, true);
}

static void too_long(void)
{
    upload("4", "four", "more", false);
}

static void trailers(void)
{
    content page = get("/trailers");
    say_body(&page);
    H(result_option_own_trailers_error_code_t) result = {0};
    waited(page.trailers, TRAILERS(read)(page.trailers, &result));
    say("trailers", result.is_err ? "error" : result.val.ok.is_some ? "some" : "none");
    H(result_option_own_trailers_error_code_free)(&result);
    leave(&page);
}

static void trailers_unread(void)
{
    content page = get("/trailers");
    say_body(&page);
    leave(&page);
}

static void body_unread(void)
{
    content page = get("/trailers");
    leave(&page);
}

static void body_of_get(const char *size)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_GET, "/echo", true, size);
    put(&it, "four", false);
    say_answer();
    say_result("sent", it.sent);
    content echo = consume(0);
    say_body(&echo);
    leave(&echo);
}

static void get_with_body(void)
{
    body_of_get(NULL);
}

static void get_with_length(void)
{
    body_of_get("4");
}

static void unsent(request *it)
{
    H(request_drop_own)(it->it);
    end_trailers(it->trailers);
    say_result("sent", it->sent);
}

static void texts(void)
{
    static const struct {
        const char *text;
        size_t length;
    } methods[] = {{"GET", 3}, {"A\0B", 3}, {"\0", 1}, {"", 0}, {"A B", 3}, {"MKCOL", 5}};
    request it = new_request(WASI_HTTP_TYPES_METHOD_GET, "/", false, NULL);
    H(borrow_request_t) made = H(borrow_request)(it.it);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        H(method_t)
        other = {.tag = WASI_HTTP_TYPES_METHOD_OTHER,
                 .val.other = {(uint8_t *)(uintptr_t)methods[i].text, methods[i].length}};
        say_number("method", H(method_request_set_method)(made, &other) ? "ok " : "refused ", (uint32_t)i);
        messages_string_t path = {(uint8_t *)(uintptr_t)methods[i].text, methods[i].length};
        say_number("path", H(method_request_set_path_with_query)(made, &path) ? "ok " : "refused ",
                   (uint32_t)i);
        say_number("authority", H(method_request_set_authority)(made, &path) ? "ok " : "refused ", (uint32_t)i);
        H(scheme_t) scheme = {.tag = WASI_HTTP_TYPES_SCHEME_OTHER, .val.other = path};
        say_number("scheme", H(method_request_set_scheme)(made, &scheme) ? "ok " : "refused ", (uint32_t)i);
    }
    unsent(&it);
}

static void refused(void)
{
    messages_string_t nowhere = text_of("127.0.0.1:1");
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/", true, NULL);
    H(method_request_set_authority)(H(borrow_request)(it.it), &nowhere);
    put(&it, "four", false);
    say_answer();
    say_result("sent", it.sent);
}

static void cancel(void)
{
    say_number("cancel", "state ", messages_subtask_cancel(sending));
    messages_subtask_drop(sending);
}

// Cancelled when all of it is there.
static void cancelled_late(void)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/silent", true, NULL);
    put(&it, "four", true);
    uint32_t late = sending;
    content heard = get("/heard");
    leave(&heard);
    sending = late;
    cancel();
    say_result("sent", it.sent);
}

// The server goes without an answer, or within it.
static void unanswered(void)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/gone", true, NULL);
    put(&it, "four", true);
    say_answer();
    say_result("sent", it.sent);
}

static void answer_cut(void)
{
    content page = get("/cut");
    say_body(&page);
    say_result("sent", page.sent);
    page.sent = 0;
    H(result_option_own_trailers_error_code_t) result = {0};
    waited(page.trailers, TRAILERS(read)(page.trailers, &result));
    if (result.is_err)
        say_number("trailers", "error ", result.val.err.tag);
    H(result_option_own_trailers_error_code_free)(&result);
    leave(&page);
}

// Cancelled in the middle of the body.
static void cancelled_within(void)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/silent", true, NULL);
    send(&it);
    write(it.body, "four");
    cancel();
    write_unheard(it.body, "more");
    STREAM(drop_writable)(it.body);
    end_trailers(it.trailers);
    say_result("sent", it.sent);
}

static void cancelled_at_once(void)
{
    request it = new_request(WASI_HTTP_TYPES_METHOD_POST, "/silent", true, NULL);
    send(&it);
    cancel();
    write_unheard(it.body, "four");
    STREAM(drop_writable)(it.body);
    end_trailers(it.trailers);
    say_result("sent", it.sent);
}

typedef struct {
    weft_coro co;
    uint32_t i;
} messages;

#define CASE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {CASE(other_end),       CASE(whole),           CASE(truncated),        CASE(too_long),
             CASE(trailers),        CASE(trailers_unread), CASE(body_unread),      CASE(get_with_body),
             CASE(get_with_length), CASE(texts),           CASE(refused),          CASE(unanswered),
             CASE(answer_cut),      CASE(cancelled_late),  CASE(cancelled_within), CASE(cancelled_at_once)};

WEFT_ASYNC(messages)
{
    WEFT_BEGIN;
    weft_format(authority, sizeof authority, "127.0.0.1:%.*s", WEFT_TEXT_ARGUMENTS(weft_argument(1)));
    for (self->i = 0; self->i < sizeof cases / sizeof *cases; self->i++) {
        length = 0;
        if (weft_argument_count() > 2 && !weft_text_equal_z(weft_argument(2), cases[self->i].name))
            continue;
        cases[self->i].run();
        WEFT_TRY(weft_stdout(), weft_printf(co, "-- %s\n%s", cases[self->i].name, said));
    }
    WEFT_END;
}
WEFT_COMMAND(messages);
