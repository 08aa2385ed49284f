"""Seeded defects: builds the runtime with each bug of mutants.toml, and counts how many seeds it survives.

Usage: mutants.py [--seeds N] [--jobs N] [--every N] [name...]
"""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import concurrent.futures
import queue
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutants.toml")
COPIED = ("CMakeLists.txt", "CMakePresets.json", "cmake", "fiber", "include", "libc", "lua", "sim", "src", "tests", "wasi")
PRESET = "sim"  # under sanitizers, as CI runs it
SEEDS = 40000
WORD = r"(?:(?<!\w)|(?!\w))"  # not inside of one
GAP = r"(?:\s|\\\n)+"  # any layout, also that of a macro


class Unfit(Exception):
    """The list does not fit the sources."""


def sources(tree):
    folders = (tree / "src", tree / "fiber", tree / "include/weft", tree / "include/weft/detail")
    return sorted(path for folder in folders for path in folder.glob("*.[ch]"))


def find(mutant, tree):
    """The file, and where in it the old text is: at exactly one place of all sources, or of the function `in`. It is whole words."""
    old = re.compile(WORD + GAP.join(map(re.escape, mutant["old"].split())) + WORD)
    scope = re.compile(rf"^\w[^\n;{{}}]*\b{mutant.get('in')}\([^;{{}}]*\)\s*{{.*?^}}", re.M | re.S)
    found = []
    for path in sources(tree):
        text = path.read_text()
        parts = [match.span() for match in scope.finditer(text)] if "in" in mutant else [(0, len(text))]
        found += [(path, *match.span()) for part in parts for match in old.finditer(text, *part)]
    if len(found) != 1:
        where = ", ".join(str(path.relative_to(tree)) for path, _, _ in found)
        raise Unfit(f"mutant {mutant['name']}: its old text is in the sources {len(found)} times, not once: {where or 'mend the list'}")
    return found[0]


def misfit(mutant):
    try:
        find(mutant, ROOT)
    except Unfit as why:
        return str(why)
    return None


class Tree:
    """A copy of the sources, built once, then again with each mutant."""

    def __init__(self, path):
        self.path = path
        self.build = path / "build" / PRESET
        kept = set()
        for name in COPIED:
            files = [ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*")
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    copy = path / file.relative_to(ROOT)
                    kept.add(copy)
                    content = file.read_bytes()
                    if not copy.exists() or copy.read_bytes() != content:
                        copy.parent.mkdir(parents=True, exist_ok=True)
                        copy.write_bytes(content)
        for copy in [copy for name in COPIED for copy in (path / name).rglob("*") if copy.is_file()]:
            if copy not in kept:
                copy.unlink()
        tools = path / ".tools"
        if not tools.is_symlink():
            tools.symlink_to(ROOT / ".tools")
        # Without tracing, which goes around the plain paths; a mutant may leave something unused.
        options = ["-DWEFT_TESTS=ON", "-DWEFT_TRACE=OFF", "-DWEFT_EXAMPLES=OFF", "-DCMAKE_COMPILE_WARNING_AS_ERROR=OFF"]
        self.command("cmake", "--preset", PRESET, *options)
        self.make()

    def command(self, *command):
        done = subprocess.run(command, cwd=self.path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Unfit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")

    def make(self):
        self.command("cmake", "--build", "--preset", PRESET, "--target", "weft-seeds")

    def run(self, seeds):
        """Seeds survived, the workload that failed, and what found it; None if nothing did."""
        options = ["--jobs", "1", "--seeds", str(seeds)]
        done = subprocess.run(
            [self.build / "weft-seeds", *options], text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode == 0:
            return None
        said = done.stdout
        ended = re.search(r"a run failed \((signal|exit code) (\d+)\) after (\d+) runs", said)
        workload = re.search(r"--workload ([\w-]+) --seed", said)
        if not ended or not workload:
            raise Unfit(f"weft-seeds: exit {done.returncode}\n{said}")
        return int(ended[3]), workload[1], finder(said, workload[1], ended[1] == "signal" and int(ended[2]))

    def run_mutant(self, mutant, seeds):
        path, start, end = find(mutant, self.path)
        text = path.read_text()
        try:
            path.write_text(text[:start] + mutant["new"] + text[end:])
            self.make()
            return self.run(seeds)
        finally:
            path.write_text(text)


def finder(said, workload, by_signal):
    """What noticed: a sanitizer, a check of the runtime's, a rule of the host, the workload's model, or a limit of processor time."""
    for pattern, who in (
        (r"ERROR: AddressSanitizer: ((?:attempting )?[\w-]+)", "sanitizer"),
        (r"runtime error: (.*)", "sanitizer"),
        (r"^weft: (.*: the .*)", "check"),
        (rf"^{workload}: trap (\w+)", "host"),
        (rf"^{workload}: (.*)", "model"),
    ):
        if match := re.search(pattern, said, re.M):
            return f"{who}: {match[1]}"
    if by_signal == signal.SIGPROF:
        return "hang"
    return signal.Signals(by_signal).name if by_signal else "nobody knows"


def main():
    parser = argparse.ArgumentParser(description="Seeded defects of the runtime: how many seeds each survives.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="at most so many a mutant (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    parser.add_argument("--every", type=int, default=1, help="of so many, one; all that are listed have to fit the sources")
    parser.add_argument("names", nargs="*", help="of mutants; all without")
    asked = parser.parse_args()
    mutants = tomllib.loads(LIST.read_text())["mutant"]
    names = [mutant["name"] for mutant in mutants]
    if unknown := set(asked.names) - set(names) or {name for name in names if names.count(name) > 1}:
        sys.exit(f"mutants.py: unknown, or listed twice: {', '.join(sorted(unknown))}")
    mutants = [mutant for mutant in mutants if mutant["name"] in (asked.names or names)]
    if unfit := [why for mutant in mutants if (why := misfit(mutant))]:
        sys.exit("mutants.py: " + "\n            ".join(unfit))
    mutants = mutants[:: asked.every]
    start = time.monotonic()
    try:
        made = [Tree(ROOT / f"build/mutants/{job}") for job in range(asked.jobs)]
        if (outcome := made[0].run(asked.seeds)) is not None:
            sys.exit("mutants.py: the runtime fails without a mutant: after {} seeds, in {}: {}".format(*outcome))
        survivors = run_all(mutants, made, asked)
    except Unfit as why:
        sys.exit(f"mutants.py: {why}")
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants found, {time.monotonic() - start:.0f} s")
    if survivors:
        sys.exit(f"mutants.py: survived {asked.seeds} seeds: {', '.join(survivors)}")


def run_all(mutants, made, asked):
    """Prints the table; the names of those that nothing found."""
    trees = queue.SimpleQueue()
    for tree in made:
        trees.put(tree)

    def one(mutant):
        tree = trees.get()
        try:
            return tree.run_mutant(mutant, asked.seeds)
        finally:
            trees.put(tree)

    survivors = []
    width = max(len(mutant["name"]) for mutant in mutants)
    print(f"{'mutant':{width}} {'survived':>8}  {'workload':13} found by")
    with concurrent.futures.ThreadPoolExecutor(len(made)) as pool:
        for mutant, outcome in zip(mutants, pool.map(one, mutants)):
            seeds, workload, by = outcome or (asked.seeds, "-", "NOBODY")
            print(f"{mutant['name']:{width}} {seeds:8}  {workload:13} {by[:100]}", flush=True)
            if not outcome:
                survivors.append(mutant["name"])
    return survivors


if __name__ == "__main__":
    main()
