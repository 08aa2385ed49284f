#!/usr/bin/env python3
"""Runs the native tests on the build of the preset sim-coverage, and prints which lines and branches of src/ they ran.
Fails if a line never ran and no comment says why, or if too many branches were not taken both ways.

A comment `// not covered: <reason>` stands for its own line, or, alone on a line, for the statement after it; with either
go the lines below that are indented deeper. Branches are those in the text of src/: the one in a macro, such as the test
in WEFT__CHECK, is where the macro is defined, in include/. A branch that a comment speaks for does not count.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"""

import argparse
import bisect
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/sim-coverage"
PROFILES = BUILD / "profiles"
BRANCHES_MIN = 95  # of a hundred
REASON = re.compile(r"// not covered: \S")


def must(command, **options):
    done = subprocess.run(list(map(str, command)), cwd=ROOT, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:300]}: exit {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def run_tests(seeds):
    """Each module of each process adds to its own file."""
    shutil.rmtree(PROFILES, ignore_errors=True)
    env = {**os.environ, "LLVM_PROFILE_FILE": str(PROFILES / "%m.profraw"), "WEFT_NATIVE_PRESETS": "sim-coverage"}
    env.pop("CI", None)
    driver = BUILD / "weft-seeds"
    must([driver, "--seeds", seeds, "--enumerate", 200], env=env)
    for what in ("allocations", "calls", "cancels"):
        must([driver, "--sweep", what, "--seeds", 5], env=env)
    must([BUILD / "weft-traps", "--seeds", 2000], env=env)
    must([BUILD / "examples/echo/native/echo-test"], env=env)
    tests = [f"tests/native/test_{name}.py" for name in ("guest", "misuse", "inside", "linked", "values")]
    tests.append("tests/native/test_fibers.py::test_says")
    must([sys.executable, "-m", "pytest", "-q", "-n", os.cpu_count(), *tests], env=env)


def tool(name):
    return next((found for found in (f"{name}-22", name) if shutil.which(found)), name)


def measure():
    """For each file in src/: how often each line ran, and how often each branch went each way, in any build of it. Each
    object is asked for by itself: of two builds of a function in different objects, llvm-cov shows only one."""
    merged = BUILD / "merged.profdata"
    must([tool("llvm-profdata"), "merge", "-o", merged, *sorted(PROFILES.glob("*.profraw"))])
    objects = [path for path in sorted(BUILD.rglob("*.so")) if b"__llvm_covmap" in path.read_bytes()]
    command = [tool("llvm-cov"), "export", f"-instr-profile={merged}", "-skip-expansions", "-skip-functions"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        exports = list(pool.map(lambda path: json.loads(must([*command, path, "-sources", ROOT / "src"])), objects))
    lines = collections.defaultdict(collections.Counter)
    branches = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    for file in (file for data in exports for file in data["data"][0]["files"]):
        path, segments = pathlib.Path(file["filename"]), file["segments"]
        for line, count in line_counts(segments).items():
            lines[path][line] += count
        for place, way in branch_counts(file["branches"], segments).items():
            for side in (0, 1):
                branches[path][place][side] += way[side]
    return lines, branches


def line_counts(segments):
    """How often each line ran that has code, as llvm-cov counts."""
    by_line = collections.defaultdict(list)
    for line, _, count, has_count, is_entry, is_gap in segments:
        by_line[line].append((count, has_count, is_entry and not is_gap, is_entry))
    counts, around = {}, None
    for line in range(min(by_line, default=1), max(by_line, default=0) + 1):
        here = by_line.get(line, [])
        starts = [count for count, has_count, is_start, _ in here if has_count and is_start]
        skipped = bool(here) and not here[0][1] and here[0][3]
        if not skipped and (starts or (around and around[1])):
            counts[line] = max(starts + ([around[0]] if around and around[1] else []))
        around = here[-1] if here else around
    return counts


def excused(text):
    """The lines that a comment speaks for."""
    lines, found = text.splitlines(), set()

    def indent(at):
        return len(lines[at]) - len(lines[at].lstrip())

    for at, line in enumerate(lines):
        if not REASON.search(line):
            continue
        while lines[at].lstrip().startswith("//"):
            at += 1
        found.add(at + 1)
        depth = indent(at)
        for below in range(at + 1, len(lines)):
            if lines[below].strip() and indent(below) <= depth and not re.match(r"\s*[{}]", lines[below]):
                break
            found.add(below + 1)
            if indent(below) == depth and lines[below].strip().startswith("}"):
                break
    return found


def branch_counts(branches, segments):
    """How often each branch went each way; the same place in several builds of a file is one. A condition that ran, and
    went neither way, is a constant of this build, and no branch."""
    ways = collections.defaultdict(lambda: [0, 0])
    for line, column, end_line, end_column, taken, not_taken, *_ in branches:
        way = ways[line, column, end_line, end_column]
        way[0] += taken
        way[1] += not_taken
    starts = [(line, column) for line, column, *_ in segments]

    def ran(line, column):
        return segments[bisect.bisect(starts, (line, column)) - 1][2] > 0

    return {place: way for place, way in ways.items() if any(way) or not ran(*place[:2])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20000, help="of the simulated workloads")
    parser.add_argument("--keep", action="store_true", help="show what the last run has measured")
    parser.add_argument("--branches", action="store_true", help="list the branches that always go one way")
    arguments = parser.parse_args()
    if not arguments.keep:
        run_tests(arguments.seeds)
    lines, branches = measure()
    wrong, sums = [], [0, 0, 0, 0, 0]
    print(f"{'':24}{'lines':>7}{'run':>7}{'excused':>9}{'branches':>10}{'taken':>7}")
    for path in sorted(lines):
        text, counts, ways = path.read_text(), lines[path], branches[path]
        excuses, name = excused(text), path.relative_to(ROOT)
        missed = sorted(line for line, count in counts.items() if not count)
        wrong += [f"{name}:{line}: {text.splitlines()[line - 1].strip()}" for line in missed if line not in excuses]
        ways = {place: way for place, way in ways.items() if all(way) or place[0] not in excuses}
        sides = [(place, side) for place, way in sorted(ways.items()) for side in (0, 1) if not way[side]]
        if arguments.branches:
            for (line, column, _, _), side in sides:
                print(f"  {name}:{line}:{column}: never {'true' if side == 0 else 'false'}")
        row = [len(counts), len(counts) - len(missed), len(set(missed) & excuses), 2 * len(ways), 2 * len(ways) - len(sides)]
        sums = [a + b for a, b in zip(sums, row)]
        print(f"{str(name):24}{row[0]:7}{row[1]:7}{row[2]:9}{row[3]:10}{row[4]:7}")
    taken = 100 * sums[4] / sums[3]
    print(f"{'src':24}{sums[0]:7}{sums[1]:7}{sums[2]:9}{sums[3]:10}{sums[4]:7}")
    print(f"coverage: lines {100 * sums[1] / sums[0]:.2f}%, branches {taken:.2f}%")
    for line in wrong:
        print(f"not covered, and no comment says why: {line}")
    if taken < BRANCHES_MIN:
        print(f"fewer branches than {BRANCHES_MIN}%: see --branches")
    return 1 if wrong or taken < BRANCHES_MIN else 0


sys.exit(main())
