// The scenarios of futures: name, role, my script, the peer's script, my log, the peer's log
// (scripts/script.h).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SCENARIOS_H
#define SCENARIOS_H

// clang-format off
#define SCENARIOS(S)                                                                                           \
    /* Both orders of arrival, both roles: at once on one side, by event on the other. */                      \
    S(give_write_first,        GIVES, "s>ac",   "|sc",    "B C",       "C[1]")                                 \
    S(give_read_first,         GIVES, "sc.",    "sac",    "C",         "B C[1]")                               \
    S(make_write_first,        MAKES, "sc.",    "sac",    "C[1]",      "B C")                                  \
    S(make_read_first,         MAKES, "s>ac",   "|sc",    "B C[1]",    "C")                                    \
    /* The reader goes: before the write, with the write in flight, after a cancelled read. */                 \
    S(give_gone_before,        GIVES, ">sc",    "|c",     "D",         "")                                     \
    S(give_gone_in_flight,     GIVES, "s>ac",   "|c",     "B D",       "")                                     \
    S(give_gone_after_cancel,  GIVES, ">sc",    "s|xc",   "D",         "B X")                                  \
    S(give_gone_reading,       GIVES, ">sc",    "s|c",    "D",         "B")                                    \
    S(make_gone_before,        MAKES, "c>",     "|sc",    "",          "D")                                    \
    S(make_gone_in_flight,     MAKES, "c.",     "sac",    "",          "B D")                                  \
    S(make_gone_after_cancel,  MAKES, "sxc>",   "|sc",    "B X",       "D")                                    \
    S(make_gone_reading,       MAKES, "sc>",    "|sc",    "B",         "D")                                    \
    /* A cancelled copy leaves the end usable. */                                                              \
    S(give_cancel_write,       GIVES, "sxs>ac", "|sc",    "B X B C",   "C[2]")                                 \
    S(give_cancel_read,        GIVES, ">s.c",   "s|xsac", "C",         "B X B C[1]")                           \
    S(make_cancel_write,       MAKES, ">sc.",   "s|xsac", "C[2]",      "B X B C")                              \
    S(make_cancel_read,        MAKES, "sxs>ac", "|sc",    "B X B C[1]", "C")                                   \
    S(give_cancel_twice,       GIVES, "sxsxs>ac", "|sc",  "B X B X B C", "C[3]")                               \
    S(give_cancel_thrice,      GIVES, "sxsxsx>sc", "sx|sac", "B X B X B X C", "B X B C[4]")                    \
    /* The peer completed it before the cancel, and no event has been delivered. */                            \
    S(give_write_won,          GIVES, "s!xc",   "|sc",    "B C",       "C[1]")                                 \
    S(give_read_won,           GIVES, "s!c",    "s|xc",   "C",         "B C[1]")                               \
    S(make_write_won,          MAKES, "s!c",    "s|xc",   "C[1]",      "B C")                                  \
    S(make_read_won,           MAKES, "s!xc",   "|sc",    "B C[1]",    "C")                                    \
    S(give_write_lost,         GIVES, "s!xc",   "|c",     "B D",       "")                                     \
    S(make_write_lost,         MAKES, "c!",     "s|xc",   "",          "B D")                                  \
    S(give_write_won_close,    GIVES, "s!c",    "|sc",    "B",         "C[1]")                                 \
    S(make_write_won_close,    MAKES, "s!",     "s|c",    "C[1]",      "B")                                    \
    /* A writer that closes unwritten delivers the default. */                                                 \
    S(give_default_later,      GIVES, "c>",     "|sc",    "",          "C[9]")                                 \
    S(give_default_waiting,    GIVES, "c.",     "sac",    "",          "B C[9]")                               \
    S(give_default_long_after, GIVES, "c>>>>",  "|||~~~~|sc", "",      "C[9]")                                 \
    S(give_default_retry,      GIVES, "c>",     "sx|sc",  "",          "B X C[9]")                             \
    S(give_default_gone,       GIVES, ">c",     "|c",     "",          "")                                     \
    S(give_default_goes,       GIVES, "c>",     "|c",     "",          "")                                     \
    S(make_default_later,      MAKES, ".sc",    "c",      "C[9]",      "")                                     \
    S(make_default_waiting,    MAKES, "s>ac",   "|c",     "B C[9]",    "")                                     \
    S(make_default_long_after, MAKES, ".~~~~sc", "c",     "C[9]",      "")                                     \
    S(make_default_won,        MAKES, "s!xc",   "|c",     "B C[9]",    "")                                     \
    S(make_default_gone,       MAKES, "c>",     "|c",     "",          "")                                     \
    S(make_default_goes,       MAKES, ".c",     "c",      "",          "")                                     \
    S(make_default_unasked,    MAKES, "sc",     "",       "C[9]",      "")                                     \
    /* After a cancelled write the close delivers that value. */                                               \
    S(give_close_cancelled,    GIVES, "sxc>",   "|sc",    "B X",       "C[1]")                                 \
    S(give_close_in_flight,    GIVES, "sc>",    "|sc",    "B",         "C[1]")                                 \
    S(give_close_second,       GIVES, "sxsxc>", "|sc",    "B X B X",   "C[2]")                                 \
    S(make_close_cancelled,    MAKES, ".sc",    "sxc",    "C[1]",      "B X")                                  \
    S(make_close_in_flight,    MAKES, ".sc",    "sc",     "C[1]",      "B")                                    \
    S(give_close_cancelled_gone, GIVES, "sxc>", "|c",     "B X",       "")                                     \
    /* Closing again does nothing. */                                                                          \
    S(give_close_twice,        GIVES, "ccc>",   "|sccc",  "",          "C[9]")                                 \
    S(make_close_twice,        MAKES, "ccc>",   "|sccc",  "",          "D")                                    \
    /* The other end goes when this one is done and, on Weft, still in its task's set. */                       \
    S(give_unsolicited,        GIVES, "s>a>~~c", "|s|c",  "B C",       "C[1]")                                 \
    S(make_unsolicited,        MAKES, "s>a>~~c", "|s|c",  "B C[1]",    "C")                                    \
    S(give_unsolicited_peer,   GIVES, "s.c~~>", "sa|c",   "C",         "B C[1]")                               \
    S(make_unsolicited_peer,   MAKES, "s.c~~>", "sa|c",   "C[1]",      "B C")
// clang-format on

#endif
