# What the tree promises beyond code: clang-format's layout, SPDX lines, and no host to download from.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from pathlib import Path

import pytest
from paths import ROOT

GENERATED = {"Cargo.lock", "LICENSE"}


@pytest.fixture
def files(run):
    listed = run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_clang_format(run, tools, files):
    sources = [path for path in files if path.suffix in (".c", ".cpp", ".h", ".hpp")]
    run([tools.clang_format, "--dry-run", "-Werror", *sources])


def test_spdx(files):
    named = {".c", ".cpp", ".h", ".hpp", ".py", ".cmake", ".toml"}
    code = [path for path in files if path.suffix in named or path.name in ("CMakeLists.txt", "Makefile", "run")]
    lacking = [str(path.relative_to(ROOT)) for path in code if "SPDX-License-Identifier: " not in path.read_text()]
    assert lacking == []


def test_no_downloads_by_address(files):
    """Everything comes from package registries, through their clients: no build file names a host."""
    builds = {".py", ".cmake", ".json", ".toml", ".in"}
    names = ("CMakeLists.txt", "Makefile", "run", "requirements.txt")
    build_files = [path for path in files if path.suffix in builds or path.name in names]
    scheme = "https" + "://"
    assert [str(path.relative_to(ROOT)) for path in build_files if scheme in path.read_text()] == []


def test_nothing_is_here_by_mistake(run):
    """Every file has a suffix that no compiler's output has, or a name that says what it is."""
    named = {"Makefile", "LICENSE", "run"}
    made = {"", ".a", ".o", ".pyc", ".s", ".so", ".wasm", ".wat"}
    listed = [Path(name) for name in run(["git", "-C", ROOT, "ls-files"]).splitlines()]
    own = [path for path in listed if path.name not in named and "corpus" not in path.parts and path.name[0] != "."]
    assert [str(path) for path in own if path.suffix in made] == []
