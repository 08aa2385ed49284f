# docs/sim.md's table of traps is that of sim/trap.h. `python tests/native/test_sim_page.py` writes it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/sim.md"
HEAD = "| name | rule | wasmtime | spec |\n|---|---|---|---|\n"


def table():
    text = (ROOT / "sim/trap.h").read_text()
    string = r'"((?:[^"\\]|\\.)*)"'
    traps = re.findall(rf"X\((\w+),\s*\\?\s*{string},\s*\\?\s*{string},\s*\\?\s*{string}\)", text)
    assert len(traps) == len(re.findall(r"^    X\(", text, re.M)) > 40
    cells = ((f"`{name}`", rule, wasmtime, spec) for name, wasmtime, spec, rule in traps)
    return HEAD + "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in cells)


def test_traps():
    assert PAGE.read_text().endswith(table()), "run `python tests/native/test_sim_page.py`"


def test_functions():
    header = (ROOT / "sim/weft_sim.h").read_text() + (ROOT / "sim/values.h").read_text()
    named = set(re.findall(r"\bweft_sim_[a-z_]+", PAGE.read_text()))
    missing = {name for name in named if not re.search(rf"\b{name}\b", header)} - {"weft_sim_trap_rule"}
    assert not missing


if __name__ == "__main__":
    PAGE.write_text(PAGE.read_text().split(HEAD)[0] + table())
