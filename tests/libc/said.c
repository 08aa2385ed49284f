// A library in plain C that is linked behind weft::libc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "said.h"
#include <stdio.h>

void said(void)
{
    printf("%d%s\n", 1, " said");
    fflush(stdout);
}
