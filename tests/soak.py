# How much is run of what has no end: little, as CI does, or much, as `make soak` does.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

SOAK = bool(os.environ.get("WEFT_SOAK"))


def much(in_soak, else_):
    return in_soak if SOAK else else_
