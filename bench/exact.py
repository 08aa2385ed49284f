# Figures that are the same on every machine: instructions, host calls, bytes, sizes.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess

import counting
from worlds import BINDINGS, FIBERS, LIBRARY, WAYS, WITH_WASI

MEMORY_SIZES = (5000, 10000)
# Of what each takes memory: in which ways it is measured, the component, and its export.
MEMORY_OF_WASI = {
    "TCP connection": (LIBRARY, "wasi", "run-tcp-memory"),
    "HTTP request": (("weft",), "wasi-waits", "run-request-memory"),
}
# Coroutines and fibers that wait: the kind of each.
ASLEEP = {f"asleep, {kind}": kind for kind in FIBERS}
# (figure, core module, whether of the build for size). The services are as they are served, for speed, and for size.
SIZES = [
    ("call-ready callee: size", "call-ready-callee", True),
    ("future-pingpong runner: size", "future-pingpong-runner", True),
    ("stream-bytes callee: size", "stream-bytes-callee", True),
    ("hello service: size", "hello", False),
    ("hello service, for size: size", "hello", True),
    ("echo service: size", "echo", False),
    ("echo service, for size: size", "echo", True),
    ("hello example: size", "example-hello", False),
    ("hello example, for size: size", "example-hello", True),
    ("fetch example: size", "example-fetch", False),
    ("fetch example, for size: size", "example-fetch", True),
    ("chat example: size", "example-chat", False),
    ("chat example, for size: size", "example-chat", True),
    ("all of WASI: size", "wasi-everything", False),
    ("all of WASI, for size: size", "wasi-everything", True),
]
ALL = ("all of Weft: size", "everything", True)  # a module that is in no component


def fuel(guests, way, world, n, guess=None):
    """The least fuel with which the world runs: its instructions, and those of the adapters between components."""
    file = guests.compiled(way, world.file(way), fuel=True)

    def enough(fuel):
        return guests.run(file, world.call(n), *world.options, "-W", f"fuel={fuel}")[0] is not None

    guests.verified(way, world, n, fuel=2**62)
    least, most, step = 0, guess or 1 << 12, 1
    while not enough(most):
        least, step = most, step * 4
        most += step if guess else most
    while guess and not least:
        lower = max(1, most - step)
        least, most, step = (least, lower, step * 4) if enough(lower) else (lower, most, step)
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle, most)
    return most


def counted(guests, way, world, by=None):
    return counting.Counted(guests.tools, guests.component(way, world.name), world, guests.folder, by)


def instructions(guests, figures, world, way):
    if world.side is None:
        per = instructions_of_both(guests, way, world)
    else:
        functions = counted(guests, way, world, by="line").profile(world.exact, world.options)[world.side]
        per = sum(count for count, _ in functions.values())
    figures.note(f"{world.label}: instructions", way, round(per / world.operations, 2), "instructions")


def instructions_of_both(guests, way, world):
    small, big = world.exact
    first = fuel(guests, way, world, small)
    # The first guess for the big one costs a run of twice the small one, and saves most of the search.
    slope = fuel(guests, way, world, 2 * small) - first
    rise = fuel(guests, way, world, big, first + slope * (big - small) // small) - first
    return rise / (big - small)


def host_calls(guests, figures, world, way):
    kinds = counted(guests, way, world).host_calls(world.exact, world.options, world.side)
    per = {kind: round(count / world.operations, 3) for kind, count in kinds.items()}
    figures.note(f"{world.label}: host calls", way, per, "calls")


def halves(number):
    return number >> 32, number & 0xFFFFFFFF


def bytes_of_calls(guests, figures):
    """Live bytes, and bytes of linear memory, of a pending call at its caller and at its callee."""
    for what, export in (("live bytes", "run-memory-live"), ("linear memory", "run-memory-pages")):
        sizes = MEMORY_SIZES if what == "live bytes" else [4 * n for n in MEMORY_SIZES]
        for way in guests.ways(BINDINGS, "memory"):
            small, big = (halves(guests.number(way, "memory", f"{export}({n})")) for n in sizes)
            for side, before, after in zip(("caller", "callee"), small, big):
                per = round((after - before) / (sizes[1] - sizes[0]), 1)
                figures.note(f"pending call, {side}: {what}", way, per, "bytes")


def bytes_of_coroutines(guests, figures):
    """Bytes of a header, of an operation, and of a spawned coroutine whose frame is the library's, beside that frame."""
    sizes = (500000, 1000000)
    for way in ("weft", "raw"):
        header, operation = halves(guests.number(way, "beyond", "layout()"))
        figures.note("coroutine header: bytes", way, header, "bytes")
        figures.note("operation: bytes", way, operation, "bytes")
        small, big = (halves(guests.number(way, "beyond", f"run-spawns-memory({n})")) for n in sizes)
        for what, before, after in zip(("linear memory", "live bytes"), small, big):
            per = (after - before) / (sizes[1] - sizes[0]) - header  # its frame is a header
            figures.note(f"1,000,000 spawns, each beside its frame: {what}", way, round(per, 1), "bytes")


def bytes_of_fibers(guests, figures):
    """What one takes that waits, beside its header, and a fiber beside its stack, too."""
    small, big = (1000, 2000)
    for name, kind in ASLEEP.items():
        less, more = (halves(guests.number("weft", f"fibers-{kind}", f"run-asleep({n})"))[1] for n in (small, big))
        stack = 0 if kind == "coroutine" else 64 << 10  # WEFT_FIBER_STACK
        figures.note(f"{name}: live bytes", "weft", round((more - less) / (big - small) - stack, 1), "bytes")


def bytes_of_wasi(guests, figures):
    """What a connection of a TCP server takes, beside one byte of its own, and an HTTP request, beside 24."""
    small, big = (2000, 6000)
    for what, (ways, component, export) in MEMORY_OF_WASI.items():
        for way in ways:
            before, after = (halves(guests.number(way, component, f"{export}({n})", WITH_WASI)) for n in (small, big))
            for kind, less, more in zip(("linear memory", "live bytes"), before, after):
                figures.note(f"{what}: {kind}", way, round((more - less) / (big - small), 1), "bytes")


def core_module(tools, component, folder):
    """The core module in a component that is its own: a file in `folder`, without names."""
    module, stripped = folder / "unbundled-module0.wasm", folder / "stripped.wasm"
    unbundle = [tools.wasm_tools, "component", "unbundle", "--threshold", "0", "--module-dir", folder, component]
    subprocess.run([*unbundle, "-o", folder / "unbundled.wasm"], check=True)
    subprocess.run([tools.wasm_tools, "strip", "--all", module, "-o", stripped], check=True)
    return stripped


def sizes(guests, figures, build, build_small):
    for name, module, small in SIZES:
        folder = (build_small if small else build) / "bench"
        for way in WAYS:
            file = folder / f"{way}-{module}.wasm"
            if file.exists():
                size = core_module(guests.tools, file, guests.folder).stat().st_size
                figures.note(name, way, size, "bytes")
    figures.note(ALL[0], "weft", (build_small / "bench/weft-everything.wasm").stat().st_size, "bytes")


def parts(guests, name, build, build_small, way):
    """What the module of a size is made of: [(bytes, section)], and [(bytes, function)] of its code; and that module as it
    was linked, and with names alone."""
    module, small = next((module, small) for figure, module, small in [*SIZES, ALL] if figure == f"{name}: size")
    linked = (build_small if small else build) / "bench" / f"{way}-{module}.core.wasm"
    text, named, bare = (guests.folder / f"parts.{kind}" for kind in ("wat", "wasm", "bare.wasm"))
    tool = guests.tools.wasm_tools
    subprocess.run([tool, "strip", linked, "-o", named], check=True)
    subprocess.run([tool, "print", named, "-o", text], check=True)
    subprocess.run([tool, "parse", text, "-o", named], check=True)
    subprocess.run([tool, "strip", "--all", named, "-o", bare], check=True)
    dump = subprocess.run([tool, "objdump", bare], capture_output=True, text=True, check=True).stdout
    sections = [(int(size), kind) for kind, size in re.findall(r"^ *(\w+) .*\| *(\d+) bytes", dump, re.M)]
    return sections, functions_of(tool, named), linked, named


def functions_of(tool, module):
    """[(bytes, name)] of the functions of a module with names."""
    text = subprocess.run([tool, "print", "-p", module], capture_output=True, text=True, check=True).stdout
    # Each begins where the one before ends; the last, before the data or the end of the module.
    starts = re.findall(r"^\(;@([0-9a-f]+) *;\)  \((func|data|@custom)(?: \$(\S+))?|^\(;@([0-9a-f]+) *;\)\)$", text, re.M)
    places = [(int(at or end, 16), name if kind == "func" else None) for at, kind, name, end in starts]
    found = [(after - at, name) for (at, name), (after, _) in zip(places, places[1:]) if name]
    return sorted(found, reverse=True)
