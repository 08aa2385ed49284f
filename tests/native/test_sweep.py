# Each WASI call of each example fails, once with each of its errors: a clear message or the right answer, and nothing is left.
# One in ten of them here, drawn from a seed; all in `make soak`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import http.server
import random
import re
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from examples.test_ask import Server, right
from limits import limited
from paths import ROOT
from soak import SOAK, much

from tools.service import Service

TEXT = "".join(f"{number}\n" for number in range(1000))
LIMIT = 600  # seconds, for what comes at once


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", str(len(TEXT)))
        self.end_headers()
        self.wfile.write(TEXT.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def page():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextlib.contextmanager
def time_server():
    with Server(right) as server:
        yield f"127.0.0.1:{server.port}"


@contextlib.contextmanager
def nobody():
    yield ""


@dataclass
class Example:
    """A program that runs to its end, or a service; the first word of its key is its name. {folder} in its words is a
    folder with files, {root} the repository, {examples} that of the examples, {peer} who is there for it."""

    arguments: tuple = ()
    options: tuple = ()
    stdin: str = ""
    paths: tuple = ()  # that a service is asked for
    body: str = "text"  # of what it is asked by POST, at "/"
    talks: bool = False  # with members who come
    ends: bool = True  # with its input
    beside: Callable = nobody
    known: str = ".*"  # what is the same in each line that it prints


NAMES = ("-S", "inherit-network,allow-ip-name-lookup")
EXAMPLES = {
    "cat": Example(stdin=TEXT),
    "chat": Example(("127.0.0.1:0",), ("-S", "inherit-network"), talks=True),
    "find": Example((".", "--hash", "2", "--size", "-1m"), ("--dir", "{folder}::.")),
    "fetch": Example(("-o", "page", "http://{peer}/"), ("-S", "http", "--dir", "{folder}::."), beside=page),
    "ask names": Example(("localhost", "127.0.0.1"), NAMES),
    "ask -t": Example(("-t", "{peer}"), (*NAMES, "--env=TRIES=2", "--env=TIMEOUT=50ms", "--env=PAUSE=1ms"), beside=time_server, known=r"\S+ offset"),
    "hello": Example(paths=("/", "/")),
    "echo": Example(paths=("/", "/")),
    "gate": Example(options=("--link", "{examples}/hello.so"), paths=("/", "/")),
    "serve": Example(options=("--dir", "{folder}::site"), paths=("/a", "/d/", "/d/", "/none")),
    "proxy": Example(options=("--env", "UPSTREAMS=http://{peer},http://{peer}"), paths=("/a", "/b"), beside=page),
    "calc": Example(("127.0.0.1:0",), ("-S", "inherit-network"), talks=True, ends=False),
    "lua-service": Example(options=("--dir", "{root}/examples/lua/handlers::handlers", "-S", "http"), paths=("/hello", "/hello")),
    "sql": Example(options=("--env", "DATABASE={folder}/sql.db"), paths=("/", "/"), body="CREATE TABLE IF NOT EXISTS t(a); SELECT count(*) FROM t"),
}

# What a program may have at its end: the standard streams, the directories that it was given, and what it no longer waits for.
# --leaks tells of them.
KEPT = {
    r"stream writer of stream<u8>, idle, the other end is the host's, idle": 2,
    r"stream (writer|reader) of stream<u8>, (idle|done), the other end is gone": 3,
    r"stream reader of stream<u8>, idle, the other end is the host's, idle": 1,
    r"future reader of future<result<_, error-code>>, idle, the other end is the host's, (idle|copying)": 3,
    r"future writer of future<.*>, copying, the other end is gone, has an event": 2,
    r"own , a descriptor": 1,
}


@dataclass
class Ended:
    code: int
    said: str  # on standard error
    answers: list  # the lines of a program in order, and the file that it made; or what who asks a service is told


def asked(port, path, body):
    try:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)) as connection:
            connection.request("GET" if path != "/" else "POST", path, body=body)
            answer = connection.getresponse()
            return answer.status, answer.read()
    except (http.client.HTTPException, OSError):
        return "cut"


def welcomed(address, patience):
    """What a member of a chat hears first."""
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=patience) as peer, peer.makefile("r") as lines:
        peer.sendall(b"tea Ann\nhello\n")
        if (line := lines.readline()).endswith("\n"):
            return 200, line
    return "cut"


@pytest.fixture
def run(build, tmp_path):
    """run("cat", "--fail", "open:io@1", ...) is how the example ended with those options."""
    (tmp_path / "d/e").mkdir(parents=True)
    for name in ["a", "d/index.html", "d/e/c"]:
        (tmp_path / name).write_text(name)
    program, made = build / "sim/weft-native", tmp_path / "page"

    def serve(it, command, given):
        with Service(program, command[0], *given) as service:
            answers = [asked(service.port, path, it.body) for path in it.paths]
            service.process.send_signal(signal.SIGINT)
            return Ended(service.process.wait(LIMIT), service.words(), answers)

    def talk(it, command, given):
        command = list(map(str, [program, "run", *given, *command]))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            begun = re.fullmatch(r"listening at 127.0.0.1:(\d+)\n", process.stdout.readline())
            patience = LIMIT if "--fail" not in given else 2  # seconds: one who cannot be written to may hear nothing
            answers = [welcomed(("127.0.0.1", int(begun[1])), patience) for _ in range(2) if begun]
            if not it.ends:
                process.terminate()
            _, said = process.communicate(timeout=LIMIT)  # its input has an end
            return Ended(0 if process.returncode == -signal.SIGTERM else process.returncode, said, answers)

    def end(it, command, given, action):
        made.unlink(missing_ok=True)
        done = limited([program, action, *given, *command], input=it.stdin, stderr=subprocess.PIPE)
        answers = sorted(re.search(it.known, line)[0] for line in done.stdout.splitlines())
        return Ended(done.returncode, done.stderr, answers + ([made.read_text()] if made.exists() else []))

    def run(name, *options, lists=False):
        it = EXAMPLES[name]
        with it.beside() as peer:
            arguments, given = ([word.format(root=ROOT, folder=tmp_path, examples=build / "examples", peer=peer) for word in words] for words in (it.arguments, it.options))
            command = [build / f"examples/{name.split()[0]}.so", *arguments]
            if it.paths and not lists:
                return serve(it, command, [*given, *options])
            if it.talks and not lists:
                return talk(it, command, [*given, *options])
            return end(it, command, [*given, *options], "serve" if it.paths else "run")

    return run


def errors_of(run, name):
    """Of each call that the example imports and that can fail, its errors."""
    listed = re.search("it imports (.*)", run(name, "--fail", ":", lists=True).said)[1].split(", ")
    return {call: re.search(r"it has (.*) \(", run(name, "--fail", f"{call}:", lists=True).said)[1].split(", ") for call in listed}


def faults(run, name):
    """One for each call that it makes, and each error. The transcript shows how often it makes it, or calls of that name of other
    interfaces: of these, some faults never strike."""
    calls = Counter(re.findall(r" call (?:\[\w+\])?(\S+)\n", run(name, "--transcript").said))
    for call, errors in errors_of(run, name).items():
        yield from (f"{call}:{error}@{at}" for at in range(1, calls[call.partition("#")[2]] + 1) for error in errors)


def left(text):
    """What is left that should not be."""
    found = Counter()
    for line in re.findall(r"^instance \d+ \(\w+\): (.*)$", text, re.M):
        line = re.sub(r"(?<=[a-z]) \d+(?= of|,)", lambda number: "" if "own" not in line else " ", line)
        found[next((kept for kept in KEPT if re.fullmatch(kept, line)), line)] += 1
    return {line: count for line, count in found.items() if count > KEPT.get(line, 0)}


def is_right(answer, expected):
    """Who asks a service sees that it failed, by the status or by an end that comes too early, or gets what is right."""
    return answer == expected or (answer == "cut" if isinstance(answer, str) else answer[0] >= 400)


def problem(fault, ended, expected):
    """What is wrong with how it ended, or None."""
    lines = ended.said.splitlines()
    said = [line for line in lines if not re.match(r"instance \d|weft: \w+ failed: code|Serving HTTP", line)]
    if ended.code not in (0, 1) or any(re.match(r"=+\d+=+|weft-native: |.*runtime error", line) for line in lines):
        return f"ended with {ended.code}"
    if ended.code and not said and not fault.startswith("wasi:cli/stderr"):
        return "says nothing"
    if isinstance(expected[0], tuple):
        wrong = not all(map(is_right, ended.answers, expected))
    else:
        wrong = Counter(ended.answers) - Counter(expected) or (ended.code == 0 and ended.answers != expected)
    if wrong:
        return "is wrong"
    return f"leaves {left(ended.said)}" if left(ended.said) else None


@pytest.mark.parametrize("name", EXAMPLES)
def test_sweep(run, name):
    clean = run(name, "--leaks")
    assert clean.code == 0 and clean.answers and "cut" not in clean.answers and not left(clean.said)
    every = list(faults(run, name))
    assert every
    wrong = []
    for fault in every if SOAK else random.Random(1).sample(every, -(-len(every) // 10)):
        ended = run(name, "--leaks", "--fail", fault)
        if what := problem(fault, ended, clean.answers):
            wrong.append(f"{fault}: {what}\n{str(ended.answers)[:200]}\n{ended.said}")
    if wrong:
        pytest.fail(f"{len(wrong)} of {name}\n" + "\n".join(wrong[:20]), pytrace=False)



@pytest.mark.parametrize("spoilt", [["--fail", "*:*%10"], ["--cut"], ["--slow", "--virtual-time"], ["--fail", "*:*%5", "--cut", "--always", "late"]])
def test_chat_goes_on(run, spoilt):
    """Whatever becomes of its members; or it cannot begin, and says why."""
    heard = 0
    for seed in range(1, much(100, 8)):
        ended = run("chat", "--leaks", "--seed", str(seed), *spoilt)
        assert not problem("", ended, [(200, "welcome\n")] * 2), (seed, ended)
        heard += sum(it != "cut" for it in ended.answers)
    assert heard
