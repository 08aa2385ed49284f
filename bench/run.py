#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmarks: the same work on Weft, by hand on the raw bindings, and naive; and programs, in components and natively. Every result is verified; instructions,
host calls, bytes and sizes are exact and the same on every machine; times are those of this one."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import counting
import exact
import serving
import source
import timing
from figures import Budget, Figures, table
from guests import Failed, Guests
from worlds import MAIN, WAYS, WORLDS, world_of

ROOT = Path(__file__).resolve().parent.parent
FEW_BYTES = 64  # functions below that are shown together


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--build", metavar="FOLDER", type=Path, default=ROOT / "build/bench", help="the fast build (%(default)s)")
    add("--build-small", metavar="FOLDER", type=Path, default=ROOT / "build/bench-minsize", help="(%(default)s)")
    add("--wasmtime", metavar="FILE", default=ROOT / ".tools/bin/wasmtime", help="the host (%(default)s)")
    add("--wasm-tools", metavar="FILE", default=ROOT / ".tools/bin/wasm-tools", help="(%(default)s)")
    add("--budget", metavar="FILE", type=Path, default=ROOT / "bench/budget.json", help="(%(default)s)")
    worlds = [world.label for world in WORLDS]
    names = [*worlds, *serving.SIZES, "bytes", "cxx", "fibers", "programs", "sizes", "wasi"]
    add("--only", metavar="NAME", action="append", choices=names, help=f"one of {', '.join(names)}; may be repeated")
    add("--pairs", metavar="N", type=int, default=5, help="runs of each, after one for warming up (%(default)s)")
    add("--hurry", metavar="N", type=int, default=1, help="divide the sizes of the timed runs by N")
    add("--http-minutes", metavar="N", type=float, default=5, help="for the services under wrk, 0 for none (%(default)s)")
    add("--exact", action="store_true", help="no times")
    add("--check", action="store_true", help="no times; fail if an exact figure rose by more than 2%%")
    add("--update", action="store_true", help="write the exact figures to the budget's file")
    add("--json", metavar="FILE", type=Path, help="write all figures to a file; with --only, renew these in it")
    add("--show", metavar="FILE", type=Path, help="print the table of figures that --json wrote, instead of measuring")
    add("--path", metavar="WORLD", choices=worlds, help="show how many instructions lead to each call of the host instead")
    add("--profile", metavar="WORLD", choices=worlds, help="show where the instructions of a world go instead")
    modules = [name.removesuffix(": size") for name, *_ in [*exact.SIZES, exact.ALL]]
    add("--module", metavar="NAME", choices=modules, help=f"show what takes the bytes of one of {'; '.join(modules)} instead")
    add("--way", metavar="WAY", choices=WAYS, default="weft", help="with --profile and --module: weft, core, raw, naive or rust")
    add("--lines", metavar="FUNCTION", help="with --profile: the function's code, with how often each line runs")
    add("--source", action="store_true", help="with --profile: by line of the source; with --module: by file")
    add("--quiet", action="store_true", help="do not say what is being measured")
    args = parser.parse_args()
    for tool in (args.wasmtime, args.wasm_tools):
        if not Path(tool).exists():
            parser.error(f"no file '{tool}': run `make setup`")
    if not args.build.exists():
        parser.error(f"no folder '{args.build}': `make bench` builds it first")
    if args.only and "sizes" in args.only:
        args.only += modules
    if args.only and "fibers" in args.only:
        args.only += [*(world.label for world in WORLDS if world.name.startswith("fibers-")), *exact.ASLEEP]
    if args.only and "cxx" in args.only:
        args.only += [world.label for world in WORLDS if world.name.startswith("cxx-")]
    if args.only and "programs" in args.only:
        args.only += [world.label for world in WORLDS if world.export == MAIN]
    if args.only and "wasi" in args.only:
        args.only += [*exact.MEMORY_OF_WASI, *(world.label for world in WORLDS if world.side is not None)]
    return args


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr)


def measure(args, guests, figures):
    say = (lambda text: None) if args.quiet else progress
    chosen = [world for world in WORLDS if not args.only or world.label in args.only]
    for world in chosen:
        for way in guests.ways(world.ways, world.name):
            say(f"{world.label}: {way}")
            for n in world.exact:
                guests.verified(way, world, n)
            if world.exact and way != "native":
                exact.instructions(guests, figures, world, way)
            if world.counts_calls:
                exact.host_calls(guests, figures, world, way)
    if not args.only or "bytes" in args.only:
        say("bytes")
        exact.bytes_of_calls(guests, figures)
        exact.bytes_of_coroutines(guests, figures)
    if not args.only or "fibers" in args.only:
        exact.bytes_of_fibers(guests, figures)
    if not args.only or "wasi" in args.only:
        exact.bytes_of_wasi(guests, figures)
    if not args.only or "sizes" in args.only:
        exact.sizes(guests, figures, args.build, args.build_small)
    if not args.check and not args.exact:
        for world in chosen:
            if world.timed:
                say(f"{world.label}: times")
                timing.times(guests, figures, world, args.pairs, args.hurry)
        services = [service for service in serving.SIZES if not args.only or service in args.only]
        if args.http_minutes and services:
            serving.measure(guests, figures, say, args.http_minutes, services)
    say("")


def profile(args, guests):
    """Executed instructions of one operation, of each component: by function, line by line of one function, or by source."""
    world = world_of(args.profile)
    counted = exact.counted(guests, args.way, world, by="line")
    for number, functions in enumerate(counted.profile(world.exact, world.options)):
        side = ("runner", "callee")[number]
        per = world.operations
        print(f"{side}: {sum(count for count, _ in functions.values()) / per:.2f} instructions a {world.operation}")
        if args.source:
            module = args.build / "bench" / f"{world.part(args.way, number)}.core.wasm"
            show_source(source.by_line(guests.tools, module, functions, ROOT), per)
        else:
            show_functions(functions, per, args.lines)


def show_functions(functions, per, shown):
    for name, (count, lines) in sorted(functions.items(), key=lambda item: -item[1][0]):
        name = name.removeprefix("$")
        if count and shown in (None, name):
            print(f"{count / per:10.2f}  {name}")
        if shown == name:
            for times, _, line in lines:
                print(f"{times / per:10.2f}  | {line}" if times else f"{'':10}  | {line}")


def show_source(rows, per):
    """A macro's instructions are those of the line where it is used."""
    before = None
    for file, line, text, count in rows:
        if file != before:
            print(f"  {file}")
            before = file
        print(f"{count / per:10.2f}  {line or '':>4}  {text}")


def path(args, guests):
    """Calls of the host in one operation, and the instructions between them: those that lead to each."""
    world = world_of(args.path)
    print(f"in one {world.operation}: calls, and instructions that lead to them")
    paths, ways = {}, [way for way in world.ways if way != "rust"]
    for way in ways:
        paths[way] = exact.counted(guests, way, world, by="path").path(world.exact, world.options)
    for number, side in enumerate(("runner", "callee")[: max(map(len, paths.values()))]):
        print(side.ljust(24) + "".join(way.rjust(18) for way in ways))
        kinds = sorted({kind for way in ways for kind in paths[way][number]} - {"callback", "return"})
        for kind in ["callback", *kinds, "return"]:
            row = ""
            for way in ways:
                calls, steps = (count / world.operations for count in paths[way][number].get(kind, (0, 0)))
                row += (f"{calls:.2f}" if calls else "").rjust(8) + (f"{steps:.2f}" if steps else "").rjust(10)
            if row.strip():
                print(f"  {kind.ljust(22)}{row}".rstrip())
        sums = (sum(steps for _, steps in paths[way][number].values()) / world.operations for way in ways)
        print("  all".ljust(24) + "".join(f"{steps:18.2f}" for steps in sums))


def module(args, guests):
    """The bytes of a core module, by section, and those of its code by function, or by file of the source."""
    sections, functions, linked, named = exact.parts(guests, args.module, args.build, args.build_small, args.way)
    if args.source:
        functions = source.by_file(guests.tools, linked, named, ROOT)
    print(f"{args.module}: bytes by section, and of the code by {'file' if args.source else 'function'}")
    for size, name in sections:
        print(f"{size:8}  {name}")
    small = [size for size, _ in functions if size < FEW_BYTES]
    for size, name in functions[: len(functions) - len(small)]:
        print(f"{size:8}  | {name}")
    print(f"{sum(small):8}  | {len(small)} of less than {FEW_BYTES} bytes")


def machine(tools):
    """What times depend on: the processor, and versions."""

    def version(*command):
        done = subprocess.run(command, capture_output=True, text=True)  # wrk says its version, and that it failed
        return (re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr) or [""])[0]

    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    beside = Path(tools.wasmtime).parent
    versions = {
        "wasmtime": version(tools.wasmtime, "--version"),
        "wasm-tools": version(tools.wasm_tools, "--version"),
        "wit-bindgen": version(beside / "wit-bindgen", "--version"),
        "zig": version(beside / "zig", "version"),
        "cc": version("cc", "--version"),
    }
    if shutil.which("wrk"):
        versions["wrk"] = version("wrk", "-v")
    return {"processor": model[1] if model else "unknown", "cores": os.cpu_count(), "versions": versions}


def main():
    args = arguments()
    budget, figures = Budget(args.budget), Figures()
    tools = SimpleNamespace(wasmtime=args.wasmtime, wasm_tools=args.wasm_tools)
    if args.show:
        table(Figures.from_json(json.loads(args.show.read_text())["figures"]), budget, args.only)
        return 0
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        guests = Guests(tools, args.build, folder)
        try:
            if args.module or args.path or args.profile:
                instead = module if args.module else path if args.path else profile
                instead(args, guests)
                return 0
            measure(args, guests, figures)
        except (Failed, counting.NotCounted, subprocess.SubprocessError) as error:
            print(f"\nbench: {error}", file=sys.stderr)
            return 1
    if args.update:
        budget.update(figures, whole=not args.only)
    if args.json:
        known = json.loads(args.json.read_text()) if args.only and args.json.exists() else {"figures": {}}
        host = known["machine"] if args.exact and args.only and args.json.exists() else machine(tools)  # of the times
        of = {"machine": host, "figures": {**known["figures"], **figures.as_json()}, "budget": budget.limits}
        args.json.write_text(json.dumps(of, indent=1) + "\n")
    table(figures, budget)
    if args.check:
        found = budget.worse(figures, whole=not args.only)
        for line in found:
            print(f"worse than committed: {line}")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # | head
        sys.exit(1)
