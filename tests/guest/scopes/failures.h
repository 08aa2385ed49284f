// Scopes whose children fail: who is ended, who is told, and when a scope is as new. Part of scopes.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A child that fails ends its siblings, which is what a zero policy does.
typedef three end_siblings;

static weft_stepped end_siblings_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn(self, 0, 9, 0, 0);
    spawn(self, 1, 1, 0, 5);
    spawn(self, 2, 9, 1, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abcB...");
    EXPECT(self->scope.failed, true);
    EXPECT(self->scope.failure, 5);
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    EXPECT(outcome(self, 2), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->scope.failed, false);
    WEFT_END;
}

// The parent is told at once, and the siblings go on.
typedef three tell_parent;

static weft_stepped tell_parent_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    self->scope.policy = WEFT_TELL_PARENT;
    spawn(self, 0, 3, 0, 0);
    spawn(self, 1, 1, 0, -6);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abB.");
    EXPECT(self->scope.failure, (uint64_t)-6);
    EXPECT(self->scope.count, 1);
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join(co, &self->handles[0]));
    EXPECT_SAID("A.");
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// A child that fails while its scope is closed: the close still waits for all, and the scope is as new.
typedef three fails_in_close;

static weft_stepped fails_in_close_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    for (self->i = WEFT_END_SIBLINGS; self->i <= WEFT_GO_ON; self->i++) {
        self->scope.policy = (weft_policy)self->i;
        spawn(self, 0, 9, 3, 0);
        spawn(self, 1, 0, 1, 5);
        WEFT_AWAIT(weft_yield(co));
        EXPECT(outcome(self, 1), WEFT_UNFINISHED);
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        EXPECT_SAID("abB..");
        EXPECT(outcome(self, 0), WEFT_CANCELLED);
        EXPECT(outcome(self, 1), WEFT_FAILED);
        EXPECT(self->scope.count, 0);
        EXPECT(self->scope.failed, false);
        EXPECT(self->scope.failure, 0);
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef three go_on;

static weft_stepped go_on_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    self->scope.policy = WEFT_GO_ON;
    spawn(self, 0, 3, 0, 0);
    spawn(self, 1, 1, 0, 6);
    spawn(self, 2, 2, 0, 8);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abcB.C.A.");
    EXPECT(self->scope.failure, 6);
    EXPECT(outcome(self, 0), WEFT_DONE);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Joins that come after a child has failed, and one that those whom it may not tell of end.
typedef three joined_late;

static weft_stepped joined_late_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn(self, 0, 9, 3, 0);
    spawn(self, 1, 0, 0, 5);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(outcome(self, 1), WEFT_FAILED);
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join_all(co, &self->scope)); // for its finaliser
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    self->scope.policy = WEFT_TELL_PARENT;
    spawn(self, 0, 9, 0, 0);
    spawn(self, 1, 0, 0, 5);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(outcome(self, 1), WEFT_FAILED);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID("abB..abB..");
    weft_detach(weft_child_of(spawn_new(self, 'c', 1)));
    spawn_new(self, 'd', 3);
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    self->told = weft_next_ended(&self->scope);
    EXPECT(weft_frame(self->told->co, worker)->letter, 'd');
    weft_detach(self->told);
    EXPECT_SAID("cdC.D.");
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// A scope that is used again: the second failure, or one after a cancel, counts as the first.
typedef three used_again;

static weft_stepped used_again_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++) {
        spawn(self, 0, 9, 0, 0);
        spawn(self, 1, 1, 0, 5);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        EXPECT_SAID("abB..");
        EXPECT(outcome(self, 0), WEFT_CANCELLED);
        EXPECT(self->scope.failure, 5);
        weft_detach(&self->handles[0]);
        weft_detach(&self->handles[1]);
        if (self->i == 1)
            weft_scope_acknowledge(&self->scope);
        EXPECT(self->scope.failed, self->i != 1);
        weft_scope_cancel(&self->scope); // nobody is there
        spawn(self, 2, 1, 0, 0);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        EXPECT_SAID("cC.");
        weft_detach(&self->handles[2]);
        spawn(self, 2, 1, 1, 0);
        weft_scope_cancel(&self->scope);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        EXPECT_SAID(".");
        weft_detach(&self->handles[2]);
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// The parent takes note of a failure, and waits for the rest; of two at once, and of the next.
typedef three acknowledge;

static weft_stepped acknowledge_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    self->scope.policy = WEFT_TELL_PARENT;
    spawn(self, 0, 5, 0, 0);
    spawn(self, 1, 1, 0, 7);
    spawn(self, 2, 3, 0, 8);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abcB.");
    EXPECT(self->scope.failure, 7);
    weft_scope_acknowledge(&self->scope);
    EXPECT(self->scope.failed, false);
    EXPECT(self->scope.failure, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("C.");
    EXPECT(self->scope.failure, 8);
    EXPECT(self->scope.count, 1);
    weft_scope_acknowledge(&self->scope);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("A.");
    EXPECT(self->scope.count, 0);
    EXPECT(self->scope.failed, false);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
