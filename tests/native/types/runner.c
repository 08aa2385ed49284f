// Sends values of every type through the host and back, by the code of wit-bindgen.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>

typedef weft_types_peer_numbers_t numbers;
typedef weft_types_peer_shape_t shape;

static runner_string_t text_of(const char *text)
{
    runner_string_t it;
    runner_string_set(&it, text);
    return it;
}

// Frees it.
static bool is_text(runner_string_t *it, const char *text)
{
    bool same = it->len == strlen(text) && !memcmp(it->ptr, text, it->len);
    runner_string_free(it);
    return same;
}

static const numbers low = {0, INT8_MIN, 0, INT16_MIN, 0, INT32_MIN, 0, INT64_MIN, -0.5f, -0.25, 0, false};
static const numbers high = {UINT8_MAX,  INT8_MAX,  UINT16_MAX, INT16_MAX, UINT32_MAX, INT32_MAX,
                             UINT64_MAX, INT64_MAX, 1.5f,       2.25,      0x10ffff,   true};

static bool same_numbers(const numbers *x, const numbers *y)
{
    return x->a == y->a && x->b == y->b && x->c == y->c && x->d == y->d && x->e == y->e && x->f == y->f &&
           x->g == y->g && x->h == y->h && x->i == y->i && x->j == y->j && x->k == y->k && x->l == y->l;
}

static void primitives(void)
{
    const numbers *each[] = {&low, &high};
    for (int i = 0; i < 2; i++) {
        const numbers *n = each[i];
        numbers back;
        weft_types_peer_all(n->a, n->b, n->c, n->d, n->e, n->f, n->g, n->h, n->i, n->j, n->k, n->l, &back);
        EXPECT(same_numbers(n, &back), true);
    }
}

static void spilled(void)
{
    numbers first = high;
    uint16_t items[3] = {1, 2, 65535};
    runner_string_t text = text_of("gew\xc3\xb6"
                                   "be");
    runner_list_u16_t words = {items, 3}, no_words = {NULL, 0};
    weft_types_peer_tuple4_numbers_string_list_u16_u8_t back;
    weft_types_peer_many(&first, &text, &words, 7, &back);
    EXPECT(same_numbers(&first, &back.f0), true);
    EXPECT(is_text(&back.f1, "gew\xc3\xb6"
                             "be"),
           true);
    EXPECT(back.f2.len, 3);
    EXPECT(memcmp(back.f2.ptr, items, sizeof items), 0);
    EXPECT(back.f3, 7);
    free(back.f2.ptr);
    text = text_of("");
    weft_types_peer_many(&first, &text, &no_words, 8, &back);
    EXPECT(back.f1.len + back.f2.len, 0);
    EXPECT(back.f3, 8);
}

static bool same_shape(const shape *x, const shape *y)
{
    if (x->tag != y->tag)
        return false;
    switch (x->tag) {
    case WEFT_TYPES_PEER_SHAPE_I:
        return x->val.i == y->val.i;
    case WEFT_TYPES_PEER_SHAPE_F:
        return x->val.f == y->val.f;
    case WEFT_TYPES_PEER_SHAPE_D:
        return x->val.d == y->val.d;
    case WEFT_TYPES_PEER_SHAPE_L:
        return x->val.l == y->val.l;
    case WEFT_TYPES_PEER_SHAPE_T:
        return x->val.t.len == y->val.t.len && !memcmp(x->val.t.ptr, y->val.t.ptr, x->val.t.len);
    default:
        return true;
    }
}

static void shapes(void)
{
    shape each[] = {
        {.tag = WEFT_TYPES_PEER_SHAPE_NOTHING},
        {.tag = WEFT_TYPES_PEER_SHAPE_I, .val.i = -5},
        {.tag = WEFT_TYPES_PEER_SHAPE_F, .val.f = -1.25f},
        {.tag = WEFT_TYPES_PEER_SHAPE_D, .val.d = 0x1p300},
        {.tag = WEFT_TYPES_PEER_SHAPE_L, .val.l = UINT64_MAX},
        {.tag = WEFT_TYPES_PEER_SHAPE_T, .val.t = text_of("text")},
    };
    enum { COUNT = sizeof each / sizeof *each };
    for (int i = 0; i < COUNT; i++) {
        weft_types_peer_tuple2_shape_shape_t back;
        weft_types_peer_shapes(&each[i], &each[COUNT - 1 - i], &back);
        EXPECT(same_shape(&back.f0, &each[i]), true);
        EXPECT(same_shape(&back.f1, &each[COUNT - 1 - i]), true);
        weft_types_peer_tuple2_shape_shape_free(&back);
    }
    weft_types_peer_narrow_t narrow = {.tag = WEFT_TYPES_PEER_NARROW_F, .val.f = 3.5f}, back;
    weft_types_peer_narrow_down(&narrow, &back);
    EXPECT(back.tag == narrow.tag && back.val.f == 3.5f, true);
    narrow = (weft_types_peer_narrow_t){.tag = WEFT_TYPES_PEER_NARROW_I, .val.i = UINT32_MAX};
    weft_types_peer_narrow_down(&narrow, &back);
    EXPECT(back.tag == narrow.tag && back.val.i == UINT32_MAX, true);
}

static void nested(void)
{
    runner_option_string_t inner[2] = {{true, text_of("in")}, {.is_some = false}},
                           other[1] = {{true, text_of("")}};
    runner_list_option_string_t outer[3] = {{inner, 2}, {NULL, 0}, {other, 1}};
    runner_list_list_option_string_t lists = {outer, 3}, back;
    weft_types_peer_nested(&lists, &back);
    EXPECT(back.len, 3);
    EXPECT(back.ptr[0].len, 2);
    EXPECT(back.ptr[0].ptr[0].is_some, true);
    EXPECT(is_text(&back.ptr[0].ptr[0].val, "in"), true);
    EXPECT(back.ptr[0].ptr[1].is_some, false);
    EXPECT(back.ptr[1].len, 0);
    EXPECT(back.ptr[2].ptr[0].is_some, true);
    EXPECT(back.ptr[2].ptr[0].val.len, 0);
    runner_list_list_option_string_free(&back);
}

static void async_call(void)
{
    uint64_t longs[2] = {1, 1ull << 40};
    weft_types_peer_labelled_t it = {WEFT_TYPES_PEER_COLOR_BLUE,
                                     WEFT_TYPES_PEER_FEW_A | WEFT_TYPES_PEER_FEW_C,
                                     WEFT_TYPES_PEER_MORE_F16,
                                     {.val.ok = {longs, 2}}};
    weft_types_peer_labelled_t back;
    EXPECT(weft_types_peer_later(&it, &back), RUNNER_SUBTASK_RETURNED);
    EXPECT(back.color, WEFT_TYPES_PEER_COLOR_BLUE);
    EXPECT(back.few, it.few);
    EXPECT(back.more, it.more);
    EXPECT(back.outcome.is_err, false);
    EXPECT(back.outcome.val.ok.len, 2);
    EXPECT(back.outcome.val.ok.ptr[1], longs[1]);
    weft_types_peer_labelled_free(&back);
    it.outcome.is_err = true;
    it.outcome.val.err = WEFT_TYPES_PEER_MORE_F9;
    EXPECT(weft_types_peer_later(&it, &back), RUNNER_SUBTASK_RETURNED);
    EXPECT(back.outcome.is_err, true);
    EXPECT(back.outcome.val.err, WEFT_TYPES_PEER_MORE_F9);
}

static void resources(void)
{
    weft_types_peer_holder_t held[2] = {{weft_types_peer_constructor_thing(11), 0},
                                        {weft_types_peer_constructor_thing(12), 0}};
    bool seen = false;
    EXPECT(weft_types_peer_look(weft_types_peer_borrow_thing(held[1].it), 12, &seen), RUNNER_SUBTASK_RETURNED);
    EXPECT(seen, true);
    weft_types_peer_list_holder_t back;
    EXPECT(weft_types_peer_hand((weft_types_peer_list_holder_t){held, 2}, &back), RUNNER_SUBTASK_RETURNED);
    EXPECT(back.len, 2);
    for (uint32_t i = 0; i < back.len; i++) {
        EXPECT(weft_types_peer_method_thing_number(weft_types_peer_borrow_thing(back.ptr[i].it)), 11 + i);
        EXPECT(back.ptr[i].twice, 2 * (11 + i));
        weft_types_peer_thing_drop_own(back.ptr[i].it);
    }
    free(back.ptr);
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(primitives)                                                                                           \
    TEST(spilled)                                                                                              \
    TEST(shapes)                                                                                               \
    TEST(nested)                                                                                               \
    TEST(async_call)                                                                                           \
    TEST(resources)
#include "raw_runner.h"
