# How the tests of HTTP services ask: by a client, or by the bytes of a request.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import socket

LIMIT = 60  # seconds for an answer


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
