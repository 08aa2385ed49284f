// Sleeps, then prints.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <time.h>

int main(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    puts("awake");
}
