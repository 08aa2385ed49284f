// The scenarios of payloads: name, role, my script, the peer's script, my log, the peer's log
// (scripts/script.h).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SCENARIOS_H
#define SCENARIOS_H

// clang-format off
#define STREAM_SCENARIOS(S)                                                                                    \
    /* All is accepted: by one read before or after it, or by several. s is a write, f a write of all. */      \
    S(give_write_first,     GIVES, "3s>ac",    "|4s|c",       "B m m m C3",           "C3[1 2 3]")             \
    S(give_read_first,      GIVES, "3s.c",     "4sac",        "m m m C3",             "B C3[1 2 3]")           \
    S(make_write_first,     MAKES, "4s.c",     "3sac",        "C3[1 2 3]",            "B m m m C3")            \
    S(make_read_first,      MAKES, "4s>ac",    "|3s|c",       "B C3[1 2 3]",          "m m m C3")              \
    S(give_all_at_once,     GIVES, "6f>ac",    "|9s|c",       "B m m m m m m C6",     "C6[1 2 3 4 5 6]")       \
    S(give_all_waiting,     GIVES, "6f.c",     "9sac",        "m m m m m m C6",       "B C6[1 2 3 4 5 6]")     \
    S(give_all_in_pieces,   GIVES, "6f>>>ac",  "|2s|1s|3s|c", "B m m m m m m C6",     "C2[1 2] C1[3] C3[4 5 6]")\
    S(give_all_rewrites,    GIVES, "6fac",     "2sa2s~~2s|c", "B m m m m m m C6",     "B C2[1 2] C2[3 4] C2[5 6]")\
    S(make_all_at_once,     MAKES, "9s.c",     "6fac",        "C6[1 2 3 4 5 6]",      "B m m m m m m C6")      \
    S(make_all_in_pieces,   MAKES, "2s1s3s.c", "6fac",        "C2[1 2] C1[3] C3[4 5 6]", "B m m m m m m C6")   \
    /* A write moves what fits. */                                                                             \
    S(give_partial,         GIVES, "5s.c",     "2sac",        "m m k3 k4 k5 C2",      "B C2[1 2]")             \
    S(make_partial,         MAKES, "2s>ac",    "|5s|c",       "B C2[1 2]",            "m m k3 k4 k5 C2")       \
    /* The reader drops before, after none, and after two of five. */                                          \
    S(give_gone_before,   GIVES, ">5fc",     "|c",        "k1 k2 k3 k4 k5 D0",   "")                           \
    S(give_gone_none,     GIVES, "5f>ac",    "|c",        "B k1 k2 k3 k4 k5 D0", "")                           \
    S(give_gone_two,      GIVES, "5f>ac",    "|2sc",      "B m m k3 k4 k5 D2",   "C2[1 2]")                    \
    S(give_gone_write,    GIVES, "5s>ac",    "|2sc",      "B m m k3 k4 k5 D2",   "C2[1 2]")                    \
    S(make_gone_before,   MAKES, "c>",       "|5fc",      "",                    "k1 k2 k3 k4 k5 D0")          \
    S(make_gone_two,        MAKES, "2sc.",     "5fac",        "C2[1 2]",              "B m m k3 k4 k5 D2")     \
    S(make_gone_write,      MAKES, "2sc.",     "5sac",        "C2[1 2]",              "B m m k3 k4 k5 D2")     \
    /* The write is stopped with nothing moved, with two moved, with all moved (cancelled, says the host). */   \
    S(give_stop_none,       GIVES, "3fx2s>ac", "|9s|c",       "B k1 k2 k3 X0 B m m C2", "C2[4 5]")             \
    S(give_stop_two,      GIVES, "5f>xc",    "|2s|c",     "B m m k3 k4 k5 X2",   "C2[1 2]")                    \
    S(give_stop_two_now,  GIVES, "5f!xc",    "|2s|c",     "B m m k3 k4 k5 X2",   "C2[1 2]")                    \
    S(give_stop_all_now,  GIVES, "3f!xc",    "|9s|c",     "B m m m X3",          "C3[1 2 3]")                  \
    S(give_stop_dropped,  GIVES, "5f!xc",    "|2sc",      "B m m k3 k4 k5 D2",   "C2[1 2]")                    \
    S(make_stop_none,       MAKES, ">s.c",     "3f|x2sac",    "C1[4]",                "B k1 k2 k3 X0 B m k5 C1")\
    S(make_stop_two_now,  MAKES, "2s!c",     "5f|xc",     "C2[1 2]",             "B m m k3 k4 k5 X2")          \
    /* The writer is closed with a write in flight. */                                                         \
    S(give_close_none,    GIVES, "3fc>",     "|sc",       "B k1 k2 k3",          "D0")                         \
    S(give_close_two,     GIVES, "5f>c",     "|2s|c",     "B m m k3 k4 k5",      "C2[1 2]")                    \
    S(give_close_two_now, GIVES, "5f!c",     "|2s|c",     "B m m k3 k4 k5",      "C2[1 2]")                    \
    S(give_close_write,   GIVES, "5s!c",     "|2s|c",     "B m m k3 k4 k5",      "C2[1 2]")                    \
    S(make_close_two_now, MAKES, "2s!c",     "5f|c",      "C2[1 2]",             "B m m k3 k4 k5")             \
    S(give_close_unasked, GIVES, "4f",       "~~~~sc",    "B k1 k2 k3 k4",       "D0")                         \
    /* The reader stops or closes with items already there: they are its own. */                               \
    S(make_read_stopped,  MAKES, "4s!xc",    "|2s|c",     "B X2[1 2]",           "m m C2")                     \
    S(make_read_dropped,  MAKES, "4s!xc",    "|2sc",      "B D2[1 2]",           "m m C2")                     \
    S(make_read_closed,   MAKES, "4s!c",     "|2s|c",     "B [1 2]",             "m m C2")                     \
    S(make_read_stop_on,  MAKES, "4sx3s!xc", "|2s|c",     "B X0 B X2[1 2]",      "m m C2")                     \
    S(give_read_stopped,  GIVES, "2s!c",     "4s|xc",     "m m C2",              "B X2[1 2]")                  \
    S(give_read_closed,   GIVES, "2s!c",     "4s|c",      "m m C2",              "B [1 2]")                    \
    S(give_read_ended,    GIVES, "c.",       "4sac",      "",                    "B D0")

#define FUTURE_SCENARIOS(S)                                                                                    \
    /* A write replaces the default; the value moves. */                                                       \
    S(give_value_first,   GIVES, "s>ac",     "|sc",       "k9 B C m",            "C[1]")                       \
    S(give_value_waited,  GIVES, "sc.",      "sac",       "k9 C m",              "B C[1]")                     \
    S(make_value_first,     MAKES, "sc.",      "sac",         "C[1]",                 "k9 B C m")              \
    S(make_value_waited,  MAKES, "s>ac",     "|sc",       "B C[1]",              "k9 C m")                     \
    /* It does not: the reader goes before it, or with it in flight. */                                        \
    S(give_value_late,    GIVES, ">sc",      "|c",        "k9 D k1",             "")                           \
    S(give_value_lost,    GIVES, "s>ac",     "|c",        "k9 B D k1",           "")                           \
    S(make_value_late,    MAKES, "c>",       "|sc",       "",                    "k9 D k1")                    \
    S(make_value_lost,      MAKES, "c.",       "sac",         "",                     "k9 B D k1")             \
    /* It is cancelled: another follows, or the close delivers it. */                                          \
    S(give_value_again,   GIVES, "sxs>ac",   "|sc",       "k9 B X k1 B C m",     "C[2]")                       \
    S(give_value_close,   GIVES, "sxc>",     "|sc",       "k9 B X m",            "C[1]")                       \
    S(give_value_closing, GIVES, "sc>",      "|sc",       "k9 B m",              "C[1]")                       \
    S(give_value_unread,  GIVES, "sxc>",     "|c",        "k9 B X k1",           "")                           \
    S(make_value_close,   MAKES, ".sc.",     "sxc",       "C[1]",                "k9 B X m")                   \
    S(give_value_won,     GIVES, "s!xc",     "|sc",       "k9 B C m",            "C[1]")                       \
    S(give_value_won_close, GIVES, "s!c",    "|sc",       "k9 B m",              "C[1]")                       \
    S(give_value_gone_close, GIVES, "s!c",   "|c",        "k9 B k1",             "")                           \
    S(make_read_won,      MAKES, "s!xc",     "|sc",       "B C[1]",              "k9 C m")                     \
    /* The default moves: later, at once, unasked; or never does. */                                           \
    S(give_default_later, GIVES, "c>",       "|sc",       "m",                   "C[9]")                       \
    S(give_default_waited, GIVES, "c.",      "sac",       "m",                   "B C[9]")                     \
    S(give_default_unread, GIVES, "c>",      "|c",        "k9",                  "")                           \
    S(give_default_gone,  GIVES, ">c",       "|c",        "k9",                  "")                           \
    S(make_default_later, MAKES, ".sc.",     "c",         "C[9]",                "m")                          \
    S(make_default_waited, MAKES, "s>ac",    "|c",        "B C[9]",              "m")                          \
    S(make_default_unasked, MAKES, ".sc.",   "",          "C[9]",                "m")                          \
    S(make_default_unread, MAKES, ".c.",     "c",         "",                    "k9")                         \
    S(make_default_gone,  MAKES, "c>",       "|c",        "",                    "k9")
// clang-format on

#endif
