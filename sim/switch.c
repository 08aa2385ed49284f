// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "switch.h"

#include <stddef.h>
#include <stdint.h>

#if !defined __i386__
#error "weft_sim runs 32-bit x86 code: compile with -m32 -malign-double"
#endif

__asm__(".text\n"
        ".globl weft_sim__switch\n"
        ".type weft_sim__switch, @function\n"
        "weft_sim__switch:\n"
        "    movl 4(%esp), %eax\n"
        "    movl 8(%esp), %edx\n"
        "    pushl %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    movl %esp, (%eax)\n"
        "    movl %edx, %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    ret\n"
        ".size weft_sim__switch, . - weft_sim__switch\n");

void *weft_sim__switch_new(void *top, void (*main)(void))
{
    void **at = (void **)top - 4;
    *--at = NULL; // the return address of main; then its stack is aligned
    *--at = (void *)(uintptr_t)main;
    for (int i = 0; i < 4; i++)
        *--at = NULL;
    return at;
}
