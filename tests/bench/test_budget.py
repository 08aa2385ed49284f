# The exact figures of the benchmarks are not worse than committed, and the tool that says so notices if they are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re

import pytest
from paths import ROOT

BUDGET = ROOT / "bench/budget.json"


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
        ("hello service: size", 0.97, "worse than committed: hello service: size: "),
        ("operation: bytes", 0.97, "worse than committed: operation: bytes: "),
        ("Lua await, yields: instructions", 0.97, "worse than committed: Lua await, yields: instructions: "),
        ("file read: instructions", 0.97, "worse than committed: file read: instructions: "),
        ("HTTP hello: host calls", {"task-return": 1}, "worse than committed: HTTP hello: host calls of static: 0 -> 2"),
    ],
)
def test_a_rise_is_noticed(bench, tmp_path, figure, committed, line):
    budget = json.loads(BUDGET.read_text())
    now = budget["exact"][figure]["weft"]
    budget["exact"][figure]["weft"] = committed if isinstance(committed, dict) else now * committed
    doctored = tmp_path / "budget.json"
    doctored.write_text(json.dumps(budget))
    only = {"size": "sizes", "bytes": "bytes"}.get(figure.split(": ")[1], figure.split(": ")[0])
    code, said = bench("--check", "--only", only, "--budget", doctored)
    assert code == (1 if line else 0), said
    assert line is None or line in said


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("kind", ["as", "as by log"])
def test_a_cost_that_grows_is_noticed(bench, tmp_path, kind):
    budget = json.loads(BUDGET.read_text())
    budget[kind] = {"call-pending: instructions": "call-ready: instructions"}
    doctored = tmp_path / "budget.json"
    doctored.write_text(json.dumps(budget))
    code, said = bench("--check", "--only", "call-ready", "--only", "call-pending", "--budget", doctored)
    assert code == 1 and "worse than committed: call-pending: instructions: " in said


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("limit, met", [(20, "OVER"), (10**6, "ok")])
def test_more_than_the_core_is_marked(bench, tmp_path, limit, met):
    budget = json.loads(BUDGET.read_text())
    budget["at most more than core"] = {"HTTP hello: instructions": limit}
    doctored = tmp_path / "budget.json"
    doctored.write_text(json.dumps(budget))
    code, said = bench("--show", ROOT / "docs/bench.json", "--budget", doctored, "--only", "HTTP hello")
    assert code == 0 and f"core + {limit}  {met}" in said


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
    assert adapters == pytest.approx([adapters[0]] * 3, abs=0.05)  # figures are told to a hundredth


@pytest.mark.xdist_group("bench")
def test_profile_and_fuel_agree_on_a_program(bench):
    code, said = bench("--profile", "Lua await, threads")
    assert code == 0, said
    counted = float(said.splitlines()[0].split()[1])
    assert counted == json.loads(BUDGET.read_text())["exact"]["Lua await, threads: instructions"]["weft"]


@pytest.mark.xdist_group("bench")
def test_a_wrong_result_is_noticed(bench, builds, tmp_path):
    """Of a program for this machine, too."""
    for way in ("weft", "plain"):
        (tmp_path / way).symlink_to(builds[1] / way)
    (tmp_path / "native").mkdir()
    (tmp_path / "native/sqlite").write_text("#!/bin/sh\necho 7\n")
    (tmp_path / "native/sqlite").chmod(0o755)
    code, said = bench("--exact", "--only", "SQLite inserts", "--build", tmp_path)
    assert code == 1 and "native sqlite-none: inserts 100 is 7, not 100" in said


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("world", ["call-pending", "spawn-many"])
def test_lines_of_the_source_add_up(bench, world):
    """What the profile has by line of the source is what it has by function."""
    by_function, by_line = (bench("--profile", world, *options) for options in ((), ("--source",)))
    assert by_function[0] == by_line[0] == 0, by_line[1]

    def totals(said):
        return [float(line.split()[1]) for line in said.splitlines() if line.startswith(("runner:", "callee:"))]

    rows = [line.split() for line in by_line[1].splitlines()]
    counted = sum(float(row[0]) for row in rows if re.fullmatch(r"-?\d+\.\d\d", row[0]))
    assert totals(by_line[1]) == totals(by_function[1])
    assert counted == pytest.approx(sum(totals(by_line[1])), abs=0.5)
    assert "src/turn.c" in by_line[1] and f"bench/weft/{world.replace('-', '_')}_runner.c" in by_line[1]


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize(
    "name, options",
    [("call-ready callee", []), ("hello service", []), ("all of Weft", []), ("fetch example", []), ("fetch example", ["--source"])],
)
def test_parts_of_a_module_add_up(bench, name, options):
    code, said = bench("--module", name, *options)
    assert code == 0, said
    rows = [line.split(maxsplit=1) for line in said.splitlines()[1:]]
    sections = {what: int(size) for size, what in rows if not what.startswith("|")}
    functions = sum(int(size) for size, what in rows if what.startswith("|"))
    size = json.loads(BUDGET.read_text())["exact"][f"{name}: size"]["weft"]
    assert abs(functions - sections["code"]) < 16
    if options:
        assert {"| examples/fetch/fetch.c", "| wasi/http_client.c", "| src/op.c"} <= {what for _, what in rows}
    assert 0 <= size * 1.02 - sum(sections.values()) and sum(sections.values()) > 0.95 * size
