// How many there are in a test of many: a tenth in a debug build, which sanitizers and transcripts make slow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MANY_H
#define MANY_H

#ifdef NDEBUG
enum { MANY = 10000 };
#else
enum { MANY = 1000 };
#endif

#endif
