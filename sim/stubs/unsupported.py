# What the native host does not have.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception


class Unsupported(Exception):
    """The text says what, and what to do."""
