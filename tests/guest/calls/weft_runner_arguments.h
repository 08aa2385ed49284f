// The calls' tests of arguments and results: when they are read, whose they are. Part of weft_runner.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The host reads the arguments when the call starts, not before.
CASE(arguments_read_late)
{
    BEGIN_CASE;
    self->weights = (weft_calls_peer_weigh_args_t){1, 1, 1, 1, 1};
    weft_calls_peer_block();
    STARTS(weft_calls_peer_weigh(&self->weights, &self->sum), WEFT_SUBTASK_STARTING);
    self->weights.c = 1001;
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->sum, 15 + 3 * 1000);
    END_CASE;
}

static runner_string_t text(const char *of)
{
    runner_string_t it;
    runner_string_dup(&it, of);
    return it;
}

static bool equal(runner_string_t it, const char *to)
{
    return it.len == strlen(to) && !memcmp(it.ptr, to, it.len);
}

CASE(arguments_reused_after_start)
{
    BEGIN_CASE;
    self->args.ticket = 1;
    self->args.whole = text("stressed");
    self->args.parts.len = 2;
    self->args.parts.ptr = calloc(2, sizeof *self->args.parts.ptr);
    self->args.parts.ptr[0] = text("drawer");
    self->args.parts.ptr[1] = text("tap");
    memset(&self->texts, 0xab, sizeof self->texts);
    weft_calls_peer_block();
    STARTS(weft_calls_peer_reverse(&self->args, &self->texts), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    IS_STARTED();
    memset(self->args.whole.ptr, 'z', self->args.whole.len);
    memset(self->args.parts.ptr[0].ptr, 'z', 6);
    memset(self->args.parts.ptr[1].ptr, 'z', 3);
    runner_string_free(&self->args.whole);
    runner_list_string_free(&self->args.parts);
    memset(&self->args, 0xff, sizeof self->args);
    EXPECT(self->texts.whole.len, UNTOUCHED);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(equal(self->texts.whole, "desserts"), true);
    EXPECT(self->texts.parts.len, 2);
    EXPECT(equal(self->texts.parts.ptr[0], "pat"), true);
    EXPECT(equal(self->texts.parts.ptr[1], "reward"), true);
    weft_calls_peer_texts_free(&self->texts);
    END_CASE;
}

CASE(empty_texts)
{
    BEGIN_CASE;
    memset(&self->texts, 0xab, sizeof self->texts);
    self->args.ticket = 1;
    weft_subtask_start(co, &self->call, weft_calls_peer_reverse(&self->args, &self->texts));
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->texts.whole.len, 0);
    EXPECT(self->texts.parts.len, 0);
    weft_calls_peer_texts_free(&self->texts);
    // A list of empty strings.
    self->args.parts.len = 3;
    self->args.parts.ptr = calloc(3, sizeof *self->args.parts.ptr);
    weft_subtask_start(co, &self->call, weft_calls_peer_reverse(&self->args, &self->texts));
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->texts.parts.len, 3);
    EXPECT(self->texts.parts.ptr[1].len, 0);
    weft_calls_peer_texts_free(&self->texts);
    free(self->args.parts.ptr);
    END_CASE;
}

// 200 calls of 64 KiB each, a third of them cancelled: neither side's memory grows.
CASE(texts_do_not_leak)
{
    BEGIN_CASE;
    self->args.ticket = 1;
    self->args.whole.len = 1 << 16;
    self->args.whole.ptr = malloc(1 << 16);
    memset(self->args.whole.ptr, 'x', 1 << 16);
    self->args.whole.ptr[7] = 'y';
    for (self->i = 0; self->i < 200; self->i++) {
        weft_subtask_start(co, &self->call, weft_calls_peer_reverse(&self->args, &self->texts));
        if (self->i % 3 == 2) {
            CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
        } else {
            weft_calls_peer_open(1);
            WEFT_AWAIT(weft_await(co, &self->call));
            EXPECT(self->texts.whole.len, 1 << 16);
            EXPECT(self->texts.whole.ptr[(1 << 16) - 8], 'y');
            weft_calls_peer_texts_free(&self->texts);
        }
        if (self->i == 10) {
            self->mine = (uint32_t)__builtin_wasm_memory_size(0);
            self->peers = weft_calls_peer_pages();
        }
    }
    EXPECT(__builtin_wasm_memory_size(0), self->mine);
    EXPECT(weft_calls_peer_pages(), self->peers);
    free(self->args.whole.ptr);
    END_CASE;
}

CASE(end_moves)
{
    BEGIN_CASE;
    self->end = bytes_new(&self->out);
    STARTS(weft_calls_peer_keep_end(1, self->end, &self->result), WEFT_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    self->sent = 77;
    WEFT_AWAIT(bytes_write(co, &self->out, &self->sent, 1));
    EXPECT(self->out.count, 1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 77);
    WEFT_AWAIT(bytes_write(co, &self->out, &self->sent, 1));
    EXPECT(self->out.count, 0);
    EXPECT(weft_dropped(&self->out), true);
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    WEFT_END;
}

// The call never started, so its end is still here, and works.
CASE(end_stays)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    self->end = bytes_new(&self->out);
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_end(1, self->end, &self->result));
    CANCELS(WEFT_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    self->in = bytes_reader_of(self->end);
    self->sent = 78;
    bytes_start_write(co, &self->out, &self->sent, 1);
    EXPECT(weft_in_flight(&self->out), true);
    WEFT_AWAIT(bytes_read(co, &self->in, &self->got, 1));
    EXPECT(self->in.count, 1);
    EXPECT(self->got, 78);
    WEFT_AWAIT(weft_await(co, &self->out));
    EXPECT(self->out.count, 1);
    // It may even be given to another call.
    self->end = bytes_hand_on(&self->in);
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_end(1, self->end, &self->result));
    weft_calls_peer_open(1);
    WEFT_AWAIT(bytes_write(co, &self->out, &self->sent, 1));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 78);
    // And dropped.
    bytes_close_writer(&self->out);
    weft_calls_peer_block();
    self->end = bytes_new(&self->out);
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_end(1, self->end, &self->result));
    weft_stop_blocking(&self->call);
    self->in = bytes_reader_of(self->end);
    bytes_close_reader(&self->in);
    weft_calls_peer_unblock();
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    WEFT_END;
}

CASE(end_gone_on_cancel)
{
    BEGIN_CASE;
    self->end = bytes_new(&self->out);
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_end(1, self->end, &self->result));
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_AWAIT(bytes_write(co, &self->out, &self->sent, 1));
    EXPECT(self->out.count, 0);
    EXPECT(weft_dropped(&self->out), true);
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    WEFT_END;
}

// Whose a resource is after each way that a call can end.
CASE(token_owner)
{
    BEGIN_CASE;
    self->token = weft_calls_peer_constructor_token(41);
    EXPECT(weft_calls_peer_tokens(), 1);
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_token(1, self->token, &self->result));
    CANCELS(WEFT_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    EXPECT(weft_calls_peer_tokens(), 1);
    STARTS(weft_calls_peer_keep_token(1, self->token, &self->result), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_tokens(), 1);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 41);
    EXPECT(weft_calls_peer_tokens(), 0);
    self->token = weft_calls_peer_constructor_token(42);
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_token(1, self->token, &self->result));
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_tokens(), 0);
    self->token = weft_calls_peer_constructor_token(43);
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_keep_token(1, self->token, &self->result));
    weft_stop_blocking(&self->call);
    EXPECT(weft_calls_peer_tokens(), 1);
    weft_calls_peer_token_drop_own(self->token);
    EXPECT(weft_calls_peer_tokens(), 0);
    weft_calls_peer_unblock();
    END_CASE;
}
