// sim/values.c by itself: layout against the C compiler's, every kind of value there and back, and what traps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "values_alone.h"

// ---- Types. ----

LIST(bytes, t_u8);
LIST(longs, t_u64);
LIST(texts, t_string);
LIST(text_lists, texts);
OPTION(maybe_text, t_string);
OPTION(maybe_maybe, maybe_text);
COMPOUND(point, RECORD, {"x", &t_u8}, {"y", &t_u64}, {"z", &t_f32});
COMPOUND(mixed, RECORD, {"flag", &t_bool}, {"at", &point}, {"name", &t_string}, {"c", &t_u16});
COMPOUND(pair, TUPLE, {NULL, &t_u8}, {NULL, &t_s16});
COMPOUND(numbers, VARIANT, {"i", &t_s32}, {"f", &t_f32}, {"d", &t_f64}, {"l", &t_u64}, {"none", NULL});
COMPOUND(narrow, VARIANT, {"i", &t_u32}, {"f", &t_f32});
COMPOUND(color, ENUM, {"red", NULL}, {"green", NULL}, {"blue", NULL});
COMPOUND(outcome, RESULT, {"ok", &texts}, {"error", &t_f64});
COMPOUND(flags3, FLAGS, {"a", NULL}, {"b", NULL}, {"c", NULL});
COMPOUND(flags9, FLAGS, {"a", NULL}, {"b", NULL}, {"c", NULL}, {"d", NULL}, {"e", NULL}, {"f", NULL},
         {"g", NULL}, {"h", NULL}, {"i", NULL});
LIST(points, point);
static const weft_sim_resource thing = {.name = "thing"};
static const weft_sim_resource other = {.name = "other"};
static const weft_sim_type own_thing = {.kind = WEFT_SIM_OWN, .name = "thing", .resource = &thing};
static const weft_sim_type own_other = {.kind = WEFT_SIM_OWN, .name = "other", .resource = &other};
static const weft_sim_type byte_stream = {.kind = WEFT_SIM_STREAM, .name = "stream<u8>", .element = &t_u8};
static const weft_sim_type any_stream = {.kind = WEFT_SIM_STREAM, .name = "stream"};
LIST(things, own_thing);
COMPOUND(holder, RECORD, {"it", &own_thing}, {"bytes", &byte_stream}, {"why", &t_error});

typedef struct {
    void *ptr;
    uint32_t len;
} c_list;

typedef struct {
    uint8_t x;
    uint64_t y;
    float z;
} c_point;

typedef struct {
    bool flag;
    c_point at;
    c_list name;
    uint16_t c;
} c_mixed;

typedef struct {
    uint8_t tag;
    union {
        int32_t i;
        float f;
        double d;
        uint64_t l;
    } val;
} c_numbers;

typedef struct {
    bool is_err;
    union {
        c_list ok;
        double err;
    } val;
} c_outcome;

typedef struct {
    bool is_some;
    c_list val;
} c_maybe;

typedef struct {
    bool is_some;
    c_maybe val;
} c_maybe_maybe;

// ---- Tests. ----

static const weft_sim_context here;

static void layout(void)
{
#define EXPECT_LAYOUT(type, c_type)                                                                            \
    EXPECT(weft_sim_size(&type), sizeof(c_type));                                                              \
    EXPECT(weft_sim_alignment(&type), _Alignof(c_type))
    EXPECT_LAYOUT(t_bool, bool);
    EXPECT_LAYOUT(t_s8, int8_t);
    EXPECT_LAYOUT(t_u16, uint16_t);
    EXPECT_LAYOUT(t_u32, uint32_t);
    EXPECT_LAYOUT(t_s64, int64_t);
    EXPECT_LAYOUT(t_f32, float);
    EXPECT_LAYOUT(t_f64, double);
    EXPECT_LAYOUT(t_char, uint32_t);
    EXPECT_LAYOUT(t_string, c_list);
    EXPECT_LAYOUT(longs, c_list);
    EXPECT_LAYOUT(point, c_point);
    EXPECT_LAYOUT(mixed, c_mixed);
    EXPECT_LAYOUT(numbers, c_numbers);
    EXPECT_LAYOUT(outcome, c_outcome);
    EXPECT_LAYOUT(maybe_text, c_maybe);
    EXPECT_LAYOUT(maybe_maybe, c_maybe_maybe);
    EXPECT_LAYOUT(color, uint8_t);
    EXPECT_LAYOUT(flags3, uint8_t);
    EXPECT_LAYOUT(flags9, uint16_t);
    EXPECT_LAYOUT(own_thing, int32_t);
    EXPECT_LAYOUT(any_stream, uint32_t);
    EXPECT(weft_sim_size(NULL), 0);
    EXPECT(weft_sim_alignment(NULL), 1);

    static const weft_sim_part many[300] = {{0}};
    static const weft_sim_type wide = {.kind = WEFT_SIM_ENUM, .parts = many, .part_count = 256};
    static const weft_sim_type wider = {.kind = WEFT_SIM_ENUM, .parts = many, .part_count = 257};
    EXPECT(weft_sim_size(&wide), 1);
    EXPECT(weft_sim_size(&wider), 2);
    EXPECT(weft_sim_size(&wide), 1); // as it was
}

static void plain(void)
{
    EXPECT(weft_sim_is_plain(&t_u8), true);
    EXPECT(weft_sim_is_plain(&t_f64), true);
    EXPECT(weft_sim_is_plain(&point), true);
    EXPECT(weft_sim_is_plain(&pair), true);
    EXPECT(weft_sim_is_plain(NULL), true);
    EXPECT(weft_sim_is_plain(&t_bool), false);
    EXPECT(weft_sim_is_plain(&t_char), false);
    EXPECT(weft_sim_is_plain(&mixed), false);
    EXPECT(weft_sim_is_plain(&color), false);
    EXPECT(weft_sim_is_plain(&own_thing), false);
}

static void sameness(void)
{
    static const weft_sim_type stream_again = {.kind = WEFT_SIM_STREAM, .element = &t_u8};
    static const weft_sim_type words = {.kind = WEFT_SIM_STREAM, .element = &t_u32};
    COMPOUND(point_again, RECORD, {"x", &t_u8}, {"y", &t_u64}, {"z", &t_f32});
    COMPOUND(point_named, RECORD, {"x", &t_u8}, {"y", &t_u64}, {"w", &t_f32});
    EXPECT(weft_sim_same_type(NULL, &byte_stream, NULL, &stream_again), true);
    EXPECT(weft_sim_same_type(NULL, &byte_stream, NULL, &words), false);
    EXPECT(weft_sim_same_type(NULL, &byte_stream, NULL, &any_stream), false);
    EXPECT(weft_sim_same_type(NULL, &any_stream, NULL, &any_stream), true);
    EXPECT(weft_sim_same_type(NULL, &point, NULL, &point_again), true);
    EXPECT(weft_sim_same_type(NULL, &point, NULL, &point_named), false);
    EXPECT(weft_sim_same_type(NULL, &own_thing, NULL, &own_thing), true);
    EXPECT(weft_sim_same_type(NULL, &own_thing, NULL, &own_other), false);
}

// What is in memory at `from` is lifted and lowered to `to`.
static void through_memory(const weft_sim_type *type, const void *from, void *to)
{
    weft_sim_value value;
    weft_sim_load(&here, type, from, &value);
    weft_sim_store(&here, type, &value, to);
    weft_sim_value_free(type, &value);
}

// Of flat values of one type.
static void through_core(const weft_sim_type *type, const weft_sim_core *from, weft_sim_core *to)
{
    weft_sim_part part = {"it", type};
    weft_sim_value value;
    weft_sim_lift(&here, &part, 1, 16, from, &value);
    EXPECT(weft_sim_lower(&here, &part, 1, 16, &value, to, NULL), weft_sim_flat_count(&part, 1));
    weft_sim_value_free(type, &value);
}

static uint64_t core_number(const weft_sim_type *type, uint64_t bits)
{
    weft_sim_core from = {.i64 = bits}, to = {.i64 = ~0ull};
    through_core(type, &from, &to);
    return to.i64;
}

static void number_values(void)
{
    EXPECT(core_number(&t_bool, 7), 1);
    EXPECT(core_number(&t_u8, 0x1ff), 0xff);
    EXPECT(core_number(&t_s8, 0x80), 0xffffff80); // a signed one fills its 32 bits
    EXPECT(core_number(&t_s8, 0x17f), 0x7f);
    EXPECT(core_number(&t_u16, 0x1ffff), 0xffff);
    EXPECT(core_number(&t_s16, 0x8000), 0xffff8000);
    EXPECT(core_number(&t_u32, 0xffffffff), 0xffffffff);
    EXPECT(core_number(&t_s32, 0x80000000), 0x80000000);
    EXPECT(core_number(&t_u64, ~0ull), ~0ull);
    EXPECT(core_number(&t_s64, 1ull << 63), 1ull << 63);
    EXPECT(core_number(&t_char, 0x10ffff), 0x10ffff);
    EXPECT(core_number(&color, 2), 2);
    EXPECT(core_number(&flags3, 0xff), 7);
    weft_sim_core from = {.f32 = 1.5f}, to;
    through_core(&t_f32, &from, &to);
    EXPECT(to.f32 == 1.5f, true);
    from.f64 = -0.25;
    through_core(&t_f64, &from, &to);
    EXPECT(to.f64 == -0.25, true);

    int8_t small[4] = {-1, 2, -3, 4}, small_to[4];
    for (int i = 0; i < 4; i++)
        through_memory(&t_s8, &small[i], &small_to[i]);
    EXPECT(memcmp(small, small_to, 4), 0);
    uint8_t truth = 2, is_true = 0;
    through_memory(&t_bool, &truth, &is_true);
    EXPECT(is_true, 1);
    double real = 3.5, real_to = 0;
    through_memory(&t_f64, &real, &real_to);
    EXPECT(real_to == 3.5, true);
}

static void records(void)
{
    c_mixed from = {.flag = true, .at = {1, 1ull << 40, 2.5f}, .name = {"weft", 4}, .c = 65535}, to;
    through_memory(&mixed, &from, &to);
    EXPECT(to.flag, true);
    EXPECT(to.at.x, 1);
    EXPECT(to.at.y, 1ull << 40);
    EXPECT(to.at.z == 2.5f, true);
    EXPECT(to.c, 65535);
    EXPECT(to.name.len, 4);
    EXPECT(to.name.ptr != from.name.ptr && !memcmp(to.name.ptr, "weft", 4), true);
    EXPECT(reallocs, 1);

    const weft_sim_core core[] = {
        {.i32 = 1}, {.i32 = 9}, {.i64 = 1ull << 40}, {.f32 = 2.5f}, {.i32 = (uint32_t)(uintptr_t)"yarn"},
        {.i32 = 4}, {.i32 = 7}};
    weft_sim_core out[7];
    EXPECT(weft_sim_flat_count(&(weft_sim_part){"it", &mixed}, 1), 7);
    through_core(&mixed, core, out);
    EXPECT(out[0].i32, 1);
    EXPECT(out[1].i32, 9);
    EXPECT(out[2].i64, 1ull << 40);
    EXPECT(out[3].f32 == 2.5f, true);
    EXPECT(memcmp((void *)(uintptr_t)out[4].i32, "yarn", 4), 0);
    EXPECT(out[5].i32, 4);
    EXPECT(out[6].i32, 7);
}

static void lists(void)
{
    uint64_t numbers_from[3] = {1, 2, 1ull << 63};
    c_list from = {numbers_from, 3}, to;
    through_memory(&longs, &from, &to);
    EXPECT(to.len, 3);
    EXPECT(memcmp(to.ptr, numbers_from, sizeof numbers_from), 0);

    c_list words[2] = {{"ab", 2}, {"", 0}}, more[1] = {{"c", 1}};
    c_list nested[3] = {{words, 2}, {NULL, 0}, {more, 1}};
    from = (c_list){nested, 3};
    through_memory(&text_lists, &from, &to);
    const c_list *outer = to.ptr;
    EXPECT(to.len, 3);
    EXPECT(outer[0].len, 2);
    EXPECT(outer[1].len, 0);
    EXPECT(outer[2].len, 1);
    const c_list *inner = outer[0].ptr;
    EXPECT(inner[0].len, 2);
    EXPECT(memcmp(inner[0].ptr, "ab", 2), 0);
    EXPECT(inner[1].len, 0);
    EXPECT(memcmp(((c_list *)outer[2].ptr)->ptr, "c", 1), 0);

    c_point pts[2] = {{1, 2, 3}, {4, 5, 6}};
    from = (c_list){pts, 2};
    through_memory(&points, &from, &to);
    EXPECT(((c_point *)to.ptr)[1].y, 5);
}

static void variants(void)
{
    c_numbers from = {.tag = 2, .val.d = 0.5}, to;
    through_memory(&numbers, &from, &to);
    EXPECT(to.tag, 2);
    EXPECT(to.val.d == 0.5, true);
    from = (c_numbers){.tag = 4};
    through_memory(&numbers, &from, &to);
    EXPECT(to.tag, 4);

    // All cases of `numbers` share one core value of 64 bits.
    weft_sim_core core[2] = {{.i32 = 1}, {.i64 = 0}}, out[2];
    EXPECT(weft_sim_flat_count(&(weft_sim_part){"it", &numbers}, 1), 2);
    float f = -1.25f;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    core[1].i64 = bits;
    through_core(&numbers, core, out);
    EXPECT(out[0].i32, 1);
    EXPECT(out[1].i64, bits);
    core[0].i32 = 0;
    core[1].i64 = 0xffffffff00000005; // the upper half is not the value's
    through_core(&numbers, core, out);
    EXPECT(out[1].i64, 5);
    core[0].i32 = 2;
    core[1].f64 = 0x1p300;
    through_core(&numbers, core, out);
    EXPECT(out[1].f64 == 0x1p300, true);
    core[0].i32 = 3;
    core[1].i64 = ~0ull;
    through_core(&numbers, core, out);
    EXPECT(out[1].i64, ~0ull);
    core[0].i32 = 4;
    through_core(&numbers, core, out);
    EXPECT(out[0].i32, 4);
    EXPECT(out[1].i64, 0);
    // And those of `narrow` one of 32.
    core[0].i32 = 1;
    core[1] = (weft_sim_core){.i32 = bits};
    through_core(&narrow, core, out);
    EXPECT(out[1].i32, bits);

    c_list words[1] = {{"ok", 2}};
    c_outcome result = {.val.ok = {words, 1}}, result_to;
    through_memory(&outcome, &result, &result_to);
    EXPECT(result_to.is_err, false);
    EXPECT(result_to.val.ok.len, 1);
    result = (c_outcome){.is_err = true, .val.err = 2.0};
    through_memory(&outcome, &result, &result_to);
    EXPECT(result_to.is_err && result_to.val.err == 2.0, true);

    c_maybe_maybe some = {true, {true, {"in", 2}}}, some_to;
    through_memory(&maybe_maybe, &some, &some_to);
    EXPECT(some_to.is_some && some_to.val.is_some && some_to.val.val.len == 2, true);
    some.val.is_some = false;
    through_memory(&maybe_maybe, &some, &some_to);
    EXPECT(some_to.is_some, true);
    EXPECT(some_to.val.is_some, false);
    some.is_some = false;
    through_memory(&maybe_maybe, &some, &some_to);
    EXPECT(some_to.is_some, false);
}

static void spilled(void)
{
    weft_sim_part parts[] = {{"a", &t_u8}, {"b", &t_u64}, {"c", &t_string}, {"d", &t_bool}};
    struct {
        uint8_t a;
        uint64_t b;
        c_list c;
        bool d;
    } from = {1, 2, {"three", 5}, true}, to;
    weft_sim_value values[4];
    weft_sim_core core = {.i32 = (uint32_t)(uintptr_t)&from}, out = {.i64 = ~0ull};
    EXPECT(weft_sim_flat_count(parts, 4), 5);
    weft_sim_lift(&here, parts, 4, 4, &core, values);
    EXPECT(weft_sim_lower(&here, parts, 4, 4, values, &out, NULL), 1);
    memcpy(&to, (void *)(uintptr_t)out.i64, sizeof to);
    EXPECT(to.a, 1);
    EXPECT(to.b, 2);
    EXPECT(to.c.len, 5);
    EXPECT(to.d, true);
    memset(&to, 0, sizeof to);
    EXPECT(weft_sim_lower(&here, parts, 4, 0, values, NULL, &to), 0);
    EXPECT(to.b, 2);
    EXPECT(memcmp(to.c.ptr, "three", 5), 0);
    // One more may stay flat.
    weft_sim_core flat[5];
    EXPECT(weft_sim_lower(&here, parts, 4, 5, values, flat, NULL), 5);
    EXPECT(flat[1].i64, 2);
    for (int i = 0; i < 4; i++)
        weft_sim_value_free(parts[i].type, &values[i]);
}

static void moved_handles(void)
{
    struct {
        uint32_t it, bytes, why;
    } from = {1, 2, 3}, to = {0};
    through_memory(&holder, &from, &to);
    EXPECT(to.it == 1 && to.bytes == 2 && to.why == 3, true);
    EXPECT(handles[1] || handles[2] || handles[3], false);

    // What is not lowered is dropped, once.
    uint32_t ids[3] = {4, 5, 6};
    c_list list = {ids, 3};
    weft_sim_value value;
    weft_sim_load(&here, &things, &list, &value);
    EXPECT(handles[4] + handles[5] + handles[6], 3);
    uint32_t taken;
    weft_sim_store(&here, &own_thing, &value.items[1], &taken);
    EXPECT(taken, 5);
    EXPECT(handles[5], 0);
    weft_sim_value_free(&things, &value);
    EXPECT(handles[4] || handles[5] || handles[6], false);
}

static void copies(void)
{
    uint16_t from[5] = {1, 2, 3, 4, 5}, to[5] = {0};
    weft_sim_copy(&here, &t_u16, from, &here, &t_u16, to, 3);
    EXPECT(to[2], 3);
    EXPECT(to[3], 0);
    weft_sim_copy(&here, NULL, NULL, &here, NULL, NULL, 3);
    c_list words[2] = {{"one", 3}, {"two", 3}}, words_to[2];
    weft_sim_copy(&here, &t_string, words, &here, &t_string, words_to, 2);
    EXPECT(memcmp(words_to[1].ptr, "two", 3), 0);
    EXPECT_TRAP(BUFFER_ALIGNMENT, weft_sim_copy(&here, &t_u16, (char *)from + 1, &here, &t_u16, to, 1));
    EXPECT_TRAP(BUFFER_ALIGNMENT, weft_sim_copy(&here, &t_u16, from, &here, &t_u16, (char *)to + 1, 1));
}

// The values that were being lifted are lost with the trap, as they are in the host, whose memory goes with its
// run.
static void bad_text(const char *text, uint32_t length, bool good)
{
    c_list from = {(void *)text, length}, to;
    trap = WEFT_SIM_NO_TRAP;
    if (!setjmp(trapped))
        through_memory(&t_string, &from, &to);
    if (trap != (good ? WEFT_SIM_NO_TRAP : WEFT_SIM_TRAP_VALUE_UTF8)) {
        printf("UTF-8 that begins with 0x%02x: trap %d\n", (unsigned char)text[0], trap);
        failures++;
    }
}

static void traps(void)
{
    uint32_t bits = 0x110000;
    char to[16];
    EXPECT_TRAP(VALUE_CHAR, through_memory(&t_char, &bits, to));
    bits = 0xd800;
    EXPECT_TRAP(VALUE_CHAR, through_memory(&t_char, &bits, to));
    bits = 0xe000;
    through_memory(&t_char, &bits, to);
    uint8_t which = 3;
    EXPECT_TRAP(VALUE_CASE, through_memory(&color, &which, to));
    EXPECT_TRAP(VALUE_CASE, core_number(&color, 3));
    c_maybe maybe;
    memset(&maybe, 2, sizeof maybe);
    EXPECT_TRAP(VALUE_CASE, through_memory(&maybe_text, &maybe, to));
    c_list list = {(void *)(uintptr_t)0x100004, 1};
    EXPECT_TRAP(VALUE_ALIGNMENT, through_memory(&longs, &list, to));
    list = (c_list){(void *)(uintptr_t)8, 1};
    EXPECT_TRAP(LIST_BOUNDS, through_memory(&longs, &list, to));
    list = (c_list){(void *)(uintptr_t)8, 1};
    EXPECT_TRAP(TEXT_BOUNDS, through_memory(&t_string, &list, to));
    list.len = 1 << 28;
    EXPECT_TRAP(LIST_BOUNDS, through_memory(&bytes, &list, to));
    EXPECT_TRAP(TEXT_BOUNDS, through_memory(&t_string, &list, to));
    list.len = 1 << 25; // of 8 bytes each
    EXPECT_TRAP(LIST_BOUNDS, through_memory(&longs, &list, to));
    weft_sim_part part = {"it", &longs};
    weft_sim_core core = {.i32 = 0x100002};
    weft_sim_value value;
    EXPECT_TRAP(VALUE_ALIGNMENT, weft_sim_lift(&here, &part, 1, 0, &core, &value));
    value = weft_sim_text_value(NULL, "x");
    weft_sim_part text = {"it", &t_string};
    EXPECT_TRAP(VALUE_ALIGNMENT, weft_sim_lower(&here, &text, 1, 0, &value, NULL, (void *)(uintptr_t)0x100002));
    weft_sim_value_free(&t_string, &value);

    bad_text("a\xc3\xa9\xe2\x82\xac\xf0\x9f\xa7\xb5", 10, true);
    bad_text("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 10, true);
    bad_text("\xc3", 1, false);
    bad_text("\xc0\x80", 2, false);
    bad_text("\xe0\x9f\xbf", 3, false);
    bad_text("\xed\xa0\x80", 3, false);
    bad_text("\xf0\x8f\xbf\xbf", 4, false);
    bad_text("\xf4\x90\x80\x80", 4, false);
    bad_text("\xf5\x80\x80\x80", 4, false);
    bad_text("\x80", 1, false);
    bad_text("\xe2\x82", 2, false);
    bad_text("\xe2\x28\xa1", 3, false);
    allocated = 0;
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"layout", layout},         {"plain", plain},   {"sameness", sameness}, {"numbers", number_values},
    {"records", records},       {"lists", lists},   {"variants", variants}, {"spilled", spilled},
    {"handles", moved_handles}, {"copies", copies}, {"traps", traps},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (count < 2) {
            puts(tests[i].name);
        } else if (!strcmp(arguments[1], tests[i].name)) {
            tests[i].run();
            EXPECT(allocated, 0);
            while (reallocs > 0)
                free(component_memory[--reallocs]);
            return failures != 0;
        }
    }
    return count >= 2;
}
