# Well-known programs, their sources unchanged: in a component they do what they do natively, to the byte.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import random
import subprocess

import pytest
from paths import ROOT

BZIP2 = ROOT / ".tools/bzip2"


@pytest.fixture
def bzip2(programs, tmp_path_factory, run):
    """bzip2(folder, *arguments, stdin) is what both builds do there: the folders are alike before."""
    sources = os.environ.get("WEFT_BZIP2", BZIP2)
    program = tmp_path_factory.mktemp("native") / "bzip2"
    files = [f"{sources}/{name}.c" for name in "blocksort bzip2 bzlib compress crctable decompress huffman randtable".split()]
    run(["cc", "-w", "-O2", *files, "-o", program])

    def both(folder, *arguments, stdin=b"", reason=False):
        """reason: it tells an error of libc's, in whose words."""
        here, there = folder / "native", folder / "component"
        native = subprocess.run([program, *arguments], cwd=here, input=stdin, capture_output=True)
        done = programs.run(programs.path("bzip2"), *arguments, options=["--dir", ".", "--argv0", program], cwd=there, stdin=stdin)
        assert (done.code, done.out) == (native.returncode, native.stdout)
        assert reason or done.err == native.stderr.decode()
        trees = [{file.name: (file.read_bytes(), file.stat().st_mtime_ns // 10**9) for file in place.iterdir()} for place in (here, there)]
        assert trees[0] == trees[1]
        return native

    return both


@pytest.fixture
def folder(tmp_path):
    text = b" ".join(random.Random(1).choices([b"%d" % i for i in range(1000)], k=100_000))
    for place in ("native", "component"):
        (tmp_path / place).mkdir()
        for name, content in {"text": text, "empty": b"", "noise": random.Random(2).randbytes(50_000)}.items():
            (tmp_path / place / name).write_bytes(content)
            os.utime(tmp_path / place / name, (1_000_000_000, 1_000_000_000))
    return tmp_path


@pytest.mark.skipif(not (BZIP2.exists() or "WEFT_BZIP2" in os.environ or "CI" in os.environ), reason="make setup brings its sources")
def test_bzip2(bzip2, folder):
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


SQLITE = ROOT / ".tools/sqlite"


@pytest.fixture(scope="session")
def sqlite3(tmp_path_factory, run):
    """The native build."""
    sources, program = os.environ.get("WEFT_SQLITE", SQLITE), tmp_path_factory.mktemp("native") / "sqlite3"
    run(["cc", "-w", "-DSQLITE_TEMP_STORE=3", f"{sources}/shell.c", f"{sources}/sqlite3.c", "-lm", "-o", program])
    return program


@pytest.mark.parametrize("preset", ["release"], indirect=True)
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
