// What a script needs that is a part of the world itself: it runs a component, waits for the outside, answers
// what the component asks by HTTP, and asks it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool weft_world_wait(weft_world *world, const char *what, int descriptor, short events, uint64_t timeout)
{
    uint64_t now = weft_world__now(world);
    uint64_t when = timeout < UINT64_MAX - now ? now + timeout : UINT64_MAX;
    weft_world__wait_for(world, what,
                         (weft_world__wait){.descriptor = descriptor, .events = events, .when = when});
    return descriptor >= 0 && weft_world__is_ready(descriptor, events);
}

// ---- A component and its script ----

static const weft_sim_export *export_of(const weft_sim_component *component, const char *interface)
{
    const weft_sim_export *export;
    for (uint32_t i = 0; (export = weft_sim_export_at(component, i)); i++)
        if (export->func.interface && !strncmp(export->func.interface, interface, strlen(interface)))
            return export;
    return NULL;
}

const weft_sim_export *weft_world_program(const weft_sim_component *component)
{
    return export_of(component, "wasi:cli/run@");
}

const weft_sim_export *weft_world__handler_of(const weft_sim_component *component)
{
    return export_of(component, "wasi:http/handler@");
}

bool weft_world_is_service(const weft_sim_component *component)
{
    return weft_world__handler_of(component);
}

bool weft_world_run(weft_sim_instance *instance, const weft_sim_component *component)
{
    weft_sim_call *call =
        weft_sim_call_export(instance, weft_world_program(component)->func.interface, "run", NULL);
    weft_sim_call_wait(call);
    bool is_well = !weft_sim_call_result(call)->which;
    weft_sim_call_free(call);
    return is_well;
}

static void run_test(weft_sim *sim, void *data)
{
    weft_world_test *test = data;
    test->script(test);
    weft_world_end(test->world);
    weft_sim_settle(sim);
    weft_sim_stop(sim);
}

static void take_over(const weft_world_test *test)
{
    const weft_sim_func *func;
    for (uint32_t i = 0; test->takes && (func = weft_sim_import_at(test->component, i)); i++)
        if (func->interface && weft_world__is_of(func->interface, test->takes) && func->is_async)
            weft_sim_answer(test->sim, func->interface, func->name, NULL, NULL);
}

int weft_world_test_run(weft_world_test *test)
{
    weft_sim_schedule schedule = {.seed = test->seed};
    weft_sim_options options = {0};
    weft_world_options outside = test->options;
    if (test->seed) {
        options = weft_sim_options_swarm(test->seed);
        options.no_memory = 0; // of which a program need not know
        outside.hold = options.hold;
        outside.seeded = true;
    }
    test->sim = weft_sim_new(&options, &schedule);
    test->world = weft_world_new(test->sim, &outside);
    test->instance = weft_sim_instantiate(test->sim, test->component);
    weft_world_answer(test->world, test->component);
    take_over(test);
    bool is_well = weft_sim_run(test->sim, run_test, test) == WEFT_SIM_STOPPED;
    int code;
    if (!weft_world_exited(test->world, &code))
        code = !is_well;
    code = code ? code : test->failed;
    fputs(weft_sim_report(test->sim), stderr);
    weft_world_free(test->world);
    weft_sim_free(test->sim);
    weft_sim_schedule_free(&schedule);
    return code;
}

const weft_sim_func *weft_world_import(const weft_sim_component *component, const char *name)
{
    const weft_sim_func *func;
    for (uint32_t i = 0; (func = weft_sim_import_at(component, i)) && strcmp(func->name, name) != 0;)
        i++;
    return func;
}

// ---- Messages of HTTP ----

typedef struct writing {
    weft_world__job job;
    weft_sim_end *to;
    size_t length;
    char bytes[];
} writing;

static void writes(weft_sim *sim, void *data)
{
    writing *it = data;
    uint32_t status = 0;
    (void)sim;
    for (size_t at = 0; at < it->length && (status & 15) != DROPPED; at += status >> 4)
        status = weft_sim_end_copy(it->to, it->bytes + at, (uint32_t)(it->length - at));
    weft_sim_end_drop(it->to);
    weft_world__job_end(&it->job);
}

// What a message is handed on by, if the component cannot ask for its body: a stream of bytes, and a future of
// no trailers.
static const weft_sim_part *ends_unasked(void)
{
    static const weft_sim_type none = {.kind = WEFT_SIM_OPTION, .name = "option<_>"};
    static const weft_sim_part cases[] = {{.type = &none}, {0}};
    static const weft_sim_type result = {
        .kind = WEFT_SIM_RESULT, .name = "result<option<_>>", .part_count = 2, .parts = cases};
    static const weft_sim_type trailers = {
        .kind = WEFT_SIM_FUTURE, .name = "future<result<option<_>>>", .element = &result};
    static const weft_sim_part parts[] = {{.type = &weft_world__bytes}, {.type = &trailers}};
    return parts;
}

// One that the component is to have: all of a body that it may ask for is there.
static http_message *given(weft_world *world, weft_sim_instance *instance, const weft_sim_func *consume,
                           const weft_world_http *from)
{
    http_fields *headers = weft_world__fields_new(world);
    for (const char *line = from->headers, *end; line && *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        const char *colon = memchr(line, ':', (size_t)(end - line));
        const char *value = colon ? colon + 1 + strspn(colon + 1, " ") : end;
        if (colon)
            weft_world__fields_add(headers, line, (size_t)(colon - line), value, (size_t)(end - value));
    }
    http_message *it = weft_world__message_new(world, weft_world__fields_end_to_end(world, headers));
    const weft_sim_part *parts = consume ? consume->result->parts : ends_unasked();
    size_t length = from->length ? from->length : from->body ? strlen(from->body) : 0;
    writing *body = malloc(sizeof *body + length);
    if (!body)
        abort();
    body->length = length;
    if (length)
        memcpy(body->bytes, from->body, length);
    it->body = weft_sim_stream_make(instance, parts[0].type, &body->to);
    weft_world__job_begin(world, &body->job, NULL);
    weft_sim_spawn_small(world->sim, writes, body);
    weft_sim_end *writer;
    it->trailers = weft_sim_stream_make(instance, parts[1].type, &writer);
    it->trailers_type = parts[1].type;
    weft_world__tell_no_trailers(world, instance, writer, it->trailers_type);
    return it;
}

// One that the component has given: blocks until it is whole, or who gives it wants no answer to `call`.
static weft_world_http taken(weft_world_test *test, http_message *from, http_framing framing, uint64_t length,
                             weft_sim_call *call)
{
    weft_world_http it = {.status = from->status};
    size_t size;
    FILE *headers = open_memstream(&it.headers, &size);
    if (!headers)
        abort();
    for (uint32_t i = 0; i < from->headers->count; i++)
        fprintf(headers, "%s: %.*s\n", from->headers->items[i].name, (int)from->headers->items[i].length,
                from->headers->items[i].value);
    fclose(headers);
    if (from->method) {
        it.method = strdup(from->method);
        it.authority = strdup(from->authority ? from->authority : "");
        it.path = strdup(from->path ? from->path : "/");
    }
    if (from->from)
        from->instance = test->instance;
    const char *told;
    http_connection *to = weft_world__connection_new(test->world, -1);
    to->call = call;
    if (call)
        weft_sim_call_rings(call, &to->bell);
    it.error = weft_world__send_body(to, from, framing == HTTP_CHUNKED ? HTTP_UNTIL_CLOSE : framing, length,
                                     false, &told);
    if (call)
        weft_sim_call_rings(call, NULL);
    it.length = to->out_length;
    it.body = weft_world__copy(to->out, to->out_length);
    weft_world__connection_release(to);
    return it;
}

void weft_world_http_free(weft_world_http *it)
{
    free(it->method);
    free(it->authority);
    free(it->path);
    free(it->headers);
    free(it->body);
    *it = (weft_world_http){0};
}

weft_sim_call *weft_world_accept(weft_world_test *test, weft_world_http *request)
{
    const weft_sim_func *send = weft_world_import(test->component, "send");
    weft_sim_call *call = weft_sim_accept(test->sim, send->interface, send->name);
    http_message *it = weft_world__object(weft_sim_call_start(call));
    uint64_t length;
    http_framing framing = weft_world__framing_of_request(it, &length);
    *request = taken(test, it, framing, length, call);
    return call;
}

void weft_world_respond(weft_world_test *test, weft_sim_call *call, const weft_world_http *response)
{
    const weft_sim_type *result = weft_sim_call_func(call)->result;
    if (weft_sim_call_cancel_asked(call)) {
        weft_sim_call_cancelled(call);
    } else if (response->error) {
        weft_world__answer_result(call, response->error, NULL);
    } else {
        const weft_sim_func *consume = weft_world_import(test->component, "[static]response.consume-body");
        http_message *it = given(test->world, test->instance, consume, response);
        it->status = response->status ? response->status : 200;
        weft_sim_value ok = weft_world__object_value(test->instance, result->parts[0].type->resource, it);
        weft_world__answer_result(call, NULL, &ok);
    }
}

weft_world_http weft_world_ask(weft_world_test *test, const weft_world_http *request)
{
    const weft_sim_func *consume = weft_world_import(test->component, "[static]request.consume-body");
    const weft_sim_func *handle = &weft_world__handler_of(test->component)->func;
    http_message *it = given(test->world, test->instance, consume, request);
    it->method = strdup(request->method ? request->method : "GET");
    it->path = strdup(request->path ? request->path : "/");
    if (request->authority) { // as one that names its whole address
        it->authority = strdup(request->authority);
        it->scheme = strdup("HTTP");
    }
    weft_sim_value argument = weft_world__object_value(test->instance, handle->params[0].type->resource, it);
    weft_sim_call *call = weft_sim_call_export(test->instance, handle->interface, handle->name, &argument);
    weft_sim_call_wait(call);
    weft_sim_value *result = weft_sim_call_result(call);
    weft_world_http response = {0};
    if (result->which) {
        response.error = handle->result->parts[1].type->parts[result->payload->which].name;
    } else {
        uint64_t length;
        http_message *from = weft_world__object(result->payload);
        bool to_head = request->method && !strcmp(request->method, "HEAD");
        http_framing framing = weft_world__framing_of_response(from, to_head, false, &length);
        if (weft_world__may_be_sent(from)) {
            response = taken(test, from, framing, length, NULL);
        } else {
            weft_world__message_drop(from);
            response = (weft_world_http){.status = 500, .headers = strdup(""), .body = strdup("")};
        }
    }
    weft_sim_call_free(call);
    return response;
}
