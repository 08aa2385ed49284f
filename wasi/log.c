// The log: a ring of lines, and the coroutine that writes them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>
#include <weft/wasi/console.h>
#include <weft/wasi/format.h>
#include <weft/wasi/log.h>
#include "../src/internal.h"
#include "internal.h"
#include "log.h"

enum { ROOM = 8192, LINE = 1000 };

static char ring[ROOM];
static size_t first, count; // of the bytes in it
static unsigned lost;       // lines, since the log told how many

static weft_log_level threshold = WEFT_LOG_INFO;
static const char *const names[] = {"error", "warning", "info", "debug"};

void weft_log_up_to(weft_log_level level)
{
    threshold = level;
}

weft_error weft_text_to_log_level(weft_text text, weft_log_level *level)
{
    for (int i = WEFT_LOG_ERROR; i <= WEFT_LOG_DEBUG; i++) {
        if (weft_text_alike_z(text, names[i])) {
            *level = (weft_log_level)i;
            return WEFT_OK;
        }
    }
    return WEFT_EINVAL;
}

// ---- The ring ----

static bool put(weft_text text)
{
    if (text.length > ROOM - count)
        return false;
    for (size_t i = 0; i < text.length; i++)
        ring[(first + count++) % ROOM] = text.at[i];
    return true;
}

// True for a control character of ASCII, and for both bytes of another in UTF-8.
static bool is_control(weft_text text, size_t at)
{
    uint8_t before = at ? (uint8_t)text.at[at - 1] : 0, it = (uint8_t)text.at[at];
    uint8_t after = at + 1 < text.length ? (uint8_t)text.at[at + 1] : 0;
    return it < ' ' || it == 127 || (it == 0xc2 && after / 32 == 4) || (before == 0xc2 && it / 32 == 4);
}

static bool put_escaped(weft_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char escape[5];
        if (!is_control(text, i)) {
            if (!put(weft_text_slice(text, i, i + 1)))
                return false;
            continue;
        }
        const char *letter = text.at[i] ? __builtin_strchr("\nn\tt\rr", text.at[i]) : NULL;
        if (letter)
            weft_format(escape, sizeof escape, "\\%c", letter[1]);
        else
            weft_format(escape, sizeof escape, "\\x%02x", (uint8_t)text.at[i]);
        if (!put(weft_text_z(escape)))
            return false;
    }
    return true;
}

// Puts a whole line; false if there is no room for it.
static bool put_line(weft_log_level level, weft_text text, bool is_cut)
{
    char date[WEFT_ISO_DATE_ROOM];
    size_t before = count;
    if (put(weft_instant_to_iso(weft_instant_now(), 3, date)) && put(WEFT_TEXT(" ")) &&
        put(weft_text_z(names[level])) && put(WEFT_TEXT(" ")) && put_escaped(text) &&
        put(is_cut ? WEFT_TEXT("...\n") : WEFT_TEXT("\n")))
        return true;
    count = before;
    return false;
}

static bool tell_losses(void)
{
    char text[32];
    weft_format(text, sizeof text, lost == 1 ? "%u line lost" : "%u lines lost", lost);
    if (!put_line(WEFT_LOG_WARNING, weft_text_z(text), false))
        return false;
    lost = 0;
    return true;
}

// ---- The writer ----

static struct writer {
    weft_coro co;
    weft__print print;
    size_t length;
} writer_frame;
typedef struct writer writer;

static weft_scope scope; // of the writer
static weft_child child;
static weft__log_host *hosts;

// Writes while there is something to write, and ends.
WEFT_ASYNC(writer)
{
    WEFT_BEGIN;
    while (count) {
        self->length = count; // the ring has only whole lines, so no other print cuts one
        size_t before_end = count < ROOM - first ? count : ROOM - first;
        WEFT_CALL(weft__print, &self->print, .to = &weft__print_stderr,
                  .text = weft_text_of(ring + first, before_end),
                  .more = weft_text_of(ring, count - before_end));
        if (weft_stderr()->error) { // standard error is gone
            count = lost = 0;
            break;
        }
        first = (first + self->length) % ROOM;
        count -= self->length;
        if (!count && lost)
            tell_losses();
    }
    WEFT_END;
}

// Starts the writer in `task`, unless it runs. None of the task's coroutines need be running, as a spawn asks.
static void start(weft_task *task)
{
    static weft_coro spawner; // stands for one that is running
    if (!count || scope.count)
        return;
    weft__begin(&spawner, WEFT__RUNNING);
    spawner.task = task;
    weft_spawn(&spawner, &scope, &child, &writer_frame.co, writer__step);
    weft_detach(&child);
    weft__task_rouse(task);
}

weft_poll weft__log_flush(weft_coro *co)
{
    start(co->task);
    return weft_join_all(co, &scope);
}

weft_poll weft_log_flush(weft_coro *co)
{
    return weft__log_flush(co);
}

void weft__log_begin(weft__log_host *host, weft_coro *root)
{
    *host = (weft__log_host){root->task, hosts, &hosts};
    if (hosts)
        hosts->at = &host->next;
    hosts = host;
    start(root->task);
}

void weft__log_end(weft__log_host *host)
{
    if (!host->at) // weft__log_begin was not called
        return;
    *host->at = host->next;
    if (host->next)
        host->next->at = host->at;
    host->at = NULL;
}

// ---- Lines ----

void weft_log(weft_log_level level, const char *format, ...)
{
    if (level > threshold)
        return;
    char room[LINE + 2]; // one more than a line has, for the cut, and a zero
    va_list arguments;
    va_start(arguments, format);
    size_t length = weft_vformat(room, sizeof room, format, arguments);
    va_end(arguments);
    bool is_cut = length > LINE;
    weft_text text = weft__text_cut(weft_text_of(room, is_cut ? LINE + 1 : length), LINE);
    if (weft_text_ends(text, WEFT_TEXT("\n")))
        text.length--;
    if ((lost && !tell_losses()) || !put_line(level, text, is_cut))
        lost++;
    if (hosts)
        start(hosts->task);
}

void weft__log_failure(const char *text, size_t length)
{
    weft_log(WEFT_LOG_ERROR, "%.*s", (int)length, text);
}
