// How many there are in a test of many: a tenth in a debug build, which sanitizers and transcripts make slow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef PLENTY_H
#define PLENTY_H

#ifdef NDEBUG
enum { PLENTY = 10000 };
#else
enum { PLENTY = 1000 };
#endif

#endif
