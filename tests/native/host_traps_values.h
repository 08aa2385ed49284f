// Breaches with what a call takes and gives: resources, memory, texts, lists. Part of host_traps.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

RUN(drop_lent)
{
    UNUSED;
    other_does[LEND] = stays;
    uint32_t thing = call_import(MAKE, 5, NULL);
    call_import(LEND, thing, NULL);
    weft_sim_resource_drop(guest, &imported_thing, thing);
    return EXIT;
}

RUN(give_lent)
{
    UNUSED;
    other_does[LEND] = stays;
    uint32_t thing = call_import(MAKE, 5, NULL);
    call_import(LEND, thing, NULL);
    call_import(GIVE, thing, NULL);
    return EXIT;
}

RUN(other_resource)
{
    UNUSED;
    call_import(GIVE, weft_sim_resource_new(guest, &own_thing, 3), NULL);
    return EXIT;
}

RUN(no_such_slot)
{
    UNUSED;
    weft_sim_context_set(guest, 2, 1);
    return EXIT;
}

RUN(result_nowhere)
{
    UNUSED;
    other_does[WORK] = returns_at_once;
    call_import(WORK, 1, (uint32_t *)0xfffffff0);
    return EXIT;
}

RUN(list_at_null)
{
    UNUSED;
    call_import_2(TAKE_NUMBERS, NULL, 3);
    return EXIT;
}

RUN(text_at_null)
{
    UNUSED;
    call_import_2(TAKE_TEXT, NULL, 3);
    return EXIT;
}

RUN(text_not_utf8)
{
    UNUSED;
    call_import_2(TAKE_TEXT, "a\xff", 2);
    return EXIT;
}

RUN(list_misaligned)
{
    UNUSED;
    call_import_2(TAKE_NUMBERS, (char *)words + 1, 1);
    return EXIT;
}

RUN(letter_surrogate)
{
    UNUSED;
    call_import(TAKE_LETTER, 0xd800, NULL);
    return EXIT;
}

RUN(no_such_case)
{
    UNUSED;
    call_import_2(TAKE_MAYBE, (void *)2, 0);
    return EXIT;
}
