#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The main job, shown: wasmtime serves the echo example, curl asks it, and the cat example copies a file. Each command is
shown as you can type it, with what it says; the exit code is 0 only if each says what it must. tests/examples checks far more."""

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from service import FLAGS, Service

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 120  # seconds after which a command hangs, on a slow machine, too

# What is shown, the command, and a pattern of all that it says.
STEPS = [
    ("A text comes back in upper case.", "curl -fs --data 'hello, world' {url}", r"HELLO, WORLD"),
    (
        "Each line comes back at once, while the request goes on.",
        "(echo one; sleep 1; echo two) | curl -fsNT - {url} | while read line; do echo \"$SECONDS s: $line\"; done",
        r"\d+ s: ONE\n\d+ s: TWO",
    ),
    (
        "Trailers of the request are trailers of the answer.",
        r"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'POST / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\nTE: trailers\r\n"
        r"Trailer: x-last\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nx-last: word\r\n\r\n' >&3; cat <&3",
        r"HTTP/1\.1 200 OK\n[^\0]*\n4\nBODY\n0\nx-last: word",
    ),
    (
        "256 MiB go through one buffer of 64 KiB: nothing is lost, ...",
        "yes weft | head -c 256M | curl -fsT - {url} | sha256sum; yes WEFT | head -c 256M | sha256sum",
        r"(.*)\n\1",
    ),
    (
        "... and the host never had more memory than this.",
        "grep VmHWM /proc/{pid}/status",
        r"VmHWM:\s+\d{1,5} kB",
    ),
    (
        "64 requests at once have 64 answers.",
        "seq 64 | xargs -P 64 -I N curl -fs --data-binary $'request N\\n' {url} | sort -u | wc -l",
        r"64",
    ),
    ("A client that hangs up does no harm.", "yes | curl -fsNT - {url} | head -n 3", r"Y\nY\nY"),
    ("A command, cat, on the same host.", "{run} {cat} < LICENSE | cmp - LICENSE && echo the same", r"the same"),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--wasmtime", metavar="FILE", default=".tools/bin/wasmtime", help="the host (%(default)s)")
    add("--echo", metavar="FILE", default="build/release/examples/echo.wasm", help="the service (%(default)s)")
    add("--cat", metavar="FILE", default="build/release/examples/cat.wasm", help="the command (%(default)s)")
    args = parser.parse_args()
    os.chdir(ROOT)
    for file in (args.wasmtime, args.echo, args.cat):
        if not os.path.exists(file):
            parser.error(f"no file '{file}': `make demo` gets the tools and builds the examples first")
    return args


def said(command):
    """Runs a command and shows what it says, a line as soon as it comes; returns all of it."""
    words = ["timeout", str(LIMIT), "bash", "-c", command]
    lines = []
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, errors="replace", env={**os.environ, "no_proxy": "127.0.0.1"}
    ) as process:
        for line in process.stdout:
            lines.append(line.rstrip())
            print(f"  {lines[-1]}", flush=True)
    return "\n".join(lines).rstrip()


def show(service, args):
    """Runs the steps; returns whether each said what it must."""
    url = f"http://127.0.0.1:{service.port}/"
    run = " ".join([args.wasmtime, "run", *FLAGS])
    print(f"$ {' '.join(service.command)}\n  serves on {url}")
    for about, command, pattern in STEPS:
        command = command.format(url=url, port=service.port, pid=service.process.pid, run=run, cat=args.cat)
        print(f"\n# {about}\n$ {command}", flush=True)
        if not re.fullmatch(pattern, said(command)):
            print(f"  FAILED: what it says is not like {pattern}\n\nThe host says:\n{service.words()}")
            return False
    return True


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with Service(args.wasmtime, args.echo) as service:
            right = show(service, args)
            if fault := service.fault():
                print(f"\nFAILED: {fault}")
            return 0 if right and not fault else 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except subprocess.SubprocessError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
