# The exact figures of the benchmarks are not worse than committed, and the tool that says so notices if they are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys

import pytest
from paths import ROOT

BUDGET = ROOT / "bench/budget.json"


@pytest.fixture(scope="module")
def bench(run, tmp_path_factory):
    """bench(option...) runs bench/run.py on fresh builds and returns its exit code and output."""
    folder = tmp_path_factory.mktemp("bench")
    for preset in ("bench", "bench-minsize"):
        run(["cmake", "--preset", preset, "-B", folder / preset], cwd=ROOT)
        run(["cmake", "--build", folder / preset])

    def call(*options):
        command = [sys.executable, ROOT / "bench/run.py", "--quiet"]
        command += ["--build", folder / "bench", "--build-small", folder / "bench-minsize", *options]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    return call


@pytest.mark.xdist_group("bench")
def test_no_figure_is_worse(bench):
    code, said = bench("--check")
    assert code == 0, said


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize(
    "figure, committed, line",
    [
        ("call-ready: instructions", 0.97, "worse than committed: call-ready: instructions: "),
        ("call-ready: instructions", 0.985, None),  # 1.5% worse
        ("call-ready: host calls", {"call": 1}, "worse than committed: call-ready: host calls of task-return: 0 -> 1"),
    ],
)
def test_a_rise_is_noticed(bench, tmp_path, figure, committed, line):
    budget = json.loads(BUDGET.read_text())
    now = budget["exact"][figure]["weft"]
    budget["exact"][figure]["weft"] = committed if isinstance(committed, dict) else now * committed
    doctored = tmp_path / "budget.json"
    doctored.write_text(json.dumps(budget))
    code, said = bench("--check", "--only", "call-ready", "--budget", doctored)
    assert code == (1 if line else 0), said
    assert line is None or line in said


@pytest.mark.xdist_group("bench")
def test_profile_and_fuel_agree(bench, tmp_path):
    """Two ways of counting: fuel has what the profile has, and the adapter between the components, the same for all."""
    figures = tmp_path / "bench.json"
    code, said = bench("--exact", "--only", "call-ready", "--json", figures)
    assert code == 0, said
    fuel = json.loads(figures.read_text())["figures"]["call-ready: instructions"]
    adapters = []
    for way in ("weft", "raw", "naive"):
        code, said = bench("--profile", "call-ready", "--way", way)
        assert code == 0, said
        counted = [float(line.split()[1]) for line in said.splitlines() if line.startswith(("runner:", "callee:"))]
        adapters.append(fuel[way] - sum(counted))
    assert adapters == [adapters[0]] * 3
