// A C program's `main` in a fiber, beside others: weft_program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <stdlib.h>

typedef struct weft__at_exit {
    struct weft__at_exit *next;
    void (*function)(void);
} at_exit;

// ---- Its surroundings ----

static void enter(weft_program *self)
{
    self->before = weft__program;
    weft__program = self;
    weft__streams_exchange(self->state->streams);
}

static void leave(weft_program *self)
{
    weft__streams_exchange(self->state->streams);
    weft__program = self->before;
}

static void forget(struct weft_program_state *it)
{
    for (int i = 0; i < 3; i++)
        if (it->standard[i].fd)
            weft__fd_release(it->standard[i].fd);
    weft__streams_free(it->streams);
    free(it);
}

// Its first three numbers. Before it is entered, those of that name are the component's.
static bool open_standard(const weft_program *self, weft__place *standard)
{
    weft__fd *both = self->in || self->out ? weft__fd_given(self->in, self->out) : NULL;
    standard[0].fd = self->in ? both : weft__fd_use(0);
    standard[1].fd = self->out ? both : weft__fd_use(1);
    standard[2].fd = self->err ? weft__fd_given(NULL, self->err) : weft__fd_use(2);
    if (both && self->in && self->out)
        both->users++;
    return (both || !(self->in || self->out)) && (standard[2].fd || !self->err);
}

static bool begin(weft_program *self)
{
    struct weft_program_state *it = calloc(1, sizeof *it);
    if (!it)
        return false;
    it->streams = weft__streams_new();
    if (!open_standard(self, it->standard) || !it->streams) {
        forget(it);
        return false;
    }
    self->state = it;
    enter(self);
    return true;
}

// ---- Its end ----

static void run_at_exit(weft_program *self)
{
    for (at_exit *one; (one = self->state->at_exit);) {
        void (*function)(void) = one->function;
        self->state->at_exit = one->next;
        free(one);
        function();
    }
}

static void forget_at_exit(weft_program *self)
{
    for (at_exit *one; (one = self->state->at_exit);) {
        self->state->at_exit = one->next;
        free(one);
    }
}

// cleanly: not by _exit. Each close may wait, and meanwhile others open and close theirs.
static void end(weft_program *self, int code, bool cleanly)
{
    if (cleanly)
        run_at_exit(self);
    forget_at_exit(self);
    weft__stdio_end(cleanly);
    for (int32_t number; (number = weft__fd_left(0)) >= 0;)
        for (; number >= 0; number = weft__fd_left(number))
            weft__fd_close(number);
    struct weft_program_state *it = self->state;
    leave(self);
    self->state = NULL;
    self->code = code;
    forget(it);
}

static bool runs_here(void)
{
    return weft__program && weft_fiber_co() == &weft__program->co;
}

void weft__program_exit(int code, bool cleanly)
{
    if (!runs_here())
        return;
    end(weft__program, code, cleanly);
    weft__fiber_end();
}

bool weft__program_at_exit(void (*function)(void), int *error)
{
    if (!runs_here())
        return false;
    at_exit *new = malloc(sizeof *new);
    *error = new ? 0 : -1;
    if (new) {
        *new = (at_exit){weft__program->state->at_exit, function};
        weft__program->state->at_exit = new;
    }
    return true;
}

// ---- The fiber ----

static void run(void *of)
{
    weft_program *self = of;
    char name[] = "program";
    char *alone[] = {name, NULL}, **argv = self->argv ? self->argv : alone;
    int argc = 0;
    while (argv[argc])
        argc++;
    end(self, self->main(argc, argv), true);
}

typedef weft_program program;

WEFT_FIBER(program)
{
    if (begin(self))
        weft__fiber_until_end(run, self);
    else
        weft_step_fail(co, WEFT_ENOMEM);
}

// Where it waits, others have their own streams again.
weft_stepped weft_program__step(weft_coro *co)
{
    weft_program *self = weft_frame(co, weft_program);
    if (self->state)
        enter(self);
    weft_stepped stepped = program__step(co);
    if (self->state)
        leave(self);
    return stepped;
}
