# A site that has no time for the first two who ask.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Handler.asked += 1
        status, body = (200, b"tea is ready\n") if Handler.asked > 2 else (503, b"later\n")
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        print(f"asked {Handler.asked} times", flush=True)


host, port = sys.argv[1].split(":")
site = HTTPServer((host, int(port)), Handler)
print(f"http://{host}:{site.server_port}/", flush=True)
site.serve_forever()
