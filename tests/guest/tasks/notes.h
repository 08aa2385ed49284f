// What both callees of the tasks' tests share: the notes that their tasks take.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NOTES_H
#define NOTES_H

static char notes[256];
static size_t note_count;

static void note(char letter)
{
    if (note_count == sizeof notes)
        __builtin_trap();
    notes[note_count++] = letter;
}

void exports_weft_tasks_peer_notes(callee_string_t *ret)
{
    callee_string_dup_n(ret, notes, note_count);
    note_count = 0;
}

#endif
