// Requests, responses and the options of requests, of wasi:http.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                      "CONNECT", "OPTIONS", "TRACE", "PATCH"};
static const char *const schemes[] = {"HTTP", "HTTPS"};
enum { METHODS = 9, SCHEMES = 2 };

// ---- Their lives ----

static void free_message(weft_world__job *job)
{
    http_message *it = (http_message *)job;
    free(it->method);
    free(it->path);
    free(it->authority);
    free(it->scheme);
    free(it);
}

http_message *weft_world__message_new(weft_world *world, http_fields *headers)
{
    http_message *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    weft_world__job_begin(world, &it->job, free_message);
    it->world = world;
    it->headers = headers;
    headers->immutable = true;
    return it;
}

static void release_options(http_options *it)
{
    if (it && !--it->references)
        weft_world__job_end(&it->job);
}

void weft_world__message_free(http_message *it)
{
    if (it->from && it->from->message == it)
        it->from->message = NULL;
    if (it->from)
        weft_world__exchange_release(it->from);
    weft_world__fields_release(it->headers);
    release_options(it->options);
    weft_world__job_end(&it->job);
}

void weft_world__message_drop(http_message *it)
{
    if (it->body)
        weft_sim_end_drop(it->body);
    if (it->trailers)
        weft_sim_end_drop(it->trailers);
    if (it->sent)
        weft_world__tell_sent(it, NULL);
    if (it->from)
        weft_world__exchange_unwanted(it->from);
    weft_world__message_free(it);
}

void weft_world__http_drop(const char *name, uint32_t rep)
{
    void *object = (void *)(uintptr_t)rep;
    if (!strcmp(name, "fields"))
        weft_world__fields_release(object);
    else if (!strcmp(name, "request-options"))
        release_options(object);
    else
        weft_world__message_drop(object);
}

static http_message *of(const weft_sim_value *value)
{
    return weft_world__object(value);
}

// [static]request.new and [static]response.new
static void new(weft_sim_call *call, void *data)
{
    const weft_sim_func *func = weft_sim_call_func(call);
    weft_sim_value *args = weft_sim_call_start(call);
    http_message *it = weft_world__message_new(data, weft_world__object(&args[0]));
    it->instance = weft_sim_call_caller(call);
    it->status = 200;
    it->body = args[1].which ? weft_sim_value_end(args[1].payload) : NULL;
    it->trailers = weft_sim_value_end(&args[2]);
    it->trailers_type = func->params[2].type;
    it->from = it->body ? weft_world__exchange_of(it->body) : NULL;
    if (it->from) { // it brings its own trailers
        it->from->references++;
        weft_world__exchange_tell_nothing(it->from);
        weft_sim_end_drop(it->trailers);
        it->trailers = NULL;
    }
    if (func->param_count > 3) {
        it->method = strdup("GET");
        if (args[3].which) {
            it->options = weft_world__object(args[3].payload);
            it->options->immutable = true;
        }
    }
    it->sent_type = func->result->parts[1].type;
    weft_sim_value both = weft_sim_items_value(it->instance, 2);
    both.items[0] = weft_world__object_value(it->instance, func->result->parts[0].type->resource, it);
    both.items[1].handle = weft_sim_stream_make(it->instance, it->sent_type, &it->sent);
    weft_sim_call_return(call, &both);
}

static void consume_body(weft_sim_call *call, void *data)
{
    const weft_sim_func *func = weft_sim_call_func(call);
    const weft_sim_part *parts = func->result->parts;
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value *args = weft_sim_call_start(call);
    http_message *it = of(&args[0]);
    weft_sim_end *what_came_of_it = weft_sim_value_end(&args[1]), *writer;
    weft_sim_value both = weft_sim_items_value(instance, 2);
    weft_world__pass_on(data, what_came_of_it, func->params[1].type, it->sent, it->sent_type);
    if (!it->body && it->from) {
        it->body = weft_world__exchange_body(it->from, instance, parts[0].type);
    } else if (!it->body) {
        it->body = weft_sim_stream_make(instance, parts[0].type, &writer);
        weft_sim_end_drop(writer);
    }
    both.items[0].handle = it->body;
    if (it->from) {
        it->from->instance = instance;
        it->from->trailers_type = parts[1].type;
        it->trailers = weft_sim_stream_make(instance, parts[1].type, &it->from->trailers);
        weft_world__exchange_told(it->from);
    }
    both.items[1].handle = it->trailers;
    weft_world__message_free(it);
    weft_sim_call_return(call, &both);
}

// ---- What they are made of ----

static void get_headers(weft_sim_call *call, void *data)
{
    (void)data;
    http_message *it = of(weft_sim_call_start(call));
    it->headers->references++;
    weft_sim_value value = weft_world__object_value(weft_sim_call_caller(call),
                                                    weft_sim_call_func(call)->result->resource, it->headers);
    weft_sim_call_return(call, &value);
}

static void get_options(weft_sim_call *call, void *data)
{
    (void)data;
    http_message *it = of(weft_sim_call_start(call));
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->element->resource;
    weft_sim_value value = {.which = it->options != NULL};
    if (it->options) {
        it->options->references++;
        value.payload = weft_world__boxed(instance, weft_world__object_value(instance, resource, it->options));
    }
    weft_sim_call_return(call, &value);
}

static void get_status(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value value = {.number = of(weft_sim_call_start(call))->status};
    weft_sim_call_return(call, &value);
}

static void set_status(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    uint64_t status = args[1].number;
    weft_sim_value result = {.which = status < 100 || status > 599};
    if (!result.which)
        of(&args[0])->status = (uint16_t)status;
    weft_sim_call_return(call, &result);
}

// The case of a variant whose last is other(string).
static weft_sim_value named(weft_sim_instance *instance, const char *text, const char *const *names,
                            uint32_t count)
{
    weft_sim_value value = {0};
    while (value.which < count && strcmp(names[value.which], text) != 0)
        value.which++;
    if (value.which == count)
        value.payload = weft_world__boxed(instance, weft_sim_text_value(instance, text));
    return value;
}

// For one that has a NUL, one that is valid nowhere.
static char *text_named(const weft_sim_value *value, const char *const *names, uint32_t count)
{
    if (value->which < count)
        return strdup(names[value->which]);
    char *text = weft_world__copy(value->payload->bytes, value->payload->count);
    if (strlen(text) < value->payload->count)
        strcpy(text, " ");
    return text;
}

// An option of a text.
static void answer_text(weft_sim_call *call, const char *text)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value value = {.which = text != NULL};
    if (text)
        value.payload = weft_world__boxed(instance, weft_sim_text_value(instance, text));
    weft_sim_call_return(call, &value);
}

// A text in the place of the one that there was, if it is valid.
static void change_text(weft_sim_call *call, char **text, char *to, bool is_valid)
{
    weft_sim_value result = {.which = !is_valid};
    if (is_valid) {
        free(*text);
        *text = to;
    } else {
        free(to);
    }
    weft_sim_call_return(call, &result);
}

static void get_method(weft_sim_call *call, void *data)
{
    (void)data;
    http_message *it = of(weft_sim_call_start(call));
    weft_sim_value value = named(weft_sim_call_caller(call), it->method, methods, METHODS);
    weft_sim_call_return(call, &value);
}

static void set_method(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *text = text_named(&args[1], methods, METHODS);
    change_text(call, &of(&args[0])->method, text, weft_world__is_token(text, strlen(text)));
}

static void get_path(weft_sim_call *call, void *data)
{
    (void)data;
    answer_text(call, of(weft_sim_call_start(call))->path);
}

// Without what stands behind a '#'.
static void set_path(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *text = args[1].which ? weft_world__copy(args[1].payload->bytes, args[1].payload->count) : NULL;
    bool is_valid =
        !text || ((!*text || *text == '/' || *text == '?') && strlen(text) == args[1].payload->count);
    if (text)
        text[strcspn(text, "#")] = 0;
    for (const char *at = text; at && *at; at++)
        is_valid = is_valid && (unsigned char)*at > ' ' && *at != 0x7f && !strchr("<>\\^`", *at);
    change_text(call, &of(&args[0])->path, text, is_valid);
}

static void get_scheme(weft_sim_call *call, void *data)
{
    (void)data;
    http_message *it = of(weft_sim_call_start(call));
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value value = {.which = it->scheme != NULL};
    if (it->scheme)
        value.payload = weft_world__boxed(instance, named(instance, it->scheme, schemes, SCHEMES));
    weft_sim_call_return(call, &value);
}

static void set_scheme(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *text = args[1].which ? text_named(args[1].payload, schemes, SCHEMES) : NULL;
    bool is_valid = !text || !*text || isalpha((unsigned char)*text);
    for (const char *at = text; at && *at; at++)
        is_valid = is_valid && (isalnum((unsigned char)*at) || strchr("+-.", *at));
    change_text(call, &of(&args[0])->scheme, text, is_valid);
}

static void get_authority(weft_sim_call *call, void *data)
{
    (void)data;
    answer_text(call, of(weft_sim_call_start(call))->authority);
}

static void set_authority(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *text = args[1].which ? weft_world__copy(args[1].payload->bytes, args[1].payload->count) : NULL;
    bool is_valid = !text || (*text && strlen(text) == args[1].payload->count);
    for (const char *at = text; at && *at; at++)
        is_valid = is_valid && (isalnum((unsigned char)*at) || strchr("-._~:[]@!$&'()*+,;=%", *at));
    const char *port = text ? strrchr(text, ':') : NULL;
    is_valid = is_valid && (!port || strchr(port, ']') || strspn(port + 1, "0123456789") == strlen(port + 1));
    change_text(call, &of(&args[0])->authority, text, is_valid);
}

// ---- Options ----

static http_options *options_of(const weft_sim_value *value)
{
    return weft_world__object(value);
}

static weft_sim_value options_value(weft_sim_call *call, weft_world *world, http_options from)
{
    http_options *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = from;
    weft_world__job_begin(world, &it->job, NULL);
    it->references = 1;
    it->immutable = false;
    return weft_world__object_value(weft_sim_call_caller(call), weft_sim_call_func(call)->result->resource, it);
}

static void options_constructor(weft_sim_call *call, void *data)
{
    http_options none = {.timeouts = {UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    weft_world__answer(call, options_value(call, data, none));
}

static void options_clone(weft_sim_call *call, void *data)
{
    weft_sim_value value = options_value(call, data, *options_of(weft_sim_call_start(call)));
    weft_sim_call_return(call, &value);
}

static void get_timeout(weft_sim_call *call, int which)
{
    uint64_t timeout = options_of(weft_sim_call_start(call))->timeouts[which];
    weft_sim_value value = {.which = timeout != UINT64_MAX};
    if (value.which)
        value.payload = weft_world__boxed(weft_sim_call_caller(call), (weft_sim_value){.number = timeout});
    weft_sim_call_return(call, &value);
}

static void set_timeout(weft_sim_call *call, int which)
{
    weft_sim_value *args = weft_sim_call_start(call), result = {0};
    http_options *it = options_of(&args[0]);
    if (it->immutable)
        result = weft_world__failure(weft_sim_call_caller(call), weft_sim_call_func(call)->result, "immutable");
    else
        it->timeouts[which] = args[1].which ? args[1].payload->number : UINT64_MAX;
    weft_sim_call_return(call, &result);
}

#define TIMEOUT(name, which)                                                                                   \
    static void get_##name(weft_sim_call *call, void *data)                                                    \
    {                                                                                                          \
        (void)data;                                                                                            \
        get_timeout(call, which);                                                                              \
    }                                                                                                          \
    static void set_##name(weft_sim_call *call, void *data)                                                    \
    {                                                                                                          \
        (void)data;                                                                                            \
        set_timeout(call, which);                                                                              \
    }
TIMEOUT(connect, CONNECT_TIMEOUT)
TIMEOUT(first_byte, FIRST_BYTE_TIMEOUT)
TIMEOUT(between_bytes, BETWEEN_BYTES_TIMEOUT)

static const char types[] = "wasi:http/types";

const weft_world__row weft_world__http_messages[] = WEFT_WORLD__ROWS(
    {types, "[static]request.new", new}, {types, "[static]response.new", new},
    {types, "[static]request.consume-body", consume_body},
    {types, "[static]response.consume-body", consume_body}, {types, "[method]request.get-headers", get_headers},
    {types, "[method]response.get-headers", get_headers}, {types, "[method]request.get-options", get_options},
    {types, "[method]request.get-method", get_method}, {types, "[method]request.set-method", set_method},
    {types, "[method]request.get-path-with-query", get_path},
    {types, "[method]request.set-path-with-query", set_path}, {types, "[method]request.get-scheme", get_scheme},
    {types, "[method]request.set-scheme", set_scheme}, {types, "[method]request.get-authority", get_authority},
    {types, "[method]request.set-authority", set_authority},
    {types, "[method]response.get-status-code", get_status},
    {types, "[method]response.set-status-code", set_status},
    {types, "[constructor]request-options", options_constructor},
    {types, "[method]request-options.clone", options_clone},
    {types, "[method]request-options.get-connect-timeout", get_connect},
    {types, "[method]request-options.set-connect-timeout", set_connect},
    {types, "[method]request-options.get-first-byte-timeout", get_first_byte},
    {types, "[method]request-options.set-first-byte-timeout", set_first_byte},
    {types, "[method]request-options.get-between-bytes-timeout", get_between_bytes},
    {types, "[method]request-options.set-between-bytes-timeout", set_between_bytes});
