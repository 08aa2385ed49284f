# What is measured: the worlds, their exports, and how often each is run.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from dataclasses import dataclass
from typing import Callable

WAYS = ["weft", "raw", "naive"]


@dataclass
class World:
    """An export of a component of bench.wit, beyond.wit or lists.wit: what is run, what comes out, and how often."""

    name: str  # of the component
    export: str
    operation: str  # what one operation is
    result: Callable  # of n: what the export returns
    exact: tuple  # two sizes for exact figures: what is the same in both cancels out
    timed: tuple  # two sizes for times; empty: instructions are all that is measured
    operations: int = 1  # of one n
    arguments: str = "{}"  # of the export, for n
    ways: tuple = tuple(WAYS)
    title: str = ""  # in the table; the name, if empty

    @property
    def label(self):
        return self.title or self.name

    def call(self, n):
        return f"{self.export}({self.arguments.format(n)})"


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


def world_of(label):
    return next(world for world in WORLDS if world.label == label)
