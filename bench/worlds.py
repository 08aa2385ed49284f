# What is measured: the worlds, their exports, and how often each is run.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent

# The table's host has at most 100,000 handles a store, and a ready call between components leaves an entry behind.
# The threads are for one of the fibers' worlds.
OPTIONS = ("-W", "component-model-async,component-model-threading", "-S", "max-resources=100000000", "-S", "max-component-handles=100000000")

WAYS = ["weft", "core", "raw", "naive", "rust", "plain", "native"]
BINDINGS = ("weft", "raw", "naive", "rust")  # of what Weft's core does, on bindings of one's own; Rust's only if it is built
LIBRARY = ("weft", "core", "raw")  # of WASI: through the library, on the core with bindings of one's own, and by hand
PROGRAMS = ("weft", "plain", "native")  # of programs: in a component, in WebAssembly without Weft, and without WebAssembly

MAIN = "wasi:cli/run@0.3.2#run"  # what a host calls of a program


@dataclass
class World:
    """An export of a component of bench.wit, beyond.wit, lists.wit or wasi.wit, or a program: what is run, what comes out, and how often."""

    name: str  # of the component
    export: str
    operation: str  # what one operation is
    result: Callable  # of n: what the export returns
    exact: tuple  # two sizes for exact figures: what is the same in both cancels out; empty: times are all that is measured
    timed: tuple  # two sizes for times; empty: instructions are all that is measured
    operations: int = 1  # of one n
    arguments: str = "{}"  # of the export or the program, for n
    ways: tuple = BINDINGS
    title: str = ""  # in the table; the name, if empty
    options: tuple = OPTIONS  # of the host
    side: int = None  # whose instructions and host calls count alone: 0 the runner's, 1 the callee's; None: both's
    parts: tuple = ("{way}-{name}-runner", "{way}-{name}-callee")

    @property
    def label(self):
        return self.title or self.name

    @property
    def counts_calls(self):
        """Whether its host calls are measured: a program that does not wait has none to speak of."""
        return "native" not in self.ways and bool(self.timed or self.side is not None)

    def part(self, way, side):
        """The name of the runner's or the callee's module."""
        return self.parts[side].format(way=way, name=self.name)

    def file(self, way):
        """The name of the component or the program: but on Weft, a program is the same whatever it waits by."""
        return self.name if way == "weft" or self.export != MAIN else self.name.partition("-")[0]

    def call(self, n):
        arguments = self.arguments.format(n)
        return arguments if self.export == MAIN else f"{self.export}({arguments})"


def invoked(file, call):
    """How the host is told to run a file: by the call of an export, or with a program's arguments."""
    return ["--invoke", call, file] if "(" in call else [file, *call.split()]


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
    """An export of beyond.wit, which has no naive way."""
    return World("beyond", export, operation, lambda n: n, exact, timed, ways=("weft", "raw"), title=title, **more)


WORLDS += [
    beyond("spawns", "run-spawns", "spawn of a new frame, join", (1000, 11000), (1000, 1001000)),
    beyond("1,000,000 spawns", "run-spawns", "spawn of a new frame, join", (500000, 1000000), (1000000, 2000000)),
    beyond("event", "run-event", "coroutine on one event", (1000, 11000), (1000, 101000)),
    beyond("event of 100,000", "run-event", "coroutine on one event", (50000, 100000), (100000, 200000)),
    beyond("wake 1 of 1,000", "run-wake", "wake, call", (100, 1100), (1000, 31000), arguments="1000, {}"),
    beyond("wake 1 of 50,000", "run-wake", "wake, call", (100, 1100), (1000, 31000), arguments="50000, {}"),
    beyond("cancel", "run-cancel", "cancelled call", (100, 1100), (1000, 11000)),
    beyond("cancel of 10,000", "run-cancel", "cancelled call", (5000, 10000), (10000, 20000)),
    beyond("channel", "run-channel", "round trip over two channels", (100, 1100), (1000, 401000)),
    beyond("channel of tasks", "run-channel-of-tasks", "the same between calls", (100, 1100), (1000, 41000)),
]


FIBERS = ("coroutine", "threads", "asyncify")


def fibers(kind, export, operation):
    """An export of fibers.wit, in a coroutine, or in a fiber on a back end."""
    title = f"{operation}, {kind}"
    return World(f"fibers-{kind}", export, operation, lambda n: n, (100, 1100), (1000, 101000), 1, "{}", ("weft",), title)


WORLDS += [fibers(kind, export, operation) for export, operation in (("run-awaits", "await"), ("run-deep", "await ten deep")) for kind in FIBERS]


def cxx(kind, language, export, operation):
    """An export of cxx.wit."""
    title = f"{operation}, {language}"
    sizes = (100, 1100), (1000, 101000)
    return World(f"cxx-{kind}", export, operation, lambda n: n, *sizes, 1, "{}", ("weft",), title, parts=("{way}-{name}",) * 2)


WORLDS += [
    cxx("c", "C", "run-awaits", "task's await"),
    cxx("tasks", "C++", "run-awaits", "task's await"),
    cxx("c", "C", "run-calls", "call of a child"),
    cxx("rooms", "C++, in a room", "run-calls", "call of a child"),
    cxx("tasks", "C++", "run-calls", "call of a child"),
]


def listed(order, operation):
    """Two worlds of lists.wit, with n and with 4n in the list."""
    for n in (1000, 4000):
        title = f"{order} of {n:,}"
        yield World("lists", "run-list", operation, lambda n: n, (n // 2, n), (), 1, f"{order}, {{}}", ("weft",), title)


for each in (
    ("event", "waiter that is cancelled, the last first"),
    ("lock", "waiter that is cancelled, the last first"),
    ("item", "waiter that is cancelled, the last first"),
    ("end", "joiner of one child that is cancelled, the last first"),
    ("ends", "joiner of all that is cancelled, the last first"),
    ("time", "sleeper that is cancelled, the last first"),
    ("times", "sleeper that wakes"),
    ("ended", "child that ended, given up, the last first"),
    ("failures", "child that fails"),
    ("bindings", "coroutine that binds and unbinds"),
    ("bells", "task that ends before it hears its bell, the last first"),
):
    WORLDS += listed(*each)


WITH_WASI = (*OPTIONS, "-S", "p3,cli,http", "--dir", ".::/")
ON_PEER = ("{way}-wasi-runner", "tcp-peer")
ON_ANSWERER = ("{way}-wasi-fetcher", "wasi-answerer")
DRIVEN = ("wasi-driver", "{way}-{name}")


def wasi(title, operation, export, exact, parts=ON_PEER, name="wasi", arguments="{}", result=lambda n: n):
    """An export of wasi.wit: of a component beside the host, or beside another that is in its place."""
    return World(name, export, operation, result, exact, (), 1, arguments, LIBRARY, title, WITH_WASI, parts == DRIVEN, parts)


WORLDS += [
    wasi("file read", "64 KiB chunk", "run-file-read", (10, 60), result=lambda n: n << 16),
    wasi("file write", "64 KiB chunk", "run-file-write", (10, 60), result=lambda n: n << 16),
    wasi("file open", "open, close", "run-file-open", (10, 60)),
    wasi("standard output", "line", "run-stdout", (10, 60)),
    wasi("sleep", "sleep", "run-sleep", (2, 12)),
    wasi("TCP of 64 bytes", "message, echo", "run-tcp", (10, 110), arguments="64, {}"),
    wasi("TCP of 64 KiB", "message, echo", "run-tcp", (10, 60), arguments="65536, {}"),
    wasi("TCP connect", "connect, close", "run-tcp-connect", (10, 110)),
    wasi("TCP serve", "connection of a server, byte, echo", "run-tcp-serve", (10, 110)),
    wasi("HTTP hello", "request", "run-requests", (10, 110), DRIVEN, "wasi-hello"),
    wasi("HTTP echo", "64 KiB chunk", "run-echo", (10, 60), DRIVEN, "wasi-echo", result=lambda n: n << 16),
    wasi("HTTP fetch", "fetch", "run-fetch", (10, 110), ON_ANSWERER, "wasi-fetch"),
]


SCRIPTS = ROOT / "bench/programs"
AS_PROGRAM = (*OPTIONS, "-S", "p3,cli", "--dir", ".")
WAITS = {"yields": "none", "threads": "threads", "asyncify": "asyncify"}  # of scripts: the back end of fibers


def program(title, operation, name, arguments, result, exact, timed, operations=1, ways=PROGRAMS):
    """A program of bench/programs, which prints a number."""
    return World(name, MAIN, operation, result, exact, timed, operations, arguments, ways, title, AS_PROGRAM, parts=("programs/{way}-{name}",) * 2)


for suffix, backend in (("", "none"), (", asyncify", "asyncify")):
    sqlite = f"sqlite-{backend}"
    WORLDS += [
        program(f"SQLite inserts{suffix}", "insert", sqlite, "inserts {}", lambda n: n, (100, 1100), (1000, 101000)),
        program(f"SQLite scan{suffix}", "row", sqlite, "scan 1000 {}", lambda n: n * 1000, (1, 3), (), 1000),
        program(f"SQLite scan of 1,000,000{suffix}", "row", sqlite, "scan 1000000 {}", lambda n: n * 10**6, (), (1, 5), 10**6),
    ]
for script, operation, each, timed in (
    ("fib", "fib(20)", 6765, (10, 810)),
    ("strings", "text of 1,000 parts", 5993, (10, 1010)),
    ("sort", "sort of 1,000 numbers, twice", 1000, (10, 510)),
):
    for kind, backend in WAITS.items():
        name, arguments = f"lua-{backend}", f"{script}.lua {{}}"
        WORLDS += [program(f"Lua {script}, {kind}", operation, name, arguments, lambda n, each=each: n * each, (1, 3), timed)]
for kind, backend in WAITS.items():
    name = f"lua-{backend}"
    WORLDS += [program(f"Lua await, {kind}", "await", name, "awaits.lua {}", lambda n: n, (100, 1100), (1000, 41000), ways=("weft",))]


def world_of(label):
    return next(world for world in WORLDS if world.label == label)
