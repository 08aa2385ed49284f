// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SAID_H
#define SAID_H

void said(void);

#endif
