# Well-known programs, their sources unchanged: in a component they do what they do natively, to the byte.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from paths import ROOT

BZIP2 = ROOT / ".tools/bzip2"
LUA = ROOT / ".tools/lua"


@pytest.fixture
def both(programs, tmp_path_factory, run):
    """both(name, files)(folder, *arguments, stdin) is what both builds of a program do there: the folders are alike before."""

    def built(name, *options):
        program = tmp_path_factory.mktemp("native") / name
        run(["cc", "-w", "-O2", *options, "-o", program])

        def compared(folder, *arguments, stdin=b"", reason=False):
            """reason: it tells an error of libc's, in whose words."""
            here, there = folder / "native", folder / "component"
            native = subprocess.run([program, *arguments], cwd=here, input=stdin, capture_output=True, env={"HOME": "/x"})
            options = ["--dir", ".", "--dir", f"{folder}::/tmp", "--env", "HOME=/x", "--argv0", program]
            done = programs.run(programs.path(name), *arguments, options=options, cwd=there, stdin=stdin)
            assert (done.code, done.out) == (native.returncode, native.stdout)
            assert reason or done.err == native.stderr.decode()
            trees = [{file.name: (file.read_bytes(), file.stat().st_mtime_ns // 10**9) for file in place.iterdir()} for place in (here, there)]
            assert trees[0] == trees[1]
            return native

        return compared

    return built


def sources(variable, folder):
    return pytest.mark.skipif(not (folder.exists() or variable in os.environ or "CI" in os.environ), reason="make setup brings its sources")


@pytest.fixture
def folder(tmp_path):
    text = b" ".join(random.Random(1).choices([b"%d" % i for i in range(1000)], k=100_000))
    for place in ("native", "component"):
        (tmp_path / place).mkdir()
        for name, content in {"text": text, "empty": b"", "noise": random.Random(2).randbytes(50_000)}.items():
            (tmp_path / place / name).write_bytes(content)
            os.utime(tmp_path / place / name, (1_000_000_000, 1_000_000_000))
    return tmp_path


@sources("WEFT_BZIP2", BZIP2)
def test_bzip2(both, folder):
    place = os.environ.get("WEFT_BZIP2", BZIP2)
    names = "blocksort bzip2 bzlib compress crctable decompress huffman randtable".split()
    bzip2 = both("bzip2", *[f"{place}/{name}.c" for name in names])
    text = (folder / "native/text").read_bytes()
    packed = bzip2(folder, "-9", stdin=text).stdout
    assert len(packed) < len(text) / 2
    assert bzip2(folder, "-d", stdin=packed).stdout == text
    bzip2(folder, "-k", "-v", "text", "noise", "empty")
    assert (folder / "component/text.bz2").stat().st_size == len(packed)
    bzip2(folder, "-t", "text.bz2", "noise.bz2", "empty.bz2")
    assert b"already exists" in bzip2(folder, "-d", "text.bz2").stderr
    bzip2(folder, "-d", "-f", "text.bz2", "noise.bz2")
    assert bzip2(folder, "-d", "nosuch.bz2").returncode == 1
    assert bzip2(folder, "-d", stdin=packed[:1000], reason=True).returncode == 2
    assert bzip2(folder, "-d", stdin=packed[:1000] + b"?" + packed[1001:], reason=True).returncode == 2


SCRIPTS = ROOT / "tests/libc/lua"


@pytest.fixture
def scripts(tmp_path):
    for place in ("native", "component"):
        shutil.copytree(SCRIPTS, tmp_path / place)
    return tmp_path


@sources("WEFT_LUA", LUA)
def test_lua(both, scripts):
    place = Path(os.environ.get("WEFT_LUA", LUA))
    lua = both("lua", *(file for file in place.glob("l*.c") if file.stem != "ltests"), "-lm")
    for script in ("text", "files", "system", "errors", "threads"):
        assert lua(scripts, f"{script}.lua", "an argument").returncode == 0
    assert lua(scripts, "-", "x", stdin=b"print(...)\nfor line in io.lines() do print(#line, line) end\none\n").returncode == 1
    assert b"> 1.414" in lua(scripts, stdin=b"print(1 + 1)\n2 ^ 0.5\nfor i = 1, 2 do\nprint(i) end\nx = = 1").stdout
    assert b"in upvalue 'deepest'" in lua(scripts, "fails.lua").stderr
    assert lua(scripts, "-e", "os.exit(7)").returncode == 7
    assert lua(scripts, "-l", "module", "-e", "print(module.name)").stdout == b"module\n"
    lua(scripts, "none.lua")


SQLITE = ROOT / ".tools/sqlite"


@pytest.fixture(scope="session")
def sqlite3(tmp_path_factory, run):
    """The native build."""
    sources, program = os.environ.get("WEFT_SQLITE", SQLITE), tmp_path_factory.mktemp("native") / "sqlite3"
    run(["cc", "-w", "-DSQLITE_TEMP_STORE=3", f"{sources}/shell.c", f"{sources}/sqlite3.c", "-lm", "-o", program])
    return program


@pytest.mark.parametrize("preset", ["release"], indirect=True)
@pytest.mark.parametrize("backend", ["threads", "none"], indirect=True)
@pytest.mark.skipif(not (SQLITE.exists() or "WEFT_SQLITE" in os.environ or "CI" in os.environ), reason="make setup brings its sources")
def test_sqlite3(programs, sqlite3, tmp_path, run):
    """Its own shell, with a script, and again on the database that this has left."""
    shell = tmp_path / "shell"
    run([programs.program, "compile", *programs.flags[2:], "-o", shell, programs.path("sqlite3")])
    here, there = tmp_path / "native", tmp_path / "component"
    for place in (here, there):
        place.mkdir()
        (place / "words.csv").write_text('id,word,note\n1,"alpha, the first",\n2,"two ""quoted""",x\n3,plain,"a\nline"\n')

    def both(*arguments, stdin=b""):
        native = subprocess.run([sqlite3, *arguments], cwd=here, input=stdin, capture_output=True, env={"HOME": "/"})
        options = ["--allow-precompiled", "--dir", ".", "--env", "HOME=/"]
        done = programs.run(shell, *arguments, options=options, cwd=there, stdin=stdin)
        assert (done.code, done.out.decode(), done.err) == (native.returncode, native.stdout.decode(), native.stderr.decode())
        trees = [{file.name: file.read_bytes() for file in place.iterdir()} for place in (here, there)]
        assert trees[0] == trees[1]
        return native

    assert b"FOREIGN KEY constraint failed" in both("first.db", stdin=(ROOT / "tests/libc/shell.sql").read_bytes()).stderr
    assert both("first.db", "PRAGMA integrity_check", "INSERT INTO author(name) VALUES('later') RETURNING id").stdout == b"ok\n5\n"
    both("second.db", ".read dump.sql", "SELECT count(*), sum(length(title)) FROM book", ".dump author")
    assert both("-readonly", "first.db", "DELETE FROM book").returncode == 8
    assert both("words.csv", "SELECT 1 FROM t").returncode == 26
