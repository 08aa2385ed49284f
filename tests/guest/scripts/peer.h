// What the peers of the scripted topics share: the gate, the log, and the exports that a runner controls them
// by.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Included after weft_script.h or raw_script.h and callee.h. Set PEER(x) to the export's prefix before. One
// script runs at a time.
#ifndef PEER_H
#define PEER_H

static uint32_t peer_gates, peer_stands;
static script *peer_script; // at a gate

static void script_stands(uint32_t where)
{
    peer_stands = where;
}

static bool script_waits(script *self, bool again)
{
    if (*self->at != '|') { // pushed past its gate, or a step that does not exist
        if (!again)
            __builtin_trap();
        return false;
    }
    peer_stands = STANDS_AT_GATE;
    peer_script = self;
    if (!peer_gates)
        return true;
    peer_gates--;
    peer_stands = STANDS_NOWHERE;
    self->at++;
    return false;
}

uint64_t PEER(probe)(void)
{
    if (check_text[0]) // what it is, log tells
        __builtin_trap();
    return probe() + payload_live;
}

void PEER(sort)(uint32_t handles)
{
    sort_handles(handles);
}

uint32_t PEER(live)(void)
{
    return payload_live;
}

uint32_t PEER(standing)(void)
{
    return peer_stands;
}

void PEER(open)(void)
{
    peer_gates++;
    peer_stands = STANDS_NOWHERE;
}

void PEER(push)(void)
{
    peer_stands = STANDS_NOWHERE;
    peer_script->at++;
#ifdef WEFT_H
    while (script_do(peer_script, &peer_script->co))
        continue;
#else
    while (script_do(peer_script))
        continue;
#endif
}

void PEER(log)(callee_string_t *text)
{
    if (script_cleanup)
        script_cleanup();
    const char *shown = check_text[0] ? check_text : script_log;
    text->len = strlen(shown);
    text->ptr = NULL;
    if (text->len) // the memory of an empty text would not be freed
        text->ptr = memcpy(malloc(text->len), shown, text->len);
    script_log[0] = 0;
}

enum { SCRIPT_LENGTH_MAX = 40 };

// Copies a script that came as a parameter, and frees what it is in.
static const char *peer_copy(char to[SCRIPT_LENGTH_MAX], const callee_string_t *text)
{
    if (text->len >= SCRIPT_LENGTH_MAX)
        __builtin_trap();
    if (text->len) {
        memcpy(to, text->ptr, text->len);
        payload_free(text->ptr);
    }
    to[text->len] = 0;
    return to;
}

#ifdef WEFT_H

typedef struct {
    weft_coro co;
    script script;
    uint32_t handle;
    char text[SCRIPT_LENGTH_MAX];
} peer_task;

// The exports take-<name>, which gets the readable end, and make-<name>, which returns it.
#define PEER_EXPORTS(name)                                                                                     \
    static weft_stepped take_##name##_run(weft_coro *co)                                                       \
    {                                                                                                          \
        peer_task *self = weft_frame(co, peer_task);                                                           \
        WEFT_BEGIN;                                                                                            \
        name##_kind.wrap(&self->script.end, self->handle);                                                     \
        PEER_RETURN_VOID(co, PEER(take_##name));                                                               \
        WEFT_AWAIT(weft_call(co, &self->script.co, script_run));                                               \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }                                                                                                          \
    PEER_EXPORT(PEER(take_##name), peer_task, take_##name##_run, (uint32_t end, callee_string_t *text),        \
                self->handle = end, self->script.kind = &name##_kind,                                          \
                self->script.at = peer_copy(self->text, text));                                                \
    static weft_stepped make_##name##_run(weft_coro *co)                                                       \
    {                                                                                                          \
        peer_task *self = weft_frame(co, peer_task);                                                           \
        WEFT_BEGIN;                                                                                            \
        self->handle = name##_kind.make(&self->script.end);                                                    \
        PEER_RETURN(co, PEER(make_##name), self->handle);                                                      \
        WEFT_AWAIT(weft_call(co, &self->script.co, script_run));                                               \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }                                                                                                          \
    PEER_EXPORT(PEER(make_##name), peer_task, make_##name##_run, (callee_string_t * text),                     \
                self->script.kind = &name##_kind, self->script.writes = true,                                  \
                self->script.at = peer_copy(self->text, text))

// PEER(x) has to be expanded before it is pasted.
#define PEER_EXPORT(...) WEFT_EXPORT_STEP(callee, __VA_ARGS__)
#define PEER_RETURN(...) WEFT_RETURN(__VA_ARGS__)
#define PEER_RETURN_VOID(...) WEFT_RETURN_VOID(__VA_ARGS__)

#else

typedef struct {
    script script;
    char text[SCRIPT_LENGTH_MAX];
} peer_task;

static callee_callback_code_t peer_run(peer_task *self, uint32_t event, uint32_t waitable, uint32_t code)
{
    uint32_t answer = script_run(&self->script, event, waitable, code);
    if (answer == WEFT_CALLBACK_EXIT)
        free(self);
    return answer;
}

static callee_callback_code_t peer_callback(callee_event_t *event)
{
    return peer_run(callee_context_get_0(), event->event, event->waitable, event->code);
}

static peer_task *peer_start(const callee_string_t *text)
{
    peer_task *self = calloc(1, sizeof *self);
    callee_context_set_0(self);
    peer_copy(self->text, text);
    return self;
}

// The exports take-<name>, which gets the readable end, and make-<name>, which returns it.
#define PEER_EXPORTS(name)                                                                                     \
    callee_callback_code_t PEER(take_##name)(uint32_t end, callee_string_t *text)                              \
    {                                                                                                          \
        peer_task *self = peer_start(text);                                                                    \
        self->script = (script){.kind = &name##_kind, .handle = end, .length = 1, .at = self->text};           \
        PEER(take_##name##_return)();                                                                          \
        return peer_run(self, WEFT_EVENT_NONE, 0, 0);                                                          \
    }                                                                                                          \
    callee_callback_code_t PEER(take_##name##_callback)(callee_event_t * event)                                \
    {                                                                                                          \
        return peer_callback(event);                                                                           \
    }                                                                                                          \
    callee_callback_code_t PEER(make_##name)(callee_string_t * text)                                           \
    {                                                                                                          \
        peer_task *self = peer_start(text);                                                                    \
        uint32_t end = script_make(&self->script, &name##_kind);                                               \
        self->script.at = self->text;                                                                          \
        PEER(make_##name##_return)(end);                                                                       \
        return peer_run(self, WEFT_EVENT_NONE, 0, 0);                                                          \
    }                                                                                                          \
    callee_callback_code_t PEER(make_##name##_callback)(callee_event_t * event)                                \
    {                                                                                                          \
        return peer_callback(event);                                                                           \
    }                                                                                                          \
    _Static_assert(1, "")

#endif
#endif
