// Fields of wasi:http: names and values, by the rules that wasmtime has for them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// What one fields may take, and a name and a value of it beside their own bytes.
enum { MOST = 128 * 1024, OF_NAME = 32, OF_VALUE = 40, LONGEST_NAME = 65535 };

static void free_fields(weft_world__job *job)
{
    http_fields *it = (http_fields *)job;
    for (uint32_t i = 0; i < it->count; i++) {
        free(it->items[i].name);
        free(it->items[i].value);
    }
    free(it->items);
    free(it);
}

http_fields *weft_world__fields_new(weft_world *world)
{
    http_fields *it = calloc(1, sizeof *it);
    if (!it)
        abort();
    weft_world__job_begin(world, &it->job, free_fields);
    it->references = 1;
    return it;
}

void weft_world__fields_release(http_fields *it)
{
    if (it && !--it->references)
        weft_world__job_end(&it->job);
}

char *weft_world__copy(const char *bytes, size_t count)
{
    char *text = malloc(count + 1);
    if (!text)
        abort();
    if (count)
        memcpy(text, bytes, count);
    text[count] = 0;
    return text;
}

// Behind the last item of that name; 0 if there is none.
static uint32_t place_of(const http_fields *it, const char *name)
{
    uint32_t at = it->count;
    while (at && strcmp(it->items[at - 1].name, name) != 0)
        at--;
    return at;
}

static uint32_t added_size(const http_fields *it, const char *name, size_t length)
{
    return OF_VALUE + (uint32_t)length + (place_of(it, name) ? 0 : OF_NAME + (uint32_t)strlen(name));
}

static char *name_of(const char *bytes, size_t length)
{
    char *name = weft_world__copy(bytes, length);
    for (size_t i = 0; i < length; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    return name;
}

void weft_world__fields_add(http_fields *it, const char *name, size_t name_length, const char *value,
                            size_t length)
{
    if (it->count == it->capacity) {
        it->capacity = it->capacity ? 2 * it->capacity : 8;
        it->items = realloc(it->items, it->capacity * sizeof *it->items);
        if (!it->items)
            abort();
    }
    http_field field = {name_of(name, name_length), weft_world__copy(value, length), (uint32_t)length};
    it->size += added_size(it, field.name, length);
    uint32_t at = place_of(it, field.name);
    if (!at)
        at = it->count;
    memmove(it->items + at + 1, it->items + at, (it->count - at) * sizeof *it->items);
    it->items[at] = field;
    it->count++;
}

const http_field *weft_world__fields_find(const http_fields *it, const char *name)
{
    for (uint32_t i = 0; i < it->count; i++)
        if (!strcmp(it->items[i].name, name))
            return &it->items[i];
    return NULL;
}

bool weft_world__fields_lists(const http_fields *it, const char *name, const char *token)
{
    static const char between[] = ", \t";
    for (uint32_t i = 0; i < it->count; i++) {
        if (strcmp(it->items[i].name, name) != 0)
            continue;
        for (const char *at = it->items[i].value; *(at += strspn(at, between));) {
            size_t length = strcspn(at, between);
            if (length == strlen(token) && !strncasecmp(at, token, length))
                return true;
            at += length;
        }
    }
    return false;
}

static void erase(http_fields *it, const char *name)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < it->count; i++) {
        http_field *field = &it->items[i];
        if (strcmp(field->name, name) != 0) {
            it->items[kept++] = *field;
            continue;
        }
        it->size -= OF_VALUE + field->length;
        if (i + 1 == it->count || strcmp(it->items[i + 1].name, name) != 0)
            it->size -= OF_NAME + (uint32_t)strlen(name);
        free(field->name);
        free(field->value);
    }
    it->count = kept;
}

static bool is_forbidden(const char *name)
{
    static const char *const all[] = {
        "connection",        "keep-alive", "proxy-connection",    "proxy-authenticate",
        "transfer-encoding", "upgrade",    "proxy-authorization", "host",
        "http2-settings"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i]))
            return true;
    return false;
}

http_fields *weft_world__fields_end_to_end(weft_world *world, http_fields *all)
{
    http_fields *kept = weft_world__fields_new(world);
    for (uint32_t i = 0; i < all->count; i++)
        if (!is_forbidden(all->items[i].name))
            weft_world__fields_add(kept, all->items[i].name, strlen(all->items[i].name), all->items[i].value,
                                   all->items[i].length);
    weft_world__fields_release(all);
    return kept;
}

bool weft_world__is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!text[i] || !(isalnum((unsigned char)text[i]) || strchr("!#$%&'*+-.^_`|~", text[i])))
            return false;
    return length;
}

static bool is_value(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f)
            return false;
    return true;
}

// ---- The calls. One that fails answers with a case of header-error. ----

static http_fields *of(const weft_sim_value *value)
{
    return weft_world__object(value);
}

static void answer_failure(weft_sim_call *call, const char *error)
{
    weft_sim_value value =
        weft_world__failure(weft_sim_call_caller(call), weft_sim_call_func(call)->result, error);
    weft_sim_call_return(call, &value);
}

// The name of an argument, in lower case; NULL if it is none.
static char *taken_name(const weft_sim_value *arg)
{
    bool is = weft_world__is_token(arg->bytes, arg->count) && arg->count <= LONGEST_NAME;
    return is ? name_of(arg->bytes, arg->count) : NULL;
}

// Why that cannot be changed, or NULL.
static const char *unchangeable(const http_fields *it, const char *name)
{
    if (!name)
        return "invalid-syntax";
    if (is_forbidden(name))
        return "forbidden";
    return it->immutable ? "immutable" : NULL;
}

// Why that is no value for the name, or NULL.
static const char *unfit(const char *name, const weft_sim_value *value)
{
    bool is_length = !strcmp(name, "content-length");
    bool fits = is_length ? value->count : is_value(value->bytes, value->count);
    for (uint32_t i = 0; is_length && i < value->count; i++)
        fits = fits && isdigit(((unsigned char *)value->bytes)[i]);
    return fits ? NULL : "invalid-syntax";
}

static const char *add(http_fields *it, const char *name, const weft_sim_value *value)
{
    if (it->size + added_size(it, name, value->count) > MOST)
        return "size-exceeded";
    weft_world__fields_add(it, name, strlen(name), value->bytes, value->count);
    return NULL;
}

static weft_sim_value value_of(weft_sim_call *call, const weft_sim_resource *resource, http_fields *it)
{
    return weft_world__object_value(weft_sim_call_caller(call), resource, it);
}

static void constructor(weft_sim_call *call, void *data)
{
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->resource;
    weft_world__answer(call, value_of(call, resource, weft_world__fields_new(data)));
}

static void from_list(weft_sim_call *call, void *data)
{
    weft_sim_value *args = weft_sim_call_start(call);
    http_fields *it = weft_world__fields_new(data);
    const char *error = NULL;
    for (uint32_t i = 0; !error && i < args[0].count; i++) {
        weft_sim_value *pair = args[0].items[i].items;
        char *name = taken_name(&pair[0]);
        error = unchangeable(it, name);
        if (!error)
            error = unfit(name, &pair[1]);
        if (!error)
            error = add(it, name, &pair[1]);
        free(name);
    }
    if (error) {
        weft_world__fields_release(it);
        answer_failure(call, error);
        return;
    }
    const weft_sim_resource *resource = weft_sim_call_func(call)->result->parts[0].type->resource;
    weft_sim_value result = {.payload =
                                 weft_world__boxed(weft_sim_call_caller(call), value_of(call, resource, it))};
    weft_sim_call_return(call, &result);
}

static weft_sim_value values_of(weft_sim_instance *instance, const http_fields *it, const char *name)
{
    uint32_t count = 0;
    for (uint32_t i = 0; name && i < it->count; i++)
        count += !strcmp(it->items[i].name, name);
    weft_sim_value list = weft_sim_items_value(instance, count);
    for (uint32_t i = it->count; count && i--;)
        if (!strcmp(it->items[i].name, name))
            list.items[--count] = weft_sim_bytes_value(instance, it->items[i].value, it->items[i].length);
    return list;
}

static void get(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *name = taken_name(&args[1]);
    weft_sim_value list = values_of(weft_sim_call_caller(call), of(&args[0]), name);
    free(name);
    weft_sim_call_return(call, &list);
}

static void has(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    char *name = taken_name(&args[1]);
    weft_sim_value value = {.number = name && weft_world__fields_find(of(&args[0]), name)};
    free(name);
    weft_sim_call_return(call, &value);
}

// By these values in the place of those that there are, or behind them.
static void change(weft_sim_call *call, bool erases, const weft_sim_value *values, uint32_t count)
{
    weft_sim_value *args = weft_sim_call_start(call), ok = {0};
    http_fields *it = of(&args[0]);
    char *name = taken_name(&args[1]);
    const char *error = unchangeable(it, name);
    for (uint32_t i = 0; !error && i < count; i++)
        error = unfit(name, &values[i]);
    if (!error && erases)
        erase(it, name);
    for (uint32_t i = 0; !error && i < count; i++)
        error = add(it, name, &values[i]);
    free(name);
    if (error)
        answer_failure(call, error);
    else
        weft_sim_call_return(call, &ok);
}

static void set(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    change(call, true, args[2].items, args[2].count);
}

static void append(weft_sim_call *call, void *data)
{
    (void)data;
    change(call, false, &weft_sim_call_start(call)[2], 1);
}

static void delete(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_call_start(call);
    change(call, true, NULL, 0);
}

static void get_and_delete(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value *args = weft_sim_call_start(call);
    http_fields *it = of(&args[0]);
    char *name = taken_name(&args[1]);
    const char *error = unchangeable(it, name);
    if (error) {
        free(name);
        answer_failure(call, error);
        return;
    }
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value result = {.payload = weft_world__boxed(instance, values_of(instance, it, name))};
    erase(it, name);
    free(name);
    weft_sim_call_return(call, &result);
}

static void copy_all(weft_sim_call *call, void *data)
{
    (void)data;
    const http_fields *it = of(weft_sim_call_start(call));
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value list = weft_sim_items_value(instance, it->count);
    for (uint32_t i = 0; i < it->count; i++) {
        list.items[i] = weft_sim_items_value(instance, 2);
        list.items[i].items[0] = weft_sim_text_value(instance, it->items[i].name);
        list.items[i].items[1] = weft_sim_bytes_value(instance, it->items[i].value, it->items[i].length);
    }
    weft_sim_call_return(call, &list);
}

static void clone(weft_sim_call *call, void *data)
{
    const http_fields *from = of(weft_sim_call_start(call));
    http_fields *it = weft_world__fields_new(data);
    for (uint32_t i = 0; i < from->count; i++)
        weft_world__fields_add(it, from->items[i].name, strlen(from->items[i].name), from->items[i].value,
                               from->items[i].length);
    weft_sim_value value = value_of(call, weft_sim_call_func(call)->result->resource, it);
    weft_sim_call_return(call, &value);
}

static const char types[] = "wasi:http/types";

const weft_world__row weft_world__http_fields[] = WEFT_WORLD__ROWS(
    {types, "[constructor]fields", constructor}, {types, "[static]fields.from-list", from_list},
    {types, "[method]fields.get", get}, {types, "[method]fields.has", has}, {types, "[method]fields.set", set},
    {types, "[method]fields.delete", delete}, {types, "[method]fields.get-and-delete", get_and_delete},
    {types, "[method]fields.append", append}, {types, "[method]fields.copy-all", copy_all},
    {types, "[method]fields.clone", clone});
