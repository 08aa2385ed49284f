# A client that goes while a service has nothing to send to it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import socket
import time

from paths import ROOT
from tools.service import LIMIT, Service

GONE = "the client has gone"


def test_idle_client_goes(tools, preset):
    with Service(tools.wasmtime, ROOT / f"build/{preset}/tests/guest/idle.wasm") as service:
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nhost: weft\r\n\r\n")
            text = b""
            while b"hello" not in text:
                text += client.recv(1000)
            time.sleep(0.3)  # some looks, at which it is here still
            assert GONE not in service.words()
        ends = time.monotonic() + LIMIT
        while GONE not in service.words() and time.monotonic() < ends:
            time.sleep(0.05)
        assert len(re.findall(GONE, service.words())) == 1
        assert service.fault() is None
