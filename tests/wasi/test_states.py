# The host's sockets, in states that the library never has them in, and names of all forms: what each call says is written down, as wasmtime says it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from paths import ROOT

from wasi.sockets import full_listener


def test_states(host, component):
    with full_listener() as silent:
        ended = host.run(component("states"), str(silent.getsockname()[1]), options=["-S", "inherit-network,allow-ip-name-lookup"])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode().splitlines() == (ROOT / "tests/wasi/states/states.txt").read_text().splitlines()
