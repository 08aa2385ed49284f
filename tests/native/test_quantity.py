# Durations, sizes, and yes or no, as people write them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from build.test_compile import WARNINGS
from paths import ROOT

SOURCES = ["tests/native/quantity.c", "wasi/quantity.c", "wasi/text.c"]


def test_quantities(run, tmp_path):
    flags = ["-std=c11", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *WARNINGS]
    run(["gcc", *flags, f"-I{ROOT}/include", *(ROOT / source for source in SOURCES), "-o", tmp_path / "quantity"])
    run([tmp_path / "quantity"])
