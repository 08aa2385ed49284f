# Each WASI call of each example fails, once with each of its errors: a clear message or the right answer, and nothing is left.
# One in ten of them here, drawn from a seed; all in `make soak`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import random
import re
from collections import Counter
from dataclasses import dataclass

import pytest
from limits import limited
from soak import much

TEXT = "".join(f"{number}\n" for number in range(1000))


@dataclass
class Example:
    """A program that runs to its end by itself: {} in the arguments and options is a folder with files."""

    arguments: tuple = ()
    options: tuple = ()
    stdin: str = ""


EXAMPLES = {
    "cat": Example(stdin=TEXT),
    "find": Example((".", "--hash", "2", "--size", "-1m"), ("--dir", "{}::.")),
}

# What a program may have at its end: the standard streams, and the directories that it was given. --leaks tells of them.
KEPT = {
    r"stream writer of stream<u8>, idle, the other end is the host's, idle": 2,
    r"stream (writer|reader) of stream<u8>, (idle|done), the other end is gone": 3,
    r"stream reader of stream<u8>, idle, the other end is the host's, idle": 1,
    r"future reader of future<result<_, error-code>>, idle, the other end is the host's, (idle|copying)": 3,
    r"own , a descriptor": 1,
}


@pytest.fixture
def run(build, tmp_path):
    """run("cat", "open:io@1", ...) is how the example ended with those options."""
    (tmp_path / "d/e").mkdir(parents=True)
    for name in ["a", "d/b", "d/e/c"]:
        (tmp_path / name).write_text(name)

    def run(name, *options):
        it = EXAMPLES[name]
        arguments, given = ([str(word).format(tmp_path) for word in words] for words in (it.arguments, it.options))
        command = [build / "sim/weft-native", "run", *given, *options, build / f"examples/{name}.so", *arguments]
        return limited(command, input=it.stdin, stderr=-1)

    return run


def errors_of(run, name):
    """Of each call that the example imports and that can fail, its errors."""
    listed = re.search("it imports (.*)", run(name, "--fail", ":io").stderr)[1].split(", ")
    return {call: re.search(r"it has (.*) \(", run(name, "--fail", f"{call}:").stderr)[1].split(", ") for call in listed}


def faults(run, name):
    """One for each call that it makes, and each error: the transcript shows how often it makes it."""
    calls = Counter(re.findall(r" call (?:\[\w+\])?(\S+)\n", run(name, "--transcript").stderr))
    for call, errors in errors_of(run, name).items():
        for at in range(1, calls[call.partition("#")[2]] + 1):
            if "host lets the call fail" not in run(name, "--transcript", "--fail", f"{call}:{errors[0]}@{at}").stderr:
                break  # the others are of another interface
            yield from (f"{call}:{error}@{at}" for error in errors)


def left(text):
    """What is left that should not be."""
    found = Counter()
    for line in re.findall(r"^instance 1 \(\w+\): (.*)$", text, re.M):
        line = re.sub(r"(?<=[a-z]) \d+(?= of|,)", lambda number: "" if "own" not in line else " ", line)
        found[next((kept for kept in KEPT if re.fullmatch(kept, line)), line)] += 1
    return {line: count for line, count in found.items() if count > KEPT.get(line, 0)}


def problem(fault, ended, expected):
    """What is wrong with how it ended, or None."""
    lines = ended.stderr.splitlines()
    said = [line for line in lines if not re.match(r"instance 1 |weft: \w+ failed: code", line)]
    if ended.returncode not in (0, 1) or any(re.match(r"=+\d+=+|weft-native: |.*runtime error", line) for line in lines):
        return f"ended with {ended.returncode}"
    if ended.returncode == 0 and sorted(ended.stdout.splitlines()) != expected:
        return "is wrong"
    if ended.returncode == 1 and not said and not fault.startswith("wasi:cli/stderr"):
        return "says nothing"
    return f"leaves {left(ended.stderr)}" if left(ended.stderr) else None


@pytest.mark.parametrize("name", EXAMPLES)
def test_sweep(run, name):
    clean = run(name, "--leaks")
    expected = sorted(clean.stdout.splitlines())
    assert clean.returncode == 0 and expected and not left(clean.stderr)
    every = list(faults(run, name))
    assert len(every) >= 6
    wrong = []
    for fault in every if much(True, False) else random.Random(1).sample(every, -(-len(every) // 10)):
        ended = run(name, "--leaks", "--fail", fault)
        if wrong_with := problem(fault, ended, expected):
            wrong.append(f"{fault}: {wrong_with}\n{ended.stdout[:200]}\n{ended.stderr}")
    if wrong:
        pytest.fail(f"{len(wrong)} of {name}\n" + "\n".join(wrong[:20]), pytrace=False)
