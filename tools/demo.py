#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The main job, shown: wasmtime serves the echo example, which is put to the test over HTTP; then the cat example runs.
Every line says what was done and what came of it; the exit code is 0 only if all of it was right."""

import argparse
import contextlib
import functools
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WASMTIME_FLAGS = ["-S", "p3,cli", "-W", "component-model-async"]

KIB, MIB = 1 << 10, 1 << 20
BLOCK = 64 * KIB
# Seconds after which what waits is taken to wait for ever: a right service on a slow machine, with much else to do, is faster.
PATIENCE = 60  # for the first byte of an answer
SOCKET_LIMIT = 2 * PATIENCE  # for a socket to get on
SCENE_LIMIT = 20 * PATIENCE  # for a scene
# What streaming may add to the host's memory, whatever the body's size. Measured: 3 MiB, for 256 MiB and for 2 GiB.
MEMORY_BOUND = 32 * MIB
# The same for all scenes; 64 requests at once make the host start more instances. Measured: 14 MiB.
MEMORY_BOUND_TOTAL = 96 * MIB
# A trap is told by the guest's backtrace; the host's own frames would only hide it.
HOST_ENVIRONMENT = {**os.environ, "RUST_BACKTRACE": "0"}
# What the host's log says when a guest trapped. A client may see no more of it than a short answer that looks whole.
TRAP_MARKS = ("wasm trap", "worker failed", "wasm backtrace", "panicked")


class Failed(Exception):
    """A check that did not hold; the text is the reason."""


def check(holds, reason):
    if not holds:
        raise Failed(reason)


# What is posted ------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def some_text():
    rng = random.Random(0)
    words = b"stream future task await yield poll wake ready cancel drop read write weft warp shuttle loom".split()
    return b"".join(words[int(rng.random() * len(words))] + (b"\n" if i % 12 == 11 else b" ") for i in range(40000))


def text_blocks(size, seed=0):
    """A text of `size` bytes, block by block, the same on every machine; no two blocks are equal, so order matters."""
    corpus = some_text()
    spare = len(corpus) - BLOCK
    for index, start in enumerate(range(0, size, BLOCK)):
        stamp = b"block %d of text %d: " % (index, seed)
        offset = index * 7919 % spare
        block = stamp + corpus[offset : offset + BLOCK - len(stamp)]
        yield block[: size - start]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def short(digest):
    return digest[:16] + "…" if sys.stdout.encoding.lower().startswith("utf") else digest[:16] + ".."


def amount(size):
    if size is None:
        return "?"
    return f"{size / MIB:.1f} MiB" if size >= MIB else f"{size / KIB:.1f} KiB" if size >= KIB else f"{size} B"


# HTTP ----------------------------------------------------------------------------------------------------------------


class Exchange:
    """One HTTP/1.1 request whose body a thread sends while the caller reads the answer.

    The sender stops after the first block until a byte of the answer has come, so a service that collects the body
    before it answers fails. `on_first` is called at that byte, and the sender goes on when it returns.
    """

    patience = PATIENCE

    def __init__(self, port, method="POST", blocks=(), length=None, headers=(), trailers=None, on_first=None):
        self.blocks, self.chunked, self.trailers, self.on_first = iter(blocks), length is None, trailers, on_first
        self.sent = self.received = self.most_under_way = 0
        self.sent_at_first = self.first_after = None
        self.sent_digest = hashlib.sha256()  # of what has to come back: the upper-cased text
        self.digest = hashlib.sha256()  # of what did
        self.status, self.headers, self.answer_trailers = None, {}, {}
        self.go, self.failure = threading.Event(), None
        self.sock = connect(port)
        lines = [f"{method} / HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *headers]
        if method == "POST":
            lines.append("Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {length}")
        some_text()  # made now, so that it does not count as the service's time
        self.started = time.monotonic()
        self.sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        self.sender = threading.Thread(target=self._send, args=(method == "POST",), daemon=True)

    def run(self):
        """Sends and receives all of it, checks that the answer is the upper-cased request, and returns itself."""
        with self.sock, self.sock.makefile("rb", BLOCK * 4) as reader:
            self.sender.start()
            try:
                self._receive(reader)
                self.go.set()
                self.sender.join(SOCKET_LIMIT)
            except (OSError, ValueError, Failed) as error:
                reason = f"nothing came for {SOCKET_LIMIT} s" if isinstance(error, socket.timeout) else error
                raise Failed(self.failure or f"{reason} (sent {amount(self.sent)}, received {amount(self.received)})")
            finally:
                self.go.set()
                with contextlib.suppress(OSError):
                    self.sock.shutdown(socket.SHUT_RDWR)
        self.seconds = time.monotonic() - self.started
        check(self.failure is None, self.failure)
        check(self.received == self.sent, f"{self.received} bytes came back, not {self.sent}")
        check(self.digest.digest() == self.sent_digest.digest(), "what came back has another SHA-256 than expected")
        return self

    def _send(self, has_body):
        try:
            for block in self.blocks:
                if self.sent and not self.go.wait(self.patience):
                    limit = f"{self.patience} s, after {amount(self.sent)} were sent"
                    raise Failed(f"no byte of the answer came within {limit}")
                self.sent_digest.update(block.upper())
                self.sent += len(block)
                self.sock.sendall(b"%x\r\n%s\r\n" % (len(block), block) if self.chunked else block)
            if self.chunked and has_body:
                trailers = self.trailers() if self.trailers else {}
                lines = "".join(f"{name}: {value}\r\n" for name, value in trailers.items())
                self.sock.sendall(f"0\r\n{lines}\r\n".encode())
        except (OSError, Failed) as error:
            self.failure = f"sending: {error}"
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def _receive(self, reader):
        self.status = int(read_line(reader).split()[1])
        check(self.status == 200, f"status {self.status}, not 200")
        self.headers = read_fields(reader)
        check(self.headers.get("transfer-encoding") == "chunked", "the answer is not chunked")
        while True:
            left = int(read_line(reader).split(b";")[0], 16)
            if left == 0:
                break
            while left:
                piece = reader.read1(left)
                check(piece, "the answer was cut off")
                self._arrived(piece)
                left -= len(piece)
            check(read_line(reader) == b"", "a chunk is longer than it says")
        self.answer_trailers = read_fields(reader)

    def _arrived(self, piece):
        if self.first_after is None:
            self.first_after, self.sent_at_first = time.monotonic() - self.started, self.sent
            if self.on_first:
                self.on_first()
            self.go.set()
        self.digest.update(piece)
        self.received += len(piece)
        self.most_under_way = max(self.most_under_way, self.sent - self.received)


def read_line(reader):
    line = reader.readline(BLOCK)
    check(line.endswith(b"\r\n"), "the answer was cut off")
    return line[:-2]


def read_fields(reader):
    fields = {}
    while line := read_line(reader):
        name, _, value = line.decode("latin-1").partition(":")
        fields[name.strip().lower()] = value.strip()
    return fields


def connect(port):
    return socket.create_connection(("127.0.0.1", port), SOCKET_LIMIT)


# The host ------------------------------------------------------------------------------------------------------------


class Server:
    """`wasmtime serve` on a free port of the loopback interface. stop() ends it, whatever happened."""

    def __init__(self, wasmtime, component):
        self.log = tempfile.TemporaryFile()
        self.command = [wasmtime, "serve", *WASMTIME_FLAGS, "--addr", "127.0.0.1:0", component]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=HOST_ENVIRONMENT
        )
        self.port = None

    def wait_until_it_answers(self):
        """Port 0 has the system choose a free one; the host prints which."""
        while time.monotonic() < self.started + SOCKET_LIMIT:
            check(self.process.poll() is None, f"wasmtime ended with code {self.process.returncode} at start-up")
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.log_text())
            if found:
                Exchange(int(found.group(1)), "GET").run()
                self.port = int(found.group(1))
                return time.monotonic() - self.started
            time.sleep(0.01)
        raise Failed(f"wasmtime did not say within {SOCKET_LIMIT} s where it serves")

    def log_text(self):
        return os.pread(self.log.fileno(), MIB, 0).decode(errors="replace")

    def memory(self, field="VmRSS"):
        """Bytes of the host process in memory (VmHWM: the most there ever were); None where there is no /proc."""
        with contextlib.suppress(OSError), open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith(field):
                    return int(line.split()[1]) * KIB
        return None

    @contextlib.contextmanager
    def watch_memory(self):
        """Yields a dict that holds before, peak and after once the block is done."""
        usage = {"before": self.memory(), "peak": self.memory(), "after": None}
        high_before, done = self.memory("VmHWM"), threading.Event()

        def sample():
            while not done.wait(0.02):
                usage["peak"] = max(usage["peak"] or 0, self.memory() or 0)

        sampler = threading.Thread(target=sample, daemon=True)
        if usage["before"] is not None:
            sampler.start()
        try:
            yield usage
        finally:
            done.set()
        if usage["before"] is not None:
            sampler.join()
            high, usage["after"] = self.memory("VmHWM"), self.memory()
            check(high is not None and usage["after"] is not None, "the host process is gone")
            if high > high_before:  # the samples may have missed the peak; the kernel did not
                usage["peak"] = max(usage["peak"], high)

    def stop(self):
        for end in (self.process.terminate, self.process.kill):
            if self.process.poll() is None:
                end()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(5)


# The scenes: each takes the demo, says what it did, and raises Failed if it was not right ----------------------------


def scene_text(demo):
    """a file of the repository comes back upper-cased"""
    path = next(p for p in ("LICENSE", "README.md", "tools/demo.py") if os.path.exists(os.path.join(ROOT, p)))
    with open(os.path.join(ROOT, path), "rb") as file:
        data = file.read()
    expected = sha256(data.upper())
    url = f"http://127.0.0.1:{demo.server.port}/"
    if shutil.which("curl"):
        demo.command(f"curl --data-binary @{path} {url}")
        run = ["curl", "--silent", "--show-error", "--fail", "--max-time", str(SOCKET_LIMIT), "--noproxy", "*"]
        curl = subprocess.run([*run, "--data-binary", f"@{path}", url], cwd=ROOT, capture_output=True)
        check(curl.returncode == 0, f"curl ended with code {curl.returncode}: {curl.stderr.decode().strip()}")
        got = sha256(curl.stdout)
    else:
        got = Exchange(demo.server.port, blocks=[data], length=len(data)).run().digest.hexdigest()
    check(got == expected, f"SHA-256 {got} came back, that of the upper-cased file is {expected}")
    demo.ok(f"{path}, {amount(len(data))}: came back upper-cased, SHA-256 {short(got)}")


def scene_stream(demo):
    """a text far larger than any buffer streams through"""
    size = demo.args.size * MIB
    with demo.server.watch_memory() as memory:
        answer = Exchange(demo.server.port, blocks=text_blocks(size), length=size).run()
    speed, under_way = size / answer.seconds / MIB, amount(answer.most_under_way)
    demo.ok(f"{amount(size)} of text, sent and read back at once: SHA-256 {short(answer.digest.hexdigest())}")
    # Exchange has seen to it that no more than the first block was sent.
    demo.ok(f"first byte back after {answer.first_after * 1000:.1f} ms, with {amount(answer.sent_at_first)} sent")
    demo.memory(memory, MEMORY_BOUND)
    demo.more(f"{speed:.0f} MiB/s each way, with this script's hashing; never more than {under_way} under way")


def scene_trailers(demo):
    """trailers of the request are trailers of the answer"""
    size = 3 * BLOCK + 17
    whole = hashlib.sha256()

    def blocks():
        for block in text_blocks(size, seed=1):
            whole.update(block)
            yield block

    def trailers():
        return {"x-sha256": whole.hexdigest(), "x-length": str(size)}

    # hyper, the HTTP library in wasmtime, sends trailers to clients that ask for them by TE.
    headers = ["TE: trailers", "Trailer: x-sha256, x-length"]
    answer = Exchange(demo.server.port, blocks=blocks(), headers=headers, trailers=trailers).run()
    check("trailer" in answer.headers, "the answer has no `trailer` header, so its trailers do not reach the wire")
    expected = trailers()
    check(answer.answer_trailers == expected, f"trailers {answer.answer_trailers} came back, not {expected}")
    demo.ok(f"trailers sent after {amount(size)}: x-sha256 and x-length came back behind the body")


def scene_empty(demo):
    """requests without a body"""
    kinds = {
        "GET": {"method": "GET"},
        "POST of length 0": {"length": 0},
        "POST of no chunks": {},
    }
    slowest = 0.0
    for kind, options in kinds.items():
        # A guest that leaves the trailers of an empty answer open makes the client wait for a timeout of the host, each time;
        # a machine with much else to do is slow now and then.
        for _ in range(10):
            try:
                seconds = Exchange(demo.server.port, **options).run().seconds
            except Failed as error:
                raise Failed(f"{kind}: {error}")
            if seconds < 1:
                break
        check(seconds < 1, f"{kind}: an empty answer took {seconds:.2f} s")
        slowest = max(slowest, seconds)
    demo.ok(f"{', '.join(kinds)}: 200 and empty, within {slowest * 1000:.1f} ms")


def scene_abort(demo):
    """clients that hang up half-way"""
    rounds = 4
    for _ in range(rounds):
        for hang_up in (close_unread, close_read, reset_when_full):
            hang_up(demo.server.port)
            ask_again(demo.server.port)
    demo.ok(f"{3 * rounds} clients hung up half-way (closed, reset, reset with all buffers full):")
    demo.more("each time the next request had the right answer")
    stop_sending(demo.server.port)
    ask_again(demo.server.port)
    demo.ok("a body that ends too early gives an answer that is cut off, not one that looks whole")


def begin_post(port, length):
    sock = connect(port)
    sock.sendall(f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n".encode())
    return sock


def close_unread(port):
    with begin_post(port, MIB) as sock:
        sock.sendall(b"a" * (MIB // 2))


def close_read(port):
    with begin_post(port, MIB) as sock:
        sock.sendall(b"a" * 1000)
        received = b""
        while b"AAAA" not in received:
            piece = sock.recv(BLOCK)
            check(piece, "no answer to the first half of a body")
            received += piece


def reset_when_full(port):
    """Sends and never reads, until nothing more goes: the service is stuck in a write when the connection is reset."""
    with begin_post(port, 1 << 30) as sock:
        sock.settimeout(0.2)
        sent = 0
        with contextlib.suppress(socket.timeout):
            while sent < 1 << 30:
                sent += sock.send(b"a" * BLOCK)
        check(sent < 1 << 29, "the host took half a GiB that nobody read back")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stop_sending(port):
    """Shuts down its sending side after 4 of 100 bytes, and reads the answer to its end."""
    with begin_post(port, 100) as sock:
        sock.sendall(b"half")
        received = b""
        while b"HALF" not in received:
            piece = sock.recv(BLOCK)
            check(piece, "no answer to the first part of a body")
            received += piece
        sock.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while piece := sock.recv(BLOCK):
                received += piece
    check(not received.endswith(b"0\r\n\r\n"), "the answer to a body that was cut off looks whole")


def ask_again(port):
    try:
        Exchange(port, blocks=text_blocks(BLOCK + 1, seed=2), length=BLOCK + 1).run()
    except Failed as error:
        raise Failed(f"after a client had hung up, the next request failed: {error}")


def scene_many(demo):
    """many requests in flight at the same moment, each with a text of its own"""
    count = 64
    barrier = threading.Barrier(count)
    answers, failures = [], []
    sizes = [100 * KIB + 331 * i for i in range(count)]

    def all_are_under_way():
        try:
            barrier.wait(SOCKET_LIMIT)
        except threading.BrokenBarrierError:
            raise Failed(f"not all of the {count} requests had an answer under way at once")

    def one(i):
        try:
            blocks = text_blocks(sizes[i], seed=100 + i)
            answer = Exchange(demo.server.port, blocks=blocks, length=sizes[i], on_first=all_are_under_way)
            answers.append(answer.run())
        except (OSError, Failed) as error:
            barrier.abort()
            failures.append(f"request {i}: {error}")

    threads = [threading.Thread(target=one, args=(i,), daemon=True) for i in range(count)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not failures, f"{len(failures)} of {count} failed; {failures[0] if failures else ''}")
    distinct = len({answer.digest.digest() for answer in answers})
    check(distinct == count, f"{distinct} answers are distinct, not {count}")
    demo.ok(f"{count} requests at once, {amount(min(sizes))} to {amount(max(sizes))}, each another text:")
    demo.more(f"all under way at the same moment, every SHA-256 right, {time.monotonic() - started:.2f} s")


def scene_host(demo):
    """after all of it, the host is as it was"""
    check(demo.server.process.poll() is None, f"wasmtime ended with code {demo.server.process.returncode}")
    marks = [mark for mark in TRAP_MARKS if mark in demo.server.log_text()]
    check(not marks, f"a guest trapped: the host's log has '{marks[0] if marks else ''}'")
    now = demo.server.memory()
    usage = {"before": demo.memory_at_start, "peak": demo.server.memory("VmHWM"), "after": now}
    demo.ok("after all of it: no trap in the host's log")
    demo.memory(usage, MEMORY_BOUND_TOTAL)


def scene_cat(demo):
    """the second example: a command that copies standard input to standard output"""
    data = random.Random(3).getrandbits(8 * (8 * MIB + 5)).to_bytes(8 * MIB + 5, "little")
    command = [demo.args.wasmtime, "run", *WASMTIME_FLAGS, demo.args.cat]
    demo.command(" ".join(command) + " < IN > OUT")
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            cat = subprocess.run(command, stdin=file, capture_output=True, timeout=SOCKET_LIMIT, env=HOST_ENVIRONMENT)
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {SOCKET_LIMIT} s")
    errors = cat.stderr.decode(errors="replace").strip()
    check(cat.returncode == 0, f"ended with code {cat.returncode}: {errors}")
    check(cat.stdout == data, f"{len(cat.stdout)} bytes of SHA-256 {sha256(cat.stdout)} came out, not those put in")
    demo.ok(f"{amount(len(data))} of bytes of every value: came out as they went in, SHA-256 {short(sha256(data))}")


SCENES = {
    "text": scene_text,
    "stream": scene_stream,
    "trailers": scene_trailers,
    "empty": scene_empty,
    "abort": scene_abort,
    "many": scene_many,
    "host": scene_host,
    "cat": scene_cat,
}


# The demo ------------------------------------------------------------------------------------------------------------


class Demo:
    """The arguments, the server, and the lines that are printed."""

    def __init__(self, args):
        self.args = args
        self.server = None
        self.memory_at_start = None
        self.scene = ""
        self.failed = []
        self.passed = 0
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def _line(self, mark, colour, text):
        if self.colour and colour:
            mark = f"\033[{colour}m{mark}\033[0m" + " " * (6 - len(mark))
        print(f"  {self.scene:<9} {mark:<6} {text}".rstrip(), flush=True)
        self.scene = ""

    def command(self, line):
        """A line that the user can copy, before its result."""
        self._line("$", "2", line)

    def ok(self, text):
        self.passed += 1
        self._line("ok", "32", text)

    def more(self, text):
        """The rest of what the line before says."""
        self._line("", "", text)

    def memory(self, usage, bound):
        """Says how the host's memory went, and fails if the peak is more than `bound` above what there was before."""
        if usage["before"] is None:
            self.more("the host's memory is not measured: there is no /proc here")
            return
        before, peak, after = (f"{usage[key] / MIB:.1f}" for key in ("before", "peak", "after"))
        grown = usage["peak"] - usage["before"]
        check(
            grown <= bound,
            f"the host grew from {before} MiB to {peak} MiB: more than {bound // MIB} MiB are not allowed",
        )
        self.ok(f"host memory: {before} MiB before, {peak} at most, {after} after (allowed: +{bound // MIB})")

    def play(self, name, scene):
        """Runs a scene within its time limit."""
        self.scene = name

        def too_late(_signal, _frame):
            raise Failed(f"not done within {SCENE_LIMIT} s")

        signal.signal(signal.SIGALRM, too_late)
        signal.setitimer(signal.ITIMER_REAL, SCENE_LIMIT)
        try:
            scene(self)
        except (Failed, OSError) as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.failed.append(name)
            self._line("FAILED", "31", str(error))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def start(self):
        host = subprocess.run([self.args.wasmtime, "--version"], capture_output=True, text=True, timeout=SOCKET_LIMIT)
        size = os.path.getsize(self.args.echo)
        print(f"{self.args.echo} ({amount(size)}) on {host.stdout.split(' (')[0].strip()}\n")
        self.server = Server(self.args.wasmtime, self.args.echo)

        def scene_serve(demo):
            demo.command(" ".join(demo.server.command))
            seconds = demo.server.wait_until_it_answers()
            demo.memory_at_start = demo.server.memory()
            memory = amount(demo.memory_at_start)
            demo.ok(f"answers on port {demo.server.port} after {seconds:.2f} s; host memory: {memory}")

        self.play("serve", scene_serve)

    def keep(self):
        url = f"http://127.0.0.1:{self.server.port}/"
        print("\nThe service goes on until you press Ctrl-C. Try, elsewhere:\n")
        print(f"  curl --data-binary @README.md {url}\n  yes | curl -sNT - {url} | head\n", flush=True)
        self.server.process.wait()
        raise Failed(f"wasmtime ended with code {self.server.process.returncode}")

    def run(self):
        started = time.monotonic()
        scenes = {name: scene for name, scene in SCENES.items() if not self.args.only or name in self.args.only}
        try:
            if self.args.keep or set(scenes) - {"cat"}:
                self.start()
            for name, scene in scenes.items():
                if name == "cat" or (self.server and self.server.port and self.server.process.poll() is None):
                    self.play(name, scene)
                elif "serve" not in self.failed:
                    self.scene = name
                    self.failed.append(name)
                    self._line("FAILED", "31", "the host is gone")
            self.summary(time.monotonic() - started)
            if self.args.keep and self.server.port and self.server.process.poll() is None:
                self.keep()
        finally:
            if self.server:
                self.server.stop()
        return 1 if self.failed else 0

    def summary(self, seconds):
        if self.failed and self.server:
            lines = self.server.log_text().strip().splitlines()
            print(f"\nThe host's output{', its first 60 lines' if len(lines) > 60 else ''}:\n")
            print("\n".join("  | " + line[:200] for line in lines[:60]))
        names = f": {', '.join(self.failed)}" if self.failed else ""
        print(f"\n{self.passed} ok, {len(self.failed)} failed{names} ({seconds:.1f} s)")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--wasmtime", metavar="FILE", default=".tools/bin/wasmtime", help="the host (%(default)s)")
    add("--echo", metavar="FILE", default="build/release/examples/echo.wasm", help="the service (%(default)s)")
    add("--cat", metavar="FILE", default="build/release/examples/cat.wasm", help="the command (%(default)s)")
    add("--size", metavar="MiB", type=int, default=256, help="how much text to stream (%(default)s)")
    add("--patience", metavar="SECONDS", type=int, default=PATIENCE, help="for the first byte of an answer (%(default)s)")
    add("--keep", action="store_true", help="go on serving afterwards, until Ctrl-C")
    names = ", ".join(SCENES)
    add("--only", metavar="NAME", action="append", choices=SCENES, help=f"this scene only, may be repeated: {names}")
    args = parser.parse_args()
    if args.size * MIB < 2 * MEMORY_BOUND:
        parser.error(f"--size must be at least {2 * MEMORY_BOUND // MIB}: a smaller text says nothing about memory")
    args.wasmtime = shutil.which(args.wasmtime) or args.wasmtime
    for file in (args.wasmtime, args.echo, args.cat):
        if not os.path.exists(file):
            parser.error(f"no file '{file}': `make demo` gets the tools and builds the examples first")
    return args


def main():
    args = arguments()
    Exchange.patience = args.patience
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return Demo(args).run()
    except KeyboardInterrupt:
        print()
        return 130
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
