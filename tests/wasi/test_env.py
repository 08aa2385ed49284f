# Arguments, environment, settings and exit codes. tests/native/test_quantity.py has what durations and sizes are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

SHOW, SETTINGS, EXIT = "env-show", "env-settings", "env-exit"


def test_nothing(host, component):
    ended = host.run(component(SHOW))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == "argument <>\n0 <as it was>\ndirectory 0 <as it was>\n"


def test_all(host, component):
    options = ["--env", "TWO=", "--env", "ONE=a = b", "--env", "Ä=ö", "-S", "cwd=/there"]
    ended = host.run(component(SHOW), "", "two words", "ü", options=options)
    lines = ["argument <>", "argument <two words>", "argument <ü>", "argument <>"]
    lines += ["variable <TWO> <>", "variable <ONE> <a = b>", "variable <Ä> <ö>", "1 <a = b>", "directory 1 </there>"]
    assert (ended.code, ended.err) == (0, "")
    assert sorted(ended.out.decode().splitlines()) == sorted(lines)


def settings(host, component, **variables):
    return host.run(component(SETTINGS), options=[word for name, value in variables.items() for word in ("--env", f"{name}={value}")])


@pytest.mark.parametrize("variables", [{}, dict.fromkeys(("NAME", "PORT", "VERBOSE", "TIMEOUT", "LIMIT"), "")])
def test_settings_that_are_not_set(host, component, variables):
    ended = settings(host, component, **variables)
    assert (ended.code, ended.out, ended.err) == (0, b"nobody 8080 1 30000000000 1048576\n", "")


def test_settings(host, component):
    ended = settings(host, component, NAME="me", PORT="-1", VERBOSE="off", TIMEOUT="1m30s", LIMIT="64k")
    assert (ended.code, ended.out, ended.err) == (0, b"me -1 0 90000000000 65536\n", "")


@pytest.mark.parametrize(
    "name, value, wrong",
    [
        ("PORT", "80x", "no integer from -1 to 65535"),
        ("PORT", "65536", "no integer from -1 to 65535"),
        ("PORT", "-2", "no integer from -1 to 65535"),
        ("PORT", "99999999999999999999", "no integer from -1 to 65535"),
        ("VERBOSE", "maybe", "neither yes nor no"),
        ("TIMEOUT", "30", "no duration such as 1m30s or 250ms"),
        ("LIMIT", "lots", "no size such as 4096, 64k or 10M"),
    ],
)
def test_wrong_settings(host, component, name, value, wrong):
    """The default is taken, and the message says the variable and what is wrong."""
    ended = settings(host, component, **{name: value})
    assert ended.code == 1
    assert ended.out == b"nobody 8080 1 30000000000 1048576\n"
    assert ended.err.splitlines()[0].partition("weft: ")[0] == f'variable {name}: "{value}" is {wrong}'


def test_first_wrong_setting(host, component):
    """The first is told, and a long value is cut."""
    ended = settings(host, component, PORT="x" * 1000, LIMIT="lots")
    assert ended.err.partition("weft: ")[0].rstrip() == f'variable PORT: "{"x" * 40}" is no integer from -1 to 65535'


@pytest.mark.parametrize("shift", range(4))
def test_wrong_setting_of_long_characters(host, component, shift):
    """None is cut in two: of the value, or at the end of the message."""
    ended = settings(host, component, PORT="x" * shift + "😀" * 10)
    assert ended.err.partition("weft: ")[0].rstrip() == f'variable PORT: "{"x" * shift}{"😀" * (10 - (shift > 0))}" is no integer from -1 to 65535'
    name = "x" * shift + "é" * 80
    ended = host.run(component(SETTINGS), name, options=["--env", f"{name}=ä"])
    message = f'variable {name}: "ä" is no integer from 1 to 9'
    assert ended.err.partition("weft: ")[0].rstrip() == message.encode()[:159].decode(errors="ignore")


@pytest.mark.parametrize("code", [0, 3, 255])
def test_exit(host, component, code):
    """What was written is out; no finaliser runs."""
    ended = host.run(component(EXIT), code)
    assert (ended.code, ended.out, ended.err) == (code, b"before", "")


def test_imports(component, imports):
    assert imports(component(EXIT)) == {f"wasi:cli/{name}@0.3.2" for name in ("types", "stdout", "environment", "exit")}
