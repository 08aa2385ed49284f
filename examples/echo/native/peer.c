// The world around the echo service: resources are numbers, and each end of a stream or future has a script.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char types[] = "wasi:http/types@0.3.2", handler[] = "wasi:http/handler@0.3.2";

enum { DROPPED = 1, INTERNAL_ERROR = 38 }; // a status' low bits; a case of error-code

static const weft_sim_func *import_named(const char *name)
{
    for (uint32_t i = 0; i < peer_component.import_count; i++)
        if (!strcmp(peer_component.imports[i].name, name))
            return &peer_component.imports[i];
    fprintf(stderr, "peer: the component does not import %s\n", name);
    abort();
}

static weft_sim_value resource(peer *it, const char *name)
{
    for (uint32_t i = 0; i < peer_component.resource_count; i++)
        if (!strcmp(peer_component.resources[i]->name, name))
            return weft_sim_resource_value(it->service, peer_component.resources[i], 1);
    fprintf(stderr, "peer: the component does not import the resource %s\n", name);
    abort();
}

// ---- The ends, a script each ----

static void send_body(weft_sim *sim, void *data)
{
    (void)sim;
    peer *it = data;
    uint32_t length = (uint32_t)strlen(it->body), sent = 0;
    while (sent < length) {
        uint32_t chunk = it->chunk && it->chunk < length - sent ? it->chunk : length - sent;
        uint32_t status = weft_sim_end_copy(it->body_out, (char *)it->body + sent, chunk);
        sent += status >> 4;
        if ((status & 15) == DROPPED)
            break;
    }
    weft_sim_end_drop(it->body_out);
}

static void send_trailers(weft_sim *sim, void *data)
{
    (void)sim;
    peer *it = data;
    const weft_sim_type *type = import_named("[static]request.consume-body")->result->parts[1].type->element;
    weft_sim_value option = {0}, text, error = {0}, value = {0};
    weft_sim_value *payloads = weft_sim_items_value(it->service, 1).items;
    if (it->broken) {
        text = weft_sim_text_value(it->service, "the client's line was cut");
        *payloads = text;
        option = (weft_sim_value){.which = 1, .payload = payloads};
        error.which = INTERNAL_ERROR;
        error.payload = weft_sim_items_value(it->service, 1).items;
        *error.payload = option;
        value.which = 1;
        value.payload = weft_sim_items_value(it->service, 1).items;
        *value.payload = error;
    } else {
        if (it->trailers) {
            option.which = 1;
            option.payload = weft_sim_items_value(it->service, 1).items;
            *option.payload = resource(it, "fields");
        }
        *payloads = option;
        value.payload = payloads;
    }
    if ((weft_sim_end_copy(it->trailers_out, &value, 1) & 15) == DROPPED)
        weft_sim_value_free(type, &value); // or the service has it
    weft_sim_end_drop(it->trailers_out);
}

static void read_received(weft_sim *sim, void *data)
{
    (void)sim;
    peer *it = data;
    weft_sim_value value = {0};
    weft_sim_end_copy(it->received_in, &value, 1);
    weft_sim_end_drop(it->received_in);
    weft_sim_value_free(import_named("[static]request.consume-body")->params[1].type->element, &value);
}

static void send_sent(weft_sim *sim, void *data)
{
    (void)sim;
    peer *it = data;
    weft_sim_value value = {0};
    weft_sim_end_copy(it->sent_out, &value, 1);
    weft_sim_end_drop(it->sent_out);
}

static void read_response(weft_sim *sim, void *data)
{
    (void)sim;
    peer *it = data;
    char bytes[PEER_TEXT];
    uint32_t status = 0;
    for (uint32_t reads = 0; (status & 15) != DROPPED && !(it->hangs_up && reads == it->reads); reads++) {
        status = weft_sim_end_copy(it->body_in, bytes, it->room ? it->room : sizeof bytes);
        memcpy(it->echoed + it->echoed_count, bytes, status >> 4);
        it->echoed_count += status >> 4;
    }
    weft_sim_end_drop(it->body_in);
    if (!it->hangs_up)
        it->came = weft_sim_end_copy(it->trailers_in, &it->last, 1) == 0;
    it->error = it->last.which;
    weft_sim_end_drop(it->trailers_in);
}

// ---- What wasi:http/types answers ----

static void new_fields(weft_sim_call *call, void *data)
{
    weft_sim_call_start(call);
    weft_sim_value fields = resource(data, "fields");
    weft_sim_call_return(call, &fields);
}

static void get_field(weft_sim_call *call, void *data)
{
    weft_sim_call_start(call);
    weft_sim_value values = weft_sim_items_value(((peer *)data)->service, 1);
    values.items[0] = weft_sim_text_value(((peer *)data)->service, "x-count");
    weft_sim_call_return(call, &values);
}

static void set_field(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_call_start(call);
    weft_sim_value ok = {0};
    weft_sim_call_return(call, &ok);
}

static void consume_body(weft_sim_call *call, void *data)
{
    peer *it = data;
    const weft_sim_part *parts = weft_sim_call_func(call)->result->parts;
    weft_sim_value *args = weft_sim_call_start(call);
    it->received_in = weft_sim_value_end(&args[1]);
    weft_sim_value body = weft_sim_items_value(it->service, 2);
    body.items[0].handle = weft_sim_stream_make(it->service, parts[0].type, &it->body_out);
    body.items[1].handle = weft_sim_stream_make(it->service, parts[1].type, &it->trailers_out);
    weft_sim_call_return(call, &body);
    weft_sim_spawn(it->sim, send_body, it);
    weft_sim_spawn(it->sim, send_trailers, it);
    weft_sim_spawn(it->sim, read_received, it);
}

static void new_response(weft_sim_call *call, void *data)
{
    peer *it = data;
    const weft_sim_part *parts = weft_sim_call_func(call)->result->parts;
    weft_sim_value *args = weft_sim_call_start(call);
    it->body_in = weft_sim_value_end(args[1].payload);
    it->trailers_in = weft_sim_value_end(&args[2]);
    weft_sim_value response = weft_sim_items_value(it->service, 2);
    response.items[0] = resource(it, "response");
    response.items[1].handle = weft_sim_stream_make(it->service, parts[1].type, &it->sent_out);
    weft_sim_call_return(call, &response);
    weft_sim_spawn(it->sim, send_sent, it);
    weft_sim_spawn(it->sim, read_response, it);
}

void peer_request(weft_sim *sim, void *data)
{
    peer *it = data;
    it->sim = sim;
    weft_sim_answer(sim, types, "[constructor]fields", new_fields, it);
    weft_sim_answer(sim, types, "[method]request.get-headers", new_fields, it);
    weft_sim_answer(sim, types, "[method]fields.get", get_field, it);
    weft_sim_answer(sim, types, "[method]fields.set", set_field, it);
    weft_sim_answer(sim, types, "[static]request.consume-body", consume_body, it);
    weft_sim_answer(sim, types, "[static]response.new", new_response, it);

    weft_sim_value request = resource(it, "request");
    weft_sim_call *call = weft_sim_call_export(it->service, handler, "handle", &request);
    weft_sim_call_wait(call);
    weft_sim_call_free(call); // and with it the response, whose ends were taken out
    weft_sim_settle(sim);
    if (it->came)
        weft_sim_value_free(import_named("[static]response.new")->params[2].type->element, &it->last);
}

bool peer_is_clean(weft_sim *sim)
{
    const char *left = weft_sim_leftovers(sim), *end = strchr(left, '\n');
    return !*left || (end && !end[1] && strstr(left, ": waitable set "));
}
