# Where things are: the repository, and the tools that `make setup` installed into it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".tools/bin"
