# A build of the benchmarks for all their tests.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys

import pytest
from limits import limited
from paths import ROOT


@pytest.fixture(scope="session")
def builds(run, tmp_path_factory):
    """The options that show bench/run.py fresh builds."""
    folder = tmp_path_factory.mktemp("bench")
    for preset, target in (("bench", "all"), ("bench-minsize", "sizes")):
        run(["cmake", "--preset", preset, "-B", folder / preset], cwd=ROOT)
        run(["cmake", "--build", folder / preset, "--target", target])
    return ["--build", folder / "bench", "--build-small", folder / "bench-minsize"]


@pytest.fixture(scope="session")
def bench(builds):
    """bench(option...) runs bench/run.py and returns its exit code and output; `path`: the PATH to run it with."""

    def call(*options, path=None):
        command = [sys.executable, ROOT / "bench/run.py", "--quiet", *builds, *options]
        environment = {**os.environ, "PATH": path or os.environ["PATH"]}
        done = limited(command, env=environment)
        return done.returncode, done.stdout

    return call
