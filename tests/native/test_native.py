# weft-native by itself: its options, and how a run ends. tests/wasi has what programs see of it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import socket

import pytest
from hosts import Native
from soak import much

from wasi.sockets import Script, all_of, at, cancelled, listening, peer_at


def test_help(native):
    ended = native("", options=["--help"])
    assert ended.returncode == 0
    assert "Usage: weft-native [OPTION...] run COMPONENT.so [ARGUMENT...]" in ended.stdout


@pytest.mark.parametrize(
    "component, options, action, words",
    [
        ("", [], "run", "Usage: "),
        ("env-show", [], "walk", "walk: the command is run"),
        ("env-show", ["-S", "everything"], "run", "everything: no such option of -S"),
        ("env-show", ["--none"], "run", "unrecognized option '--none'"),
        *[("env-show", ["--seed", seed], "run", f"{seed}: is no seed: one is a number from 1 on") for seed in ("0", "-1", " 1", "1x", str(2**64))],
        ("nobody", [], "run", "nobody.so: cannot open shared object file"),
        ("env-show", ["--dir", "/nowhere::d"], "run", "weft-native: /nowhere: No such file or directory"),
        ("mine-log", [], "run", "weft-native: mine: is no program, for it does not export wasi:cli/run"),
        ("mine-log", ["--invoke", "play(1)"], "run", "play(1): is no call of a function that the first component exports"),
    ],
)
def test_misuse(native, component, options, action, words):
    ended = native(component, options=options, action=action)
    assert ended.returncode != 0 and ended.stdout == ""
    assert words in ended.stderr


def test_environment_and_names(native, monkeypatch):
    monkeypatch.setenv("WEFT_MINE", "of mine")
    ended = native("env-show", "--env", options=["--argv0", "me", "--env", "WEFT_MINE", "--env", "WEFT_NONE", "-S", "inherit-env"])
    assert ended.returncode == 0
    assert "argument <--env>" in ended.stdout
    assert ended.stdout.count("variable <WEFT_MINE> <of mine>") == 2
    assert "WEFT_NONE" not in ended.stdout


def test_seeds(native):
    """A seed is the same run again, with the same random numbers; what a program does is right with all of them."""
    one, again, other = (native("random-numbers", options=["--seed", seed, "--transcript"]) for seed in "112")
    assert (one.stdout, one.stderr) == (again.stdout, again.stderr)
    assert one.stdout != other.stdout
    for seed in range(1, 40):
        ended = native("console-filter", options=["--seed", str(seed)], stdin="text" * 1000)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "text" * 1000, "done\n"), seed


def test_seeds_of_files(native, tmp_path):
    """Cancelled at each wait, what works on files is right with all that a host may choose."""
    for seed in range(1, much(200, 10)):
        path = tmp_path / str(seed)
        path.mkdir()
        ended = native("fs-sweep", options=["--dir", f"{path}::d", "--seed", str(seed), "--always", "hold"])
        assert (ended.returncode, ended.stderr) == (0, ""), seed


@pytest.mark.parametrize("always", ["hold", "late", "partial", "slow-cancel"])
def test_seeds_of_sockets(build, always, size=300000):
    """Connections, datagrams and names, with and without a cancel."""
    pattern = (bytes(range(251)) * (size // 251 + 1))[:size]
    for seed in range(1, much(200, 8)):
        host = Native("--seed", seed, "--always", always)
        host.program = build / "sim/weft-native"
        with Script(host, build / "tests/wasi/net-script.so") as script, listening() as server:
            for pause in (0, 0.001):
                cancelled(script, f"connect-name localhost:{server.getsockname()[1]}", pause)
                cancelled(script, "resolve localhost", pause)
            script.does("close")
            assert script.does(f"listen {at(server)}")[1] == "EADDRINUSE", seed
            address = peer_at(script.does("listen 127.0.0.1:0")[2])
            script.tell("accept")
            with socket.create_connection(address) as peer:
                assert script.answer()[1] == "OK", seed
                cancelled(script, f"pour {size}", 0.001)
                done = script.does("written")[0]
                script.tell("finish")
                assert len(all_of(peer)) == done, seed
                assert script.answer() == (0, "OK", ""), seed
                script.tell("drain")
                peer.sendall(pattern)
                peer.shutdown(socket.SHUT_WR)
                assert script.answer() == (size, "OK", ""), seed
            with socket.socket(type=socket.SOCK_DGRAM) as peer:
                peer.bind(("127.0.0.1", 0))
                cancelled(script, f"udp-send-to {at(peer)} one", 0)
                assert script.does(f"udp-send-to {at(peer)} other")[1] == "OK", seed
                while (come := peer.recvfrom(100))[0] != b"other":
                    assert come[0] == b"one", seed
                cancelled(script, "udp-receive", 0.001)
                peer.sendto(b"back", come[1])
                assert script.does("udp-receive")[0] == 4, seed
            assert script.ends() == "", seed


def test_ends_with_who_returned(native):
    """What is left is told if it is asked for; standard streams stay open."""
    ended = native("console-filter", options=["--leaks"], stdin="text")
    assert re.search(r"^instance 1 \(console-filter\): stream writer \d+ of stream<u8>, idle", ended.stderr, re.M)
