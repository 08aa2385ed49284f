# Outboxes, to a real peer on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import time

import pytest

from wasi.sockets import accepted, all_of, at, becomes, leaves_nothing, listening, reset

LIMIT, BLOCK = 1 << 20, 65536


@pytest.fixture
def peer(script):
    with listening() as server:
        assert script.does(f"connect {at(server)}") == (0, "OK", "")
        with accepted(server) as peer:
            assert script.does(f"box {LIMIT}") == (0, "OK", "")
            yield peer


def waiting(script):
    return script.does("waiting")[0]


def fills(script):
    """Until something waits."""
    sent = 0
    while waiting(script) == 0:
        assert script.does(f"put-bytes {BLOCK}")[1] == "OK"
        sent += BLOCK
        time.sleep(0.01)
    return sent


def pattern(size):
    return (bytes(range(251)) * (BLOCK // 251 + 1))[:BLOCK] * (size // BLOCK)


def test_in_order(script, peer):
    assert script.does("put hello") == (5, "OK", "")
    assert script.does("put-number 7")[1] == "OK"
    assert script.does("drain-box 0") == (0, "OK", "")
    assert peer.recv(9, 0x100) == b"hello<7>\n"  # MSG_WAITALL
    assert script.does("put more")[1] == script.does("drain-box 0")[1] == script.does("close-box")[1] == "OK"
    assert script.does("write end") == (3, "OK", "")  # the stream is the connection's again
    script.does("close")
    assert all_of(peer) == b"moreend"


def test_by_one_write(script, peer):
    """What is put while nobody waits goes out together."""
    assert script.does("put-thrice word") == (12, "OK", "")
    assert peer.recv(12, 0x100) == b"wordwordword"


def test_a_slow_reader_is_waited_for(script, peer):
    sent = fills(script)
    assert script.does("& drain-box 0")[1] == "OK"
    time.sleep(0.1)
    assert waiting(script) > 0
    got = b""
    while len(got) < sent:
        got += peer.recv(1 << 16)
    assert got == pattern(sent)
    becomes(lambda: waiting(script), 0)
    script.does("cancel")
    assert script.does("drain-box 0") == (0, "OK", "")


def test_drain_to_some(script, peer):
    """It is enough that less waits."""
    fills(script)
    before = waiting(script)
    assert script.does(f"drain-box {before}") == (before, "OK", "")
    assert script.does("put tail") == (before + 4, "OK", "")
    assert script.does("& drain-box 4")[1] == "OK"
    while waiting(script) > 4:
        peer.recv(1 << 16)
    script.does("cancel")
    assert script.does("drain-box 4")[1] == "OK"


def test_a_slow_reader_fails_at_the_limit(script, peer):
    error = "OK"
    for _ in range(1000):
        done, error, _ = script.does(f"put-bytes {BLOCK}")
        if error != "OK":
            break
        assert done <= LIMIT
    assert error == "ELIMIT"
    assert script.does("put x")[1] == script.does("put-number 1")[1] == script.does("drain-box 0")[1] == "ELIMIT"
    script.does("close-box")
    assert script.does("put x") == (0, "ELIMIT", "")
    script.does("close")
    assert set(all_of(peer)) <= set(range(251))


def test_the_limit_itself(script, peer):
    """Just as much may wait; a text that is too long is left out as a whole."""
    script.does("close-box")
    assert script.does("box 5")[1] == "OK"
    assert script.does("put 12345") == (5, "OK", "") and script.does("drain-box 0")[1] == "OK"
    assert script.does("put-number 10") == (5, "OK", "") and script.does("drain-box 0")[1] == "OK"
    assert script.does("put-number 100")[1] == "ELIMIT"
    assert script.does("put 1")[1] == "ELIMIT"
    script.does("close-box")
    assert script.does("box 5")[1] == "OK"
    assert script.does("put 123456")[1] == "ELIMIT"
    script.does("close-box")
    script.does("close")
    assert all_of(peer) == b"12345<10>\n"


def test_the_reader_goes(script, peer):
    reset(peer)
    becomes(lambda: script.does("put x")[1] in ("ECONNRESET", "ECONNBROKEN", "EPIPE"), True)
    assert script.does("drain-box 0")[1] in ("ECONNRESET", "ECONNBROKEN", "EPIPE")


def test_no_memory(script, peer):
    script.does("fail 1")
    assert script.does("put x") == (0, "ENOMEM", "")
    assert script.does("put x")[1] == script.does("drain-box 0")[1] == "ENOMEM"
    script.does("close-box")
    assert script.does(f"box {LIMIT}")[1] == script.does("put y")[1] == script.does("drain-box 0")[1] == "OK"
    assert peer.recv(10) == b"y"


def test_closed(script, peer):
    script.does("close-box")
    assert script.does("put x") == (0, "ESTATE", "")
    assert script.does("put-number 1") == (0, "ESTATE", "")
    assert script.does("close-box")[1] == "ESTATE"
    assert script.does(f"box {LIMIT}")[1] == "OK"


def test_cancelled(script, peer):
    """What waits is given up with the box; whoever waits for it loses nothing by a cancel."""
    sent = fills(script)
    script.does("& drain-box 0")
    script.does("cancel")
    before = waiting(script)
    script.does("& drain-box 0")
    script.does("cancel")
    assert waiting(script) == before > 0
    script.does("close-box")
    assert waiting(script) == 0
    script.does("close")
    assert len(all_of(peer)) < sent


def test_leaves_nothing(script):
    with listening() as server:

        def once(pause):
            script.does(f"connect {at(server)}")
            with accepted(server):
                script.does(f"box {LIMIT}")
                for _ in range(LIMIT // BLOCK):
                    script.does(f"put-bytes {BLOCK}")
                script.does("& drain-box 0")
                time.sleep(pause)
                script.does("cancel")
                script.does("close-box")
                script.does("close")

        leaves_nothing(script, once)
