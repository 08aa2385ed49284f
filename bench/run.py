#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmarks: the same work on Weft, by hand on the raw bindings, and naive. Every result is verified; instructions,
host calls, bytes and sizes are exact and the same on every machine; times are those of this one."""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import counting

ROOT = Path(__file__).resolve().parent.parent
# The table's host has at most 100,000 handles a store, and a ready call between components leaves an entry behind.
OPTIONS = ["-W", "component-model-async", "-S", "max-resources=100000000", "-S", "max-component-handles=100000000"]
WAYS = ["weft", "raw", "naive"]
TOLERANCE = 1.02  # --check fails on more
LIMIT = 120  # seconds for one run of a guest


class Failed(Exception):
    """A result or a figure that is not as it must be; the text is the reason."""


@dataclass
class World:
    """A world of bench.wit, or of beyond.wit: what is run, what comes out, and how often."""

    name: str  # of the component
    export: str
    operation: str  # what one operation is
    result: Callable  # of n: what the export returns
    exact: tuple  # two sizes for exact figures: what is the same in both cancels out
    timed: tuple  # two sizes for times
    operations: int = 1  # of one n
    arguments: str = "{}"  # of the export, for n
    ways: tuple = ("weft", "raw", "naive")
    title: str = ""  # in the table; the name, if empty
    slow: bool = False  # left out by --check

    @property
    def label(self):
        return self.title or self.name


def fold(n):
    return n * (n - 1) // 2 % 2**32


WORLDS = [
    World("call-ready", "run-call-ready", "call that is ready", fold, (100, 1100), (1000, 201000)),
    World("call-pending", "run-call-pending", "call that is pending", fold, (100, 1100), (1000, 61000)),
    World("stream-bytes", "run-stream-bytes", "64 KiB chunk", lambda n: n << 20, (2, 12), (20, 6020), operations=16),
    World("stream-items", "run-stream-items", "stream item", lambda n: n * (n - 1) // 2, (100, 1100), (1000, 401000)),
    World("future-pingpong", "run-future-pingpong", "future round trip", lambda n: n, (100, 1100), (1000, 41000)),
    World("spawn-many", "run-spawn-many", "local spawn, yield, join", lambda n: n, (100, 1100), (10000, 1010000)),
    World("memory", "run-memory-time", "pending call of many", lambda n: n, (1000, 5000), (1000, 21000)),
]


def beyond(title, export, operation, exact, timed, **more):
    """An export of beyond.wit, which only Weft has."""
    return World("beyond", export, operation, lambda n: n, exact, timed, ways=("weft",), title=title, **more)


WORLDS += [
    beyond("spawns", "run-spawns", "spawn of a new frame, join", (1000, 11000), (1000, 1001000)),
    beyond("spawns, many", "run-spawns", "spawn of a new frame, join", (100000, 200000), (1000000, 2000000), slow=True),
    beyond("event", "run-event", "coroutine on one event", (1000, 11000), (1000, 101000)),
    beyond("event, many", "run-event", "coroutine on one event", (50000, 100000), (100000, 200000), slow=True),
    beyond("wake 1 of 100", "run-wake", "wake, call", (100, 1100), (1000, 31000), arguments="100, {}"),
    beyond("wake 1 of 50000", "run-wake", "wake, call", (100, 1100), (1000, 31000), arguments="50000, {}", slow=True),
    beyond("cancel", "run-cancel", "cancelled call", (100, 1100), (1000, 11000)),
    beyond("cancel, many", "run-cancel", "cancelled call", (5000, 10000), (10000, 20000), slow=True),
    beyond("channel", "run-channel", "round trip over two channels", (100, 1100), (1000, 401000)),
    beyond("channel of tasks", "run-channel-of-tasks", "the same between calls", (100, 1100), (1000, 41000)),
]
MEMORY_SIZES = (5000, 10000)
# (figure, core module) of the sizes
SIZES = [
    ("call-ready callee", "call-ready-callee"),
    ("future-pingpong runner", "future-pingpong-runner"),
    ("stream-bytes callee", "stream-bytes-callee"),
]


class Bench:
    """The tools, the components and the figures: figures[name][way] is a number, or a number by kind of host call."""

    def __init__(self, args):
        self.args = args
        self.worlds = [world for world in WORLDS if not args.only or world.label in args.only]
        if args.check:
            self.worlds = [world for world in self.worlds if not world.slow]
        self.tools = SimpleNamespace(wasmtime=args.wasmtime, wasm_tools=args.wasm_tools)
        self.folder = Path(tempfile.mkdtemp(prefix="weft-bench-"))
        self.figures = {}
        self.units = {}

    def close(self):
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()

    def say(self, text):
        if not self.args.quiet:
            print(f"\r\033[K{text}" if sys.stderr.isatty() else text, end="", file=sys.stderr, flush=True)
            if not sys.stderr.isatty():
                print(file=sys.stderr)

    def note(self, name, way, value, unit):
        self.figures.setdefault(name, {})[way] = value
        self.units[name] = unit

    # Running ---------------------------------------------------------------------------------------------------------

    def component(self, way, world):
        return self.args.build / way / f"{world.name}.wasm"

    def compiled(self, way, world, fuel):
        """The component as machine code, so that a run does not compile; with fuel, or without."""
        options = ["-W", "fuel=1"] if fuel else []
        file = self.folder / f"{way}-{world.name}{'-fuel' if fuel else ''}.cwasm"
        if not file.exists():
            command = [self.tools.wasmtime, "compile", "-W", "component-model-async", *options, "-o", file]
            subprocess.run([*command, self.component(way, world)], check=True, timeout=LIMIT)
        return file

    def run(self, file, export, arguments, *options):
        """The number that the export returns; None if the run failed, and the host's words."""
        command = [self.tools.wasmtime, "run", "--allow-precompiled", *OPTIONS, *options]
        command += ["--invoke", f"{export}({arguments})", file]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env={"RUST_BACKTRACE": "0"})
        except subprocess.TimeoutExpired:
            raise Failed(f"{Path(file).name}: {export}({arguments}) still runs after {LIMIT} s")
        return (int(done.stdout) if done.returncode == 0 else None), done.stderr

    def verified(self, way, world, n, fuel=False, options=()):
        """Runs the world with n, and fails unless its result is right."""
        arguments = world.arguments.format(n)
        got, said = self.run(self.compiled(way, world, fuel), world.export, arguments, *options)
        if got is None:
            raise Failed(f"{way} {world.name}: {world.export}({arguments}) failed: {said[:1000]}")
        if got != world.result(n):
            raise Failed(f"{way} {world.name}: {world.export}({arguments}) is {got}, not {world.result(n)}")

    # Exact figures ---------------------------------------------------------------------------------------------------

    def fuel(self, way, world, n):
        """The least fuel with which the world runs: its instructions, and those of the adapters between components."""
        file, arguments = self.compiled(way, world, True), world.arguments.format(n)

        def enough(fuel):
            return self.run(file, world.export, arguments, "-W", f"fuel={fuel}")[0] is not None

        self.verified(way, world, n, fuel=True, options=("-W", f"fuel={2**62}"))
        most = 1 << 12
        while not enough(most):
            most *= 2
        least = most // 2
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (least, middle) if enough(middle) else (middle, most)
        return most

    def instructions(self, way, world):
        small, big = (self.fuel(way, world, n) for n in world.exact)
        per = (world.exact[1] - world.exact[0]) * world.operations
        self.note(f"{world.label}: instructions", way, round((big - small) / per, 2), "instructions")

    def host_calls(self, way, world):
        export = f"{world.export}({world.arguments})"
        counted = counting.Counted(self.tools, self.component(way, world), export, self.folder)
        kinds = counted.host_calls(world.exact, OPTIONS)
        per = {kind: round(count / world.operations, 3) for kind, count in kinds.items()}
        self.note(f"{world.label}: host calls", way, per, "calls")

    def bytes_of_calls(self):
        """Live bytes, and bytes of linear memory, of a pending call at its caller and at its callee."""
        world = next(world for world in WORLDS if world.name == "memory")
        for what, export in (("live bytes", "run-memory-live"), ("linear memory", "run-memory-pages")):
            sizes = MEMORY_SIZES if what == "live bytes" else [4 * n for n in MEMORY_SIZES]
            for way in WAYS:
                file = self.compiled(way, world, False)
                small, big = (self.run(file, export, n) for n in sizes)
                if small[0] is None or big[0] is None:
                    raise Failed(f"{way} memory: {export} failed: {(small[1] + big[1])[:1000]}")
                for side, shift in (("caller", 32), ("callee", 0)):
                    grown = (big[0] >> shift & 0xFFFFFFFF) - (small[0] >> shift & 0xFFFFFFFF)
                    per = round(grown / (sizes[1] - sizes[0]), 1)
                    self.note(f"pending call, {side}: {what}", way, per, "bytes")

    def bytes_of_spawns(self):
        """Live bytes of a spawned coroutine whose frame is the library's, beside that frame."""
        world = next(world for world in WORLDS if world.name == "beyond")
        file, frame = self.compiled("weft", world, False), 32  # its frame is a header
        small, big = (self.run(file, "run-spawns-live", n) for n in MEMORY_SIZES)
        if small[0] is None or big[0] is None:
            raise Failed(f"weft beyond: run-spawns-live failed: {(small[1] + big[1])[:1000]}")
        per = (big[0] - small[0]) / (MEMORY_SIZES[1] - MEMORY_SIZES[0]) - frame
        self.note("spawned coroutine, beside its frame: live bytes", "weft", round(per, 1), "bytes")

    def stripped(self, module):
        out = self.folder / "stripped.wasm"
        subprocess.run([self.tools.wasm_tools, "strip", "--all", module, "-o", out], check=True)
        return out.stat().st_size

    def sizes(self):
        small = self.args.build_small / "bench"
        for name, module in SIZES:
            for way in WAYS:
                self.note(f"{name}: size", way, self.stripped(small / f"{way}-{module}.core.wasm"), "bytes")
        self.note("all of Weft: size", "weft", self.stripped(small / "weft-everything.wasm"), "bytes")

    # Times -----------------------------------------------------------------------------------------------------------

    def timed(self, way, world, n):
        file, arguments = self.compiled(way, world, False), world.arguments.format(n)
        started = time.perf_counter()
        got, said = self.run(file, world.export, arguments)
        took = time.perf_counter() - started
        if got != world.result(n):
            raise Failed(f"{way} {world.name}: {world.export}({arguments}) is {got}, not {world.result(n)}: {said[:1000]}")
        return took

    def times(self, world):
        """Nanoseconds an operation, and the ratio to raw of runs side by side; both are medians."""
        small, big = (max(1, n // self.args.hurry) for n in world.timed)
        per = {way: [] for way in world.ways}
        for pair in range(self.args.pairs + 1):
            for way in world.ways:
                started, ended = self.timed(way, world, small), self.timed(way, world, big)
                if pair:  # the first is the warm-up
                    per[way].append((ended - started) / (big - small) / world.operations * 1e9)
        for way in world.ways:
            self.note(f"{world.label}: time", way, round(statistics.median(per[way])), "ns")
            if "raw" in world.ways and way != "raw":
                ratios = [mine / raw for mine, raw in zip(per[way], per["raw"])]
                self.note(f"{world.label}: time, of raw", way, round(statistics.median(ratios), 3), "ratio")

    # All of it -------------------------------------------------------------------------------------------------------

    def measure(self):
        for world in self.worlds:
            for way in world.ways:
                self.say(f"{world.label}: {way}")
                for n in world.exact:
                    self.verified(way, world, n)
                self.instructions(way, world)
                self.host_calls(way, world)
        if not self.args.only:
            self.say("memory and sizes")
            self.bytes_of_calls()
            self.bytes_of_spawns()
            self.sizes()
        if not self.args.check and not self.args.exact:
            for world in self.worlds:
                self.say(f"{world.label}: times")
                self.times(world)
        self.say("")


# The table -----------------------------------------------------------------------------------------------------------


def total(value):
    """A figure as one number: of host calls, their sum without the host's own."""
    if isinstance(value, dict):
        return round(sum(count for kind, count in value.items() if kind != "callback"), 3)
    return value


def shown(value):
    if value is None:
        return "-"
    value = total(value)
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 else f"{value:,.2f}"


def more_than_raw(figure):
    """What Weft calls more than raw, and less: "+1 waitable-join"."""
    weft, raw = figure["weft"], figure["raw"]
    changes = [(kind, round(weft.get(kind, 0) - raw.get(kind, 0), 3)) for kind in sorted({*weft, *raw})]
    return ", ".join(f"{change:+g} {kind}" for kind, change in changes if change) or "as raw"


def remark(name, figure, budget):
    """The budget, and whether it is met; nothing if there is none."""
    if name.endswith("host calls") and "raw" in figure:
        more = {k: v for k, v in figure["weft"].items() if v > figure["raw"].get(k, 0) + 1e-9}
        return "as raw", f"OVER: {more_than_raw(figure)}" if more else "ok"
    if name not in budget or "weft" not in figure:
        return "", ""
    return shown(budget[name]), "ok" if figure["weft"] <= budget[name] else "OVER"


def table(bench, budget):
    rows = [("", "weft", "raw", "naive", "weft/raw", "budget", "")]
    for name, figure in bench.figures.items():
        weft, raw = total(figure.get("weft")), total(figure.get("raw"))
        ratio = f"{weft / raw:.2f}" if weft and raw and bench.units[name] != "ratio" else ""
        limit, met = remark(name, figure, budget)
        cells = [shown(figure.get(way)) for way in WAYS]
        rows.append((name, *cells, ratio, limit, met))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:6], widths[1:6])]
        print("  ".join([row[0].ljust(widths[0]), *cells, row[6]]).rstrip())


# The committed figures -----------------------------------------------------------------------------------------------


def exact(figures):
    """Those that are the same on every machine: all but times."""
    return {name: figure for name, figure in figures.items() if ": time" not in name}


def rises(name, figure, committed):
    """The lines in which Weft's figure rose by more than the tolerance."""
    if "weft" not in committed:
        return
    old, new = committed["weft"], figure["weft"]
    if not isinstance(old, dict):
        old, new = {"": old}, {"": new}
    for kind in sorted({*old, *new}):
        before, after = old.get(kind, 0), new.get(kind, 0)
        if after > before * TOLERANCE + 1e-9:
            percent = f" ({(after / before - 1) * 100:+.1f}%)" if before else ""
            yield f"{name}{' of ' + kind if kind else ''}: {shown(before)} -> {shown(after)}{percent}"


def text_of(budget):
    """The budget's file: one line a figure, and for host calls one a way."""
    text = json.dumps(budget, indent=2)
    innermost = re.compile(r"(?<!ceilings\": )\{([^{}]*)\}")
    return innermost.sub(lambda inner: "{" + " ".join(inner[1].split()) + "}", text) + "\n"


def check(bench, budget):
    """What is worse than committed, one line each."""
    found = []
    committed = budget["exact"]
    for name, figure in exact(bench.figures).items():
        if name in committed:
            found += rises(name, figure, committed[name])
        else:
            found.append(f"{name}: not in budget.json")
    if not bench.args.only:
        slow = {world.label for world in WORLDS if world.slow}
        missing = [name for name in committed if name not in bench.figures and name.split(":")[0] not in slow]
        found += [f"{name}: in budget.json, but not measured" for name in missing]
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--build", metavar="FOLDER", type=Path, default=ROOT / "build/bench", help="the fast build (%(default)s)")
    add("--build-small", metavar="FOLDER", type=Path, default=ROOT / "build/bench-minsize", help="(%(default)s)")
    add("--wasmtime", metavar="FILE", default=ROOT / ".tools/bin/wasmtime", help="the host (%(default)s)")
    add("--wasm-tools", metavar="FILE", default=ROOT / ".tools/bin/wasm-tools", help="(%(default)s)")
    add("--budget", metavar="FILE", type=Path, default=ROOT / "bench/budget.json", help="(%(default)s)")
    names = [world.label for world in WORLDS]
    add("--only", metavar="WORLD", action="append", choices=names, help=f"one of {', '.join(names)}; may be repeated")
    add("--pairs", metavar="N", type=int, default=5, help="runs of each, after one for warming up (%(default)s)")
    add("--hurry", metavar="N", type=int, default=1, help="divide the sizes of the timed runs by N")
    add("--exact", action="store_true", help="no times")
    add("--check", action="store_true", help="no times; fail if an exact figure rose by more than 2%%")
    add("--update", action="store_true", help="write the exact figures to the budget's file")
    add("--json", metavar="FILE", type=Path, help="write all figures to a file")
    add("--profile", metavar="WORLD", choices=names, help="show where the instructions of a world go instead")
    add("--way", metavar="WAY", choices=WAYS, default="weft", help="with --profile: weft, raw or naive")
    add("--lines", metavar="FUNCTION", help="with --profile: the function's code, with how often each line runs")
    add("--quiet", action="store_true", help="do not say what is being measured")
    args = parser.parse_args()
    for tool in (args.wasmtime, args.wasm_tools):
        if not Path(tool).exists():
            parser.error(f"no file '{tool}': run `make setup`")
    if not args.build.exists():
        parser.error(f"no folder '{args.build}': `make bench` builds it first")
    return args


def profile(bench):
    """Executed instructions of one operation, by function of each component, or line by line of one function."""
    world, way = next(world for world in WORLDS if world.label == bench.args.profile), bench.args.way
    export = f"{world.export}({world.arguments})"
    counted = counting.Counted(bench.tools, bench.component(way, world), export, bench.folder, by_line=True)
    for side, functions in zip(("runner", "callee"), counted.profile(world.exact, OPTIONS)):
        per = world.operations
        print(f"{side}: {sum(count for count, _ in functions.values()) / per:.2f} instructions a {world.operation}")
        for name, (count, lines) in sorted(functions.items(), key=lambda item: -item[1][0]):
            name = name.removeprefix("$")
            if count and bench.args.lines in (None, name):
                print(f"{count / per:10.2f}  {name}")
            if bench.args.lines == name:
                for times, line in lines:
                    print(f"{times / per:10.2f}  | {line}" if times else f"{'':10}  | {line}")


def main():
    args = arguments()
    budget = json.loads(args.budget.read_text()) if args.budget.exists() else {"ceilings": {}, "exact": {}}
    bench = Bench(args)
    try:
        if args.profile:
            profile(bench)
            return 0
        bench.measure()
    except (Failed, counting.NotCounted, subprocess.SubprocessError) as error:
        print(f"\nbench: {error}", file=sys.stderr)
        return 1
    finally:
        bench.close()
    if args.update:
        budget["exact"].update(exact(bench.figures))
        args.budget.write_text(text_of(budget))
    if args.json:
        units = bench.units
        figures = {name: {"unit": units[name], **figure} for name, figure in bench.figures.items()}
        args.json.write_text(json.dumps({"figures": figures, "budget": budget["ceilings"]}, indent=2) + "\n")
    table(bench, budget["ceilings"])
    if args.check:
        found = check(bench, budget)
        for line in found:
            print(f"worse than committed: {line}")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # | head
        sys.exit(1)
