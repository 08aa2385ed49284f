# What the components of the guest suite are made of, and how weft-sim runs them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess

import pytest
from limits import limited

# Topics whose sides import weft:calls/peer, too.
GATES = ("tasks", "blocking", "foreign")
# Those that run on peers of other topics.
PEERS = {"awaits": ("calls", "flow", "futures"), "select": ("calls", "flow")}


def parts(component, folder):
    """The shared objects that make up a component of the guest suite, the one with the tests first."""
    composed = re.fullmatch(r"(\w+)-(\w+)-on-(\w+)", component)
    if composed:
        topic, runner, callee = composed.groups()
        if topic in PEERS:
            names = [f"{topic}-{runner}", *(f"{peer}-{callee}-callee" for peer in PEERS[topic])]
        else:
            names = [f"{topic}-{runner}-runner", f"{topic}-{callee}-callee"]
    else:
        topic = component.split("-")[0]
        if topic == "misuse":
            return [folder / f"{name}.so" for name in ("misuse-driver", f"{component}-subject", "misuse-callee")]
        names = [f"{component}-runner", f"{topic}-callee"]
        if (folder / f"{component}-callee.so").exists():
            names = [f"{topic}-runner", f"{component}-callee"]
            if (folder / f"{component}-runner.so").exists():
                names[0] = f"{component}-runner"
        if not (folder / f"{names[0]}.so").exists():
            names = [component]
    if topic in GATES:
        names.append("calls-raw-callee")
    return [folder / f"{name}.so" for name in names]


# Topics whose package in WIT is another's, or of another name.
PACKAGES = {"units": "streams", "words": "streams", "points": "streams", "ends": "streams", "misuse": "rules"}


def exported_by(part):
    """What the shared object of that name exports: an interface; "run" the first one."""
    topic = part.split("-")[0]
    if part.endswith("-callee"):
        return f"weft:{PACKAGES.get(topic, topic)}/peer"
    return "weft:rules/subject" if part.endswith("-subject") else "run"


def weft_sim(build, component, test, *options, stderr=subprocess.PIPE):
    """Runs a test of a component, the CompletedProcess. The suite's expectations are those of wasmtime."""
    objects = parts(component, build / "tests/guest")
    command = [build / "sim/weft-sim", *(options or ["--like-wasmtime"]), *objects, "--", f'run("{test}")']
    return limited(command, stderr=stderr)


def check_passes(build, component, test, *options):
    """Fails unless the guest says that its test passed."""
    outcome = weft_sim(build, component, test, *options)
    if outcome.returncode != 0 or outcome.stdout.strip() != "ok":
        pytest.fail(f"{component}: {test}: exit {outcome.returncode}\n{outcome.stdout}{outcome.stderr}", pytrace=False)
