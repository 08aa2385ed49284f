# What is committed of the figures is what the code does: the page, the JSON, and the drawing.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import hashlib
import json
import sys

import pytest
from limits import limited
from paths import ROOT

JSON = ROOT / "docs/bench.json"


def document(page, builds):
    command = [sys.executable, ROOT / "bench/document.py", "--check", page, "--", *builds]
    return limited(command)


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("page", ["costs", "rationale"])
def test_the_page_is_current(builds, page):
    done = document(ROOT / f"docs/{page}.md", builds)
    assert done.returncode == 0, f"`make figures` renews it:\n{done.stdout}"


@pytest.mark.xdist_group("bench")
def test_a_stale_page_is_noticed(builds, tmp_path):
    page = tmp_path / "costs.md"
    page.write_text("# Costs\n\n```\n$ bench/run.py --path call-ready\nnothing at all\n```\n")
    done = document(page, builds)
    assert done.returncode == 1 and "-nothing at all" in done.stdout


def test_json_has_the_budgets_figures():
    committed = json.loads((ROOT / "bench/budget.json").read_text())["exact"]
    figures = json.loads(JSON.read_text())["figures"]
    exact = {name: figure for name, figure in figures.items() if figure["unit"] in ("instructions", "calls", "bytes")}
    assert {name: {way: figure[way] for way in figure if way != "unit"} for name, figure in exact.items()} == committed


def test_json_tells_of_no_machine():
    assert json.loads(JSON.read_text())["machine"].keys() == {"processor", "cores", "versions"}
    assert "/tmp" not in JSON.read_text() and "/home" not in JSON.read_text()


def test_drawing_is_of_the_json():
    said = f"of SHA-256 {hashlib.sha256(JSON.read_bytes()).hexdigest()}"
    assert said in (ROOT / "docs/bench.svg").read_text(), "`make plot` draws it anew"
