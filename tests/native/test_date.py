# Dates are as libc writes them, and what is none is refused.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from build.test_compile import WARNINGS
from paths import ROOT
from soak import much

SOURCES = ["tests/native/date.c", "wasi/date.c", "wasi/text.c"]


def test_as_libc(run, tmp_path):
    flags = ["-std=gnu11", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *WARNINGS]
    run(["gcc", *flags, f"-I{ROOT}/include", *(ROOT / source for source in SOURCES), "-o", tmp_path / "date"])
    run([tmp_path / "date", 1, much(5_000_000, 100_000)])
