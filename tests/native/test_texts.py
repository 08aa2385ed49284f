# Texts, and what HTTP has in them, under sanitizers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from build.test_compile import WARNINGS
from paths import ROOT
from soak import much

SOURCES = ["tests/native/texts.c", "wasi/text.c", "wasi/http_text.c", "wasi/http_url.c", "src/memory.c"]


@pytest.mark.parametrize("bits", [32, 64])
def test_texts(run, m32, tmp_path, bits):
    flags = ["-std=c11", f"-m{bits}", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *WARNINGS]
    run(["gcc", *flags, f"-I{ROOT}/include", *(ROOT / source for source in SOURCES), "-o", tmp_path / "texts"])
    run([tmp_path / "texts", much(10_000_000, 300_000)])
