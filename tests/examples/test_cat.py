# The cat example: what goes in comes out.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import random

from examples.client import MIB
from hosts import host, pytest_generate_tests  # noqa: F401


def test_cat(host, tmp_path):  # noqa: F811
    data = random.Random(3).randbytes(8 * MIB + 5)
    (tmp_path / "in").write_bytes(data)
    with open(tmp_path / "in", "rb") as file:
        cat = host.run(host.example("cat"), stdin=file)
    assert cat.code == 0, cat.err
    assert cat.out == data, f"{len(cat.out)} bytes came out, which are not the {len(data)} put in"
