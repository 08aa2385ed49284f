#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stands in for wasmtime with both examples: an echo service and a cat of the same manners, with a defect on request.
The defect is the name of the component: `ok.wasm` has none."""

import os
import socketserver
import sys

DEFECT = os.path.basename(sys.argv[-1]).rsplit(".", 1)[0]
kept = []


class Handler(socketserver.StreamRequestHandler):
    def fields(self):
        fields = {}
        for line in iter(self.rfile.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return fields

    def body(self, headers):
        """Yields the pieces of the body, then a dict: its trailers, or None if it was cut off."""
        left = int(headers.get("content-length", 0))
        chunked = "transfer-encoding" in headers
        while chunked or left:
            if chunked:
                left = int(self.rfile.readline(), 16)
                if not left:
                    yield self.fields()
                    return
            while left:
                piece = self.rfile.read1(min(left, 65536))
                if not piece:
                    yield None
                    return
                left -= len(piece)
                yield piece
            if chunked:
                self.rfile.readline()
        yield {}

    def handle(self):
        try:
            self.rfile.readline()
            headers = self.fields()
            status = b"500 Oops" if DEFECT == "status" else b"200 OK"
            named = b"trailer: %s\r\n" % headers["trailer"].encode() if "trailer" in headers else b""
            self.wfile.write(b"HTTP/1.1 %s\r\n%stransfer-encoding: chunked\r\n\r\n" % (status, named))
            held, count = [], 0
            for piece in self.body(headers):
                if not isinstance(piece, bytes):
                    break
                count += len(piece)
                if DEFECT == "leak":
                    kept.append(bytearray(piece))
                piece = piece if DEFECT == "lower" and count > 1 << 25 else piece.upper()
                held.append(b"%x\r\n%s\r\n" % (len(piece), piece))
                if DEFECT != "collects":
                    self.wfile.write(b"".join(held))
                    held.clear()
            self.wfile.write(b"".join(held))
            if piece is not None or DEFECT == "whole":
                trailers = {} if DEFECT == "trailers" else piece or {}
                self.wfile.write(b"0\r\n%s\r\n" % "".join(f"{n}: {v}\r\n" for n, v in trailers.items()).encode())
        except (OSError, ValueError):
            if DEFECT == "trap":
                print("wasm trap: wasm `unreachable` instruction executed", file=sys.stderr, flush=True)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


if sys.argv[1] == "run":
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(data[:-1] if DEFECT == "short" else data)
else:
    with Server(("127.0.0.1", 0), Handler) as server:
        print(f"Serving HTTP on http://127.0.0.1:{server.server_address[1]}/", file=sys.stderr, flush=True)
        server.serve_forever()
