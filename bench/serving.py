# The HTTP services under wrk, on Weft, by hand, and in Rust, side by side on `wasmtime serve`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from guests import Failed

sys.path.append(str(Path(__file__).resolve().parent.parent))
from tools.service import Service  # noqa: E402

LOAD = Path(__file__).resolve().parent / "http/load.lua"
LINE = b"stream future task await yield poll wake ready cancel drop read write "  # as in load.lua
HELLO = b"Hello, world!\n"
KIB, MIB = 1 << 10, 1 << 20
ANSWER_LIMIT = 600  # seconds, for what is right on a slow machine, too
TRIES = 3  # of a run whose connections the host lost


class Lost(Failed):
    """The host lost connections in a run."""


@dataclass
class Load:
    """What is asked of a service: a body of `size` bytes over `connections` connections, again and again."""

    service: str  # with "library " in front if it is of weft/wasi.h
    size: int
    connections: int
    reuse: bool  # of instances, as by default, or a new one for each request

    @property
    def label(self):
        size = {0: "", KIB: " 1 KiB", 64 * KIB: " 64 KiB", 16 * MIB: " 16 MiB"}[self.size]
        plural = "s" if self.connections > 1 else ""
        return f"{self.service}{size}, {self.connections} connection{plural}{'' if self.reuse else ', new instances'}"

    @property
    def streams(self):
        """True if bytes are counted, not requests, of which a run may have a few only."""
        return self.size > KIB

    @property
    def seconds(self):
        """Of a run, whole ones for wrk; many large bodies take their time to get under way."""
        if self.size <= MIB:
            return 1
        return 8 if self.connections > 16 else 2


# hello reads no body: the host closes a connection with a larger one unread.
SIZES = {
    "hello": [0, KIB],
    "echo": [0, KIB, 64 * KIB, 16 * MIB],
    "library hello": [0],
    "library echo": [64 * KIB, 16 * MIB],
}
CONNECTIONS = [1, 16, 256]


def ways_of(guests, service):
    """Those of the bindings in two ways, those of the library in Rust, too, if that is built."""
    ways = ["weft", "raw", "rust"]
    return [way for way in ways if guests.component(way, file_of(service)).exists()]


def file_of(service):
    return service.replace(" ", "-")


def loads(service, reuse):
    return [Load(service, size, connections, reuse) for size in SIZES[service] for connections in CONNECTIONS]


def processor_seconds(server):
    """Of all threads of the host, so far."""
    files = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def body_of(size):
    return (LINE * (size // len(LINE) + 1))[:size]


def verify(server, load):
    """One request of the load has the right answer; returns its length. curl reads it while it sends, as the load does."""
    body = body_of(load.size)
    command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", str(ANSWER_LIMIT)]
    command += ["--data-binary", "@-"] if body else []
    done = subprocess.run([*command, f"http://127.0.0.1:{server.port}/"], input=body, capture_output=True)
    if done.returncode:
        raise Failed(f"{load.label}: no right answer: {done.stderr.decode().strip()}")
    expected = HELLO if load.service.endswith("hello") else body.upper()
    if done.stdout != expected:
        raise Failed(f"{load.label}: {len(done.stdout)} bytes came back, which are not the {len(expected)} expected")
    return len(expected)


def run_wrk(server, load, least):
    """(requests or MiB a second, microseconds of the host's processors for each) of one run, with `least` bytes an answer."""
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", f"--timeout={ANSWER_LIMIT}s", "-s", LOAD]
    before = processor_seconds(server)
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}/", "--", str(load.size)], capture_output=True, text=True, timeout=3600
    )
    used = processor_seconds(server) - before
    found = re.search(r"^\{.*\}$", done.stdout, re.M)
    if done.returncode != 0 or not found:
        raise Failed(f"wrk: {done.stderr or done.stdout}")
    came = json.loads(found[0])
    if came["status"] or came["bytes"] < came["requests"] * least:
        raise Failed(f"{load.label}: wrong answers under load: {found[0]}")
    if came["connect"] + came["read"] + came["write"] + came["timeout"]:
        raise Lost(f"{load.label}: connections were lost under load: {found[0]}")
    count = came["bytes"] / MIB if load.streams else came["requests"]
    if not count:
        raise Failed(f"{load.label}: no answer within {came['seconds']} s")
    return count / came["seconds"], used / count * 1e6


def run_whole(server, load, least, lost):
    """A run in which no connection was lost. Seen on wasmtime 49 with 256 connections, about one run in twenty, without
    a trap: such a run is made again, and counted."""
    for _ in range(TRIES - 1):
        try:
            return run_wrk(server, load, least)
        except Lost:
            lost.append(load.label)
    return run_wrk(server, load, least)


def check_host(server, way, load):
    if fault := server.fault():
        raise Failed(f"{way} {load.label}: {fault}")


def measure_group(guests, figures, say, service, reuse, rounds):
    """All loads of a service, in rounds, each with all ways at once after each other."""
    options = [] if reuse else ["--max-instance-reuse-count", "1"]
    group = loads(service, reuse)
    ways = ways_of(guests, service)
    got = {load.label: {way: [] for way in ways} for load in group}
    lost = {way: [] for way in ways}
    servers = {}
    try:
        for way in ways:
            servers[way] = Service(guests.tools.wasmtime, guests.component(way, file_of(service)), *options)
        for number in range(rounds + 1):
            for load in group if number else group[1:2]:  # the first is the warm-up
                say(f"{load.label}: round {number} of {rounds}")
                for way in ways if number % 2 else reversed(ways):
                    try:
                        rate = run_whole(servers[way], load, verify(servers[way], load), lost[way])
                    except Failed as error:
                        raise Failed(f"{way} {error}\n{servers[way].words()[-1000:]}")
                    if number:
                        got[load.label][way].append(rate)
                    check_host(servers[way], way, load)
    finally:
        for server in servers.values():
            server.stop()
    for load in group:
        note(figures, load, got[load.label])
    for way in ways:
        name = f"{service}{'' if reuse else ', new instances'}: runs that lost connections"
        figures.note(name, way, len(lost[way]), "runs")


def note(figures, load, rates):
    names = [("rate", "MiB/s"), ("host", "us/MiB")] if load.streams else [("requests", "/s"), ("host", "us/request")]
    for i, (what, unit) in enumerate(names):
        name = f"{load.label}: {what}"
        for way in rates:
            figures.note(name, way, round(statistics.median(rate[i] for rate in rates[way]), 1), unit)
        for other in ("raw", "rust"):
            if other in rates:
                pairs = zip(rates["weft"], rates[other])
                figures.note_of(other, name, "weft", [weft[i] / beside[i] for weft, beside in pairs])


def measure(guests, figures, say, minutes, services):
    """As many rounds as the minutes allow, at least one."""
    if not shutil.which("wrk"):
        print("http: wrk is not installed, so the services are not measured (on Debian: apt-get install wrk)")
        return
    groups = [(service, reuse) for service in services for reuse in (True, False)]
    # a run takes a little more than wrk's time: the request that is verified, and the host's rest.
    a_round = sum((load.seconds + 0.3) * len(ways_of(guests, group[0])) for group in groups for load in loads(*group))
    rounds = max(1, int(minutes * 60 / a_round))
    for service, reuse in groups:
        measure_group(guests, figures, say, service, reuse, rounds)
