# The peers of the tests of HTTP: how a service is asked, by a client or by the bytes of a request, and a server to be asked.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import socket
import threading

LIMIT = 300  # seconds for an answer


def ask(service, path, method="GET", body=None, headers=(), **more):
    """The status, headers and body of an answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=LIMIT)) as connection:
        connection.request(method, path, body, dict(headers), **more)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def connected(service):
    return socket.create_connection(("127.0.0.1", service.port), timeout=LIMIT)


def rest(connection):
    """All that still comes, until the connection is closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def raw(service, text):
    """All that comes back for these bytes."""
    with connected(service) as connection:
        connection.sendall(text)
        return rest(connection)


def request(path, *headers, body=b"", method="GET"):
    lines = [f"{method} {path} HTTP/1.1", "host: x", "connection: close", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


class Peer:
    """A server that answers each connection in a thread, and keeps the heads of what it was asked. An answer is bytes, or a
    function of the connection, the path, and what came behind the head."""

    def __init__(self, answer):
        self.answer = answer if callable(answer) else lambda connection, *_: connection.sendall(answer)
        self.heads = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.at = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):  # closed by the test
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.talk, args=[connection], daemon=True).start()

    def talk(self, connection):
        head = b""
        connection.settimeout(LIMIT)
        with connection, contextlib.suppress(OSError):
            while b"\r\n\r\n" not in head and not head.startswith(b"\x16") and (part := connection.recv(65536)):
                head += part
            head, _, rest = head.partition(b"\r\n\r\n")
            self.heads.append(head.decode("latin-1"))
            self.answer(connection, head.decode("latin-1").partition(" ")[2].partition(" ")[0], rest)


def reply(body=b"", status="200 OK", *fields):
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *fields]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body
