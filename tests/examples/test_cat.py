# The cat example on wasmtime: what goes in comes out.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import random
import subprocess

from examples.client import MIB
from limits import limited
from paths import ROOT
from tools.service import FLAGS


def test_cat(tools, tmp_path, component=ROOT / "build/release/examples/cat.wasm"):
    data = random.Random(3).randbytes(8 * MIB + 5)
    (tmp_path / "in").write_bytes(data)
    with open(tmp_path / "in", "rb") as file:
        command = [tools.wasmtime, "run", *FLAGS, component]
        cat = limited(command, stdin=file, stderr=subprocess.PIPE, text=False)
    assert cat.returncode == 0, cat.stderr
    assert cat.stdout == data, f"{len(cat.stdout)} bytes came out, which are not the {len(data)} put in"
