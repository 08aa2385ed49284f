// Included before all else in each file of the runtime that is measured (-DWEFT_COVERAGE=ON): what was covered
// up to a trap is written before it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_COVERAGE_FLUSH_H
#define WEFT_COVERAGE_FLUSH_H

int __llvm_profile_write_file(void);
#define __builtin_trap() (__llvm_profile_write_file(), __builtin_trap())

#endif
