# weft_format is libc's snprintf, to the byte: on formats and numbers from a seed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from build.test_compile import WARNINGS
from paths import ROOT
from soak import much

SOURCES = ["tests/native/format.c", "wasi/format.c", "wasi/format_float.c"]


@pytest.mark.parametrize("bits", [32, 64])
def test_as_libc(run, m32, tmp_path, bits):
    flags = ["-std=c11", f"-m{bits}", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *WARNINGS]
    run(["gcc", *flags, f"-I{ROOT}/include", *(ROOT / source for source in SOURCES), "-o", tmp_path / "format"])
    run([tmp_path / "format", 1, much(2_000_000, 100_000)])
