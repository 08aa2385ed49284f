# Tells CMake of the platform WASI, which it does not know yet; the toolchain files here put this folder on its path.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(WASI 1)
