# Two clients of the server at once: the first is silent for a while, and the second does not wait for it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import socket
import sys

host, port = sys.argv[1].split(":")
address = (host, int(port))
with socket.create_connection(address) as first, socket.create_connection(address) as second:
    for who, connection in ("second", second), ("first", first):
        connection.sendall(b"hello\ni am the " + who.encode() + b"\nbye\n")
        for line in connection.makefile():
            print(line, end="")
