// sim/tool/wave.c by itself: values of every type, read and printed again; and what is wrong with those that
// are none. No value leaves memory behind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/wave.h"
#include "values_alone.h"

LIST(bytes, t_u8);
LIST(texts, t_string);
LIST(text_lists, texts);
OPTION(maybe_text, t_string);
OPTION(maybe_maybe, maybe_text);
OPTION(maybe_number, t_u32);
COMPOUND(point, RECORD, {"x", &t_u8}, {"y", &t_u64}, {"long-name", &t_f32});
LIST(points, point);
COMPOUND(mixed, RECORD, {"flag", &t_bool}, {"at", &point}, {"name", &maybe_text});
COMPOUND(open_record, RECORD, {"a", &maybe_text}, {"b", &maybe_number});
COMPOUND(pair, TUPLE, {NULL, &t_u8}, {NULL, &t_string});
COMPOUND(shape, VARIANT, {"nothing", NULL}, {"side", &t_s32}, {"ok", &pair}, {"none", NULL});
COMPOUND(color, ENUM, {"red", NULL}, {"dark-blue", NULL}, {"inf", NULL});
COMPOUND(outcome, RESULT, {"ok", &texts}, {"err", &t_s8});
COMPOUND(bare_outcome, RESULT, {"ok", NULL}, {"err", NULL});
COMPOUND(some_flags, FLAGS, {"read", NULL}, {"write", NULL}, {"run", NULL});
static const weft_sim_type a_stream = {.kind = WEFT_SIM_STREAM, .name = "stream<u8>", .element = &t_u8};

// Reads `text`, to its end, and prints it into `printed`; what is wrong, if there is no such value.
static void there_and_back(const weft_sim_type *type, const char *text, char *printed, size_t size)
{
    weft_sim_value value;
    wave_reader reader = wave_reader_of(NULL, text);
    FILE *to = fmemopen(printed, size, "w");
    if (wave_read(&reader, type, &value)) {
        wave_print(to, NULL, type, &value);
        fputs(reader.at, to);
        weft_sim_value_free(type, &value);
    } else {
        fputs(reader.wrong, to);
    }
    fclose(to);
    EXPECT(allocated, 0);
}

static void expect(const weft_sim_type *type, const char *text, const char *expected)
{
    char printed[600];
    there_and_back(type, text, printed, sizeof printed);
    if (strcmp(printed, expected) != 0) {
        printf("%s: %s is %s, expected %s\n", type->name, text, printed, expected);
        failures++;
    }
}

// What is printed as it was written.
static void same(const weft_sim_type *type, const char *text)
{
    expect(type, text, text);
}

static void numbers(void)
{
    same(&t_bool, "true");
    same(&t_bool, "false");
    same(&t_s8, "-128");
    same(&t_s16, "32767");
    same(&t_s32, "-2147483648");
    same(&t_s64, "-9223372036854775808");
    same(&t_u64, "18446744073709551615");
    expect(&t_s8, "-0", "0");
    expect(&t_u8, " \n// a comment\n 7", "7");
}

static void floats(void)
{
    static const char *const each[] = {"0",        "-0",           "1",   "-1.5", "0.1", "0.0001",
                                       "16777216", "123456790000", "inf", "nan",  "-inf"};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        same(&t_f32, each[i]);
        same(&t_f64, each[i]);
    }
    expect(&t_f64, "1e3", "1000");
    expect(&t_f64, "1.25E-3", "0.00125");
    expect(&t_f64, "1e-10", "0.0000000001");
    expect(&t_f64, "1.5e22", "15000000000000000000000");
    same(&t_f64, "0.30000000000000004");
    same(&t_f64, "0.00000000000005684341886080802");   // 2^-44: the numbers below lie closer
    expect(&t_f32, "0.000244140625", "0.00024414063"); // between two of eight digits
    same(&t_f32, "3.1415927");
    same(&t_f64, "12345678901234567000");
}

static void text(void)
{
    same(&t_char, "'x'");
    same(&t_char, "'\\''");
    expect(&t_char, "'\\u{20AC}'", "'\xe2\x82\xac'");
    same(&t_char, "'\\u{7f}'");
    same(&t_string, "\"\"");
    same(&t_string, "\"gew\xc3\xb6hnlich \\\"\\\\\\'\\t\\n\\r \\u{0}\\u{85} \xf0\x9f\xa7\xb5\"");
    expect(&t_string, "\"it's\"", "\"it\\'s\"");
    expect(&t_string, "\"\"\"\n  one\n   two\n\n  \"\"\"",
           "at character 18: this line has fewer spaces in front than the line "
           "of the closing \"\"\"");
    expect(&t_string, "\"\"\"\n  one \\u{41}\n   \"two\"\r\n  three\n  \"\"\"",
           "\"one A\\n \\\"two\\\"\\nthree\"");
    expect(&t_string, "\"\"\"\n\"\"\"", "\"\"");
    same(&texts, "[\"a\", \"\", \"c\"]");
}

static void compounds(void)
{
    same(&bytes, "[]");
    expect(&bytes, "[ 1,2 , 3, ]", "[1, 2, 3]");
    same(&bytes, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]");
    same(&text_lists, "[[\"a\"], [], [\"b\", \"c\"]]");
    same(&point, "{x: 1, y: 2, long-name: 2.5}");
    expect(&point, "{%y:2,long-name:nan,x:1,}", "{x: 1, y: 2, long-name: nan}");
    same(&points, "[{x: 1, y: 2, long-name: 3}, {x: 4, y: 5, long-name: 6}]");
    expect(&mixed, "{flag: true, at: {x: 1, y: 2, long-name: 3}, name: none}",
           "{flag: true, at: {x: 1, y: 2, long-name: 3}}");
    expect(&mixed, "{at: {x: 1, y: 2, long-name: 3}, flag: false, name: \"n\"}",
           "{flag: false, at: {x: 1, y: 2, long-name: 3}, name: some(\"n\")}");
    same(&open_record, "{:}");
    same(&open_record, "{b: some(3)}");
    same(&pair, "(1, \"one\")");
    same(&some_flags, "{}");
    expect(&some_flags, "{run, %read}", "{read, run}");
}

static void cases(void)
{
    same(&shape, "nothing");
    same(&shape, "side(-3)");
    same(&shape, "%ok((1, \"one\"))");
    expect(&shape, "none", "%none");
    same(&color, "dark-blue");
    expect(&color, "inf", "%inf");
    same(&maybe_text, "none");
    same(&maybe_text, "some(\"x\")");
    expect(&maybe_text, "\"x\"", "some(\"x\")");
    same(&maybe_maybe, "some(none)");
    same(&maybe_maybe, "some(some(\"x\"))");
    same(&outcome, "ok([\"a\"])");
    expect(&outcome, "[]", "ok([])");
    same(&outcome, "err(-1)");
    same(&bare_outcome, "ok");
    same(&bare_outcome, "err");
}

static void malformed(void)
{
    expect(&t_bool, "yes", "at character 1: this is no bool: true or false is one");
    expect(&t_bool, "%true", "at character 1: this is no bool: true or false is one");
    expect(&t_u8, "256", "at character 1: this is no t_u8: a whole number from 0 to 255 is one");
    expect(&t_u8, "-0", "at character 1: this is no t_u8: a whole number from 0 to 255 is one");
    expect(&t_s8, "-129", "at character 1: this is no t_s8: a whole number from -128 to 127 is one");
    expect(&t_u32, "1.0", "at character 1: this is no t_u32: a whole number from 0 to 4294967295 is one");
    expect(&t_u32, "1e3", "at character 1: this is no t_u32: a whole number from 0 to 4294967295 is one");
    expect(&t_u64, "18446744073709551616",
           "at character 1: this is no t_u64: a whole number from 0 to 18446744073709551615 is one");
    expect(&t_s64, "-9223372036854775809",
           "at character 1: this is no t_s64: a whole number from -9223372036854775808 to 9223372036854775807 "
           "is one");
    expect(&t_f64, "", "at character 1: this is no t_f64: a number, inf, -inf or nan is one");
    expect(&t_f64, "-nan", "at character 1: this is no t_f64: a number, inf, -inf or nan is one");
    expect(&t_f64, "info", "at character 1: this is no t_f64: a number, inf, -inf or nan is one");
    expect(&t_char, "''", "at character 2: a character is missing");
    expect(&t_char, "'", "at character 2: a character is missing");
    expect(&t_char, "'ab'", "at character 3: ' is missing");
    expect(&t_char, "'\\u{d800}'", "at character 4: there is no such character");
    expect(&t_char, "'\\u{}'", "at character 4: \\u wants up to six hexadecimal digits in braces");
    expect(&t_char, "'\\u{1234567}'", "at character 4: \\u wants up to six hexadecimal digits in braces");
    expect(&t_string, "x", "at character 1: \" is missing");
    expect(&t_string, "\"x", "at character 3: \" is missing");
    expect(&t_string, "\"x\n\"", "at character 3: \" is missing");
    expect(&t_string, "\"\\x\"", "at character 2: after a \\ comes one of \\ ' \" t n r u");
    expect(&t_string, "\"\\", "at character 2: after a \\ comes one of \\ ' \" t n r u");
    expect(&t_string, "\"\xc3\"", "at character 2: this is not UTF-8");
    expect(&t_string, "\"\xed\xa0\x80\"", "at character 2: this is not UTF-8");
    expect(&t_string, "\"\"\"x", "at character 4: the closing \"\"\" is missing");
    expect(&t_string, "\"\"\"x\"\"\"",
           "at character 4: \"\"\" ends its line, and the closing \"\"\" begins one");
    expect(&bytes, "1", "at character 1: [ is missing");
    expect(&bytes, "[1", "at character 3: a comma or ] is missing");
    expect(&bytes, "[1 2]", "at character 4: a comma or ] is missing");
    expect(&bytes, "[,]", "at character 2: this is no t_u8: a whole number from 0 to 255 is one");
    expect(&texts, "[\"a\", 1]", "at character 7: \" is missing");
    expect(&point, "{x: 1, y: 2}", "at character 13: long-name of point is missing");
    expect(&point, "{x: 1, x: 2}", "at character 9: x was given already");
    expect(&point, "{z: 1}", "at character 2: point has no z");
    expect(&point, "{x 1}", "at character 4: : is missing");
    expect(&point, "{", "at character 2: a name is missing");
    expect(&point, "{:}", "at character 4: x of point is missing");
    expect(&mixed, "{at: {x: 1, y: 2, long-name: 3}, flag: 1}",
           "at character 40: this is no bool: true or false is one");
    expect(&pair, "(1)", "at character 4: pair takes 2, and is given 1");
    expect(&pair, "(1, \"\", 2)", "at character 9: pair takes 2, and is given more");
    expect(&pair, "()", "at character 3: pair takes 2, and is given 0");
    expect(&shape, "some", "at character 1: shape has no some");
    expect(&shape, "side", "at character 5: ( is missing");
    expect(&shape, "nothing(1)", "at character 8: this case of shape has no value");
    expect(&color, "dark", "at character 1: color has no dark");
    expect(&color, "1", "at character 1: a name is missing");
    expect(&maybe_text, "some", "at character 5: ( is missing");
    expect(&maybe_text, "none(1)", "at character 5: this case of maybe_text has no value");
    expect(&maybe_maybe, "\"x\"", "at character 1: this is no maybe_maybe: some(...) or none is one");
    expect(&bare_outcome, "1", "at character 1: this is no bare_outcome: ok or err is one");
    expect(&bare_outcome, "ok(1)", "at character 3: this case of bare_outcome has no value");
    expect(&some_flags, "{read, read}", "at character 12: read was given already");
    expect(&some_flags, "{exec}", "at character 2: some_flags has no exec");
    expect(&a_stream, "1",
           "at character 1: a stream<u8> cannot be written down: call this from a test of your own");
}

static const char *arguments_wrong(const char *given)
{
    static const weft_sim_part parts[] = {{"a", &t_string}, {"b", &maybe_number}, {"c", &maybe_text}};
    static const weft_sim_func func = {.name = "f", .params = parts, .param_count = 3};
    static wave_reader reader;
    weft_sim_value args[3];
    reader = wave_reader_of(NULL, given);
    if (wave_read_arguments(&reader, &func, args))
        for (int i = 0; i < 3; i++)
            weft_sim_value_free(parts[i].type, &args[i]);
    EXPECT(allocated, 0);
    return reader.wrong;
}

static void arguments(void)
{
    EXPECT(*arguments_wrong("(\"x\", 1, \"y\")"), 0);
    EXPECT(*arguments_wrong("(\"x\", none)"), 0);
    EXPECT(*arguments_wrong(" ( \"x\" , ) "), 0);
    EXPECT(strcmp(arguments_wrong("()"), "at character 3: f takes 3, and is given 0"), 0);
    EXPECT(strcmp(arguments_wrong("(\"x\", -1)"),
                  "at character 7: this is no t_u32: a whole number from 0 to 4294967295 is one"),
           0);
    EXPECT(strcmp(arguments_wrong("(\"x\") y"), "at character 7: there is something behind the call"), 0);
    EXPECT(strcmp(arguments_wrong("(\"x\", 1, \"y\", 2)"), "at character 15: f takes 3, and is given more"), 0);
}

// Whatever is cut off, changed or put in, it is read or refused, and nothing is left.
static void damaged(void)
{
    static const char whole[] = "{flag: true, at: {x: 1, y: 2, long-name: 3.5e1}, name: some(\"a\\u{41}\\n\")}";
    static const char odd[] = "\"'{}[]():,%\\/-.\n\xc3\x80 019ez";
    char text[sizeof whole + 1], printed[600];
    for (size_t at = 0; at < sizeof whole - 1; at++) {
        strcpy(text, whole);
        text[at] = 0;
        there_and_back(&mixed, text, printed, sizeof printed);
        for (size_t i = 0; i < sizeof odd - 1; i++) {
            strcpy(text, whole);
            text[at] = odd[i];
            there_and_back(&mixed, text, printed, sizeof printed);
            memcpy(text + at + 1, whole + at, sizeof whole - at);
            there_and_back(&mixed, text, printed, sizeof printed);
        }
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"numbers", numbers}, {"floats", floats},       {"text", text},           {"compounds", compounds},
    {"cases", cases},     {"malformed", malformed}, {"arguments", arguments}, {"damaged", damaged},
};

int main(int count, char **names)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (count == 2 && !strcmp(names[1], tests[i].name)) {
            tests[i].run();
            return failures != 0;
        }
    }
    return 1;
}
