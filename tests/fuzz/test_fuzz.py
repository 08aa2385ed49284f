# The fuzz targets: all of each corpus is run again, and then a number of new inputs that fits CI.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re

import pytest
from paths import ROOT
from soak import much

RUNS = much(
    {"events": 10000, "schedules": 40000, "bindings": 300000, "echo": 15000, "chat": 10000, "serve": 15000},
    {"events": 4000, "schedules": 10000, "bindings": 100000, "echo": 3000, "chat": 2000, "serve": 2000},
)


@pytest.mark.parametrize("target", RUNS)
def test_target(run, tmp_path, target):
    program = ROOT / f"build/fuzz/fuzz-{target}"
    if not program.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    corpus = ROOT / "tests/fuzz/corpus" / target
    inputs = len(list(corpus.iterdir()))
    # What is found anew goes to the first folder, and what fails is kept.
    options = ["-seed=1", "-use_cmp=0", "-max_len=300", "-timeout=600", f"-runs={RUNS[target]}", f"-artifact_prefix={tmp_path}/"]
    (tmp_path / "new").mkdir()
    said = run([program, *options, tmp_path / "new", corpus])
    assert f"INFO: seed corpus: files: {inputs} " in said
    assert f"Done {RUNS[target]} runs" in said
    if target == "events":  # of each kind, some were made up
        counts = re.search(r"^made up: (\d+) of nothing, (\d+) cancels, (\d+) lies, (\d+) unknown, (\d+) without a task$", said, re.M)
        assert all(int(count) > 0 for count in counts.groups()), counts[0]
