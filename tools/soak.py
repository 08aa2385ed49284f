#!/usr/bin/env python3
"""Runs whole what CI runs short, and writes into docs/soak.md what came of it: a section a part, with the date, the command and
its last words. A part that fails stops the run, and leaves its section as it was.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"""

import argparse
import datetime
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/soak.md"

PASSED = r"\d+ passed, \d+ failed.*"

# The title of a part's section: its command, and which lines of its output tell the result.
PARTS = {
    "Guest suite": ("make test TESTS='tests/guest tests/rust tests/libc tests/lua tests/examples' WEFT_SOAK=1", PASSED),
    "Guest suite, natively": ("make native test TESTS='tests/native tests/probes' WEFT_SOAK=1", PASSED),
    "Sweeps": ("make native test TESTS='tests/sim tests/fuzz' WEFT_SOAK=1", PASSED),
    "Builds": ("make native test TESTS='tests/build tests/compile tests/bench tests/test_limits.py' WEFT_SOAK=1", PASSED),
    "Native": (
        "make native test TESTS='tests/wasi tests/examples --host native' WEFT_SOAK=1 WEFT_NATIVE_PRESETS=sim-clang",
        rf"measured: .*|{PASSED}",
    ),
    "Load": ("make test TESTS=tests/wasi WEFT_SOAK=1", rf"measured: .*|{PASSED}"),
    "Coverage": ("make coverage", r"coverage: .*"),
    "Seeds": ("make sim SEEDS=1000000", r"small case: .*|weft-seeds: .*|weft-traps: .*|event x state.*|  \w[\w ]*.* \d+"),
    "Planted bugs": ("make mutants", r"\d+ of \d+ mutants found.*"),
    "Fuzzing": ("make fuzz SECONDS=600", r"\+ build/fuzz/(fuzz-\w+) .*|#\d+\s+DONE .*"),
}
SECTION = r"^## {}\n\n(?P<text>(?:(?!^## ).)*?)(?P<run>`[^\n]*\n\n```\n(?:(?!^```).)*```\n)"


def run(command, pattern):
    """The lines of the command's output that tell its result, and the minutes that it took."""
    started = time.monotonic()
    process = subprocess.Popen(
        shlex.split(command), cwd=ROOT, env={**os.environ, "CI": "1"}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    told = []
    for line in process.stdout:
        sys.stdout.write(line)
        if found := re.fullmatch(pattern, line.rstrip("\n")):
            told.append((found.lastindex and found[1] or line).replace("\t", " ").rstrip())
    if process.wait() != 0:
        sys.exit(f"soak: {command}: exit {process.returncode}")
    return told, (time.monotonic() - started) / 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].split(":")[0])
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    for title in parser.parse_args().only or PARTS:
        command, pattern = PARTS[title]
        told, minutes = run(command, pattern)
        if not told:
            sys.exit(f"soak: {command}: no line of its output is like {pattern}")
        head = f"`{command}`, {datetime.date.today()}, {minutes:.0f} min:"
        section = "\n".join([head, "", "```", *told, "```", ""])
        page, count = re.subn(
            SECTION.format(title), lambda it: f"## {title}\n\n{it['text']}{section}", PAGE.read_text(), flags=re.M | re.S
        )
        if count != 1:
            sys.exit(f"soak: docs/soak.md has no section {title}")
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
