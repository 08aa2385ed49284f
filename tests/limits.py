# Runs a process, and tells a hang: by the processor time that it used, or by its using none. Not by the clock on the wall,
# which says more of the machine and its other work.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import resource
import signal
import subprocess
from pathlib import Path

import pytest

PROCESSOR = 600  # seconds of processor time that a process may use, far more than any needs
STILL = 60  # seconds between two looks at a process


class Hangs(pytest.fail.Exception):
    """The process was ended; the text says why."""


def limited(command, processor=PROCESSOR, still=STILL, **options):
    """subprocess.run(command, ...) as text, whose output is both streams' unless `stderr` says otherwise. Fails the test,
    by Hangs, if the process, or one that it starts, uses more processor time than that, or if it waits for what never comes."""
    command = list(map(str, command))
    options = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
    given = options.pop("input", None)
    if given is not None:
        options["stdin"] = subprocess.PIPE

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))

    with subprocess.Popen(command, preexec_fn=limit, **options) as process:
        used = hangs = None
        while True:
            try:
                out, err = process.communicate(given, timeout=still)
                break
            except subprocess.TimeoutExpired:
                given, before, used = None, used, _used(process.pid)
                if used is not None and used == before:
                    hangs = f"has not moved for {still} s"
                    process.kill()
            except BaseException:  # of a test that is interrupted
                process.kill()
                raise
    if process.returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        hangs = f"used {processor} s of processor time"
    if hangs:
        raise Hangs(f"{' '.join(command)}: hangs: {hangs}\n{out or ''}{err or ''}", pytrace=False)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _used(pid):
    """What the threads of a process have used so far, or None if it goes on: one of them is running or about to, or it has
    children, which is whom it waits for."""
    used = []
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for thread in Path(f"/proc/{pid}/task").iterdir():
            state, *fields = (thread / "stat").read_text().rpartition(")")[2].split()
            if state == "R" or (thread / "children").read_text():
                return None
            used.append((thread.name, fields[10], fields[11]))  # ticks in user and in system mode
        return used
    return None
