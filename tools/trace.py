#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes an example trace: serves the traced echo example, sends two requests that overlap, and writes what the
component traced as one JSON file, to be opened in Perfetto (ui.perfetto.dev) or chrome://tracing."""

import argparse
import contextlib
import http.client
import json
import threading
import time

from service import Service

BODY = [b"one ", b"two ", b"three"]
LIMIT = 600  # seconds for an answer, on a slow machine, too


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

    with Service(options.wasmtime, options.echo, "--no-logging-prefix") as service:
        answers = []
        requests = [threading.Thread(target=lambda p=p: answers.append(post(service.port, p))) for p in (0.02, 0.03)]
        for request in requests:
            request.start()
            time.sleep(0.01)
        for request in requests:
            request.join()
        if answers != [b"".join(BODY).upper()] * 2:
            raise SystemExit(f"wrong answers: {answers}\n{service.words()}")
        time.sleep(0.2)  # the last coroutines end after the answer
        service.stop()
        events = traced(service.words())
    with open(options.output, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(event, separators=(",", ":")) for event in events) + "\n]\n")
    print(f"{options.output}: {len(events)} events")


if __name__ == "__main__":
    main()
