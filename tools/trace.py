#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes an example trace: serves the traced echo example, sends two requests that overlap, and writes what the
component traced as one JSON file, to be opened in Perfetto (ui.perfetto.dev) or chrome://tracing."""

import argparse
import contextlib
import http.client
import json
import os
import re
import subprocess
import tempfile
import threading
import time

BODY = [b"one ", b"two ", b"three"]
LIMIT = 600  # seconds, on a slow machine, too, for the host to come up, and for an answer


def post(port, pause):
    """Sends a body in pieces, with a pause after each, and returns the answer's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)

    def pieces():
        for piece in BODY:
            yield piece
            time.sleep(pause)

    with contextlib.closing(connection):
        connection.request("POST", "/", pieces(), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        return connection.getresponse().read()


def traced(text):
    """The events among the lines that the host and the component wrote."""
    lines = [line for line in text.splitlines() if line.startswith("{") and line.endswith("},")]
    return [json.loads(line[:-1]) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wasmtime", default=".tools/bin/wasmtime")
    parser.add_argument("--echo", default="build/trace/examples/echo.wasm")
    parser.add_argument("--output", default="docs/echo-trace.json")
    options = parser.parse_args()

    with tempfile.NamedTemporaryFile() as log:
        command = [options.wasmtime, "serve", "-S", "p3,cli", "-W", "component-model-async", "--no-logging-prefix"]
        host = subprocess.Popen(
            [*command, "--addr=127.0.0.1:0", options.echo],
            stdout=log,
            stderr=log,
            env={**os.environ, "RUST_BACKTRACE": "0"},
        )

        def said():
            with open(log.name) as file:
                return file.read()

        try:
            deadline = time.monotonic() + LIMIT
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", said())):
                if host.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the host did not come up:\n{said()}")
                time.sleep(0.05)
            port = int(found[1])
            answers = []
            requests = [threading.Thread(target=lambda p=p: answers.append(post(port, p))) for p in (0.02, 0.03)]
            for request in requests:
                request.start()
                time.sleep(0.01)
            for request in requests:
                request.join()
            if answers != [b"".join(BODY).upper()] * 2:
                raise SystemExit(f"wrong answers: {answers}\n{said()}")
            time.sleep(0.2)  # the last coroutines end after the answer
        finally:
            host.terminate()
            host.wait()
        events = traced(said())
    with open(options.output, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(event, separators=(",", ":")) for event in events) + "\n]\n")
    print(f"{options.output}: {len(events)} events")


if __name__ == "__main__":
    main()
