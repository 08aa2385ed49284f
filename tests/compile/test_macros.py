# Every public macro compiles without a warning, as C11, on every compiler.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from build.test_compile import C_COMPILERS, WARNINGS
from paths import ROOT

HERE = ROOT / "tests/compile"


@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
@pytest.mark.parametrize("checks", ["-DWEFT_CHECKS=1", "-DWEFT_CHECKS=0"])
@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_macros(run, need, tmp_path, compiler, checks, level):
    command = C_COMPILERS[compiler]
    need(command[0])
    flags = ["-std=c11", level, checks, *WARNINGS, f"-I{ROOT}/include", "-c", HERE / "macros.c"]
    run([*command, *flags, "-o", tmp_path / "macros.o"])


def test_macros_are_complete():
    """Each public name of the headers that is a macro with parameters, or a function, is used in macros.c."""
    used = (HERE / "macros.c").read_text()
    headers = "".join(path.read_text() for path in (ROOT / "include/weft").glob("*.h"))
    code = re.sub(r"//.*", "", headers)
    macros = re.findall(r"^#define (weft_[a-z]\w*|WEFT_[A-Z]\w*)\(", code, re.M)
    declaration = r"^(?:static inline )?(?!typedef)[a-z][\w ]*[ *](weft_[a-z]\w*)\([^;{]*\)(?: __attribute__.*)?;?$"
    functions = re.findall(declaration, code, re.M)
    private = {"weft_alloc", "weft_free", "weft_report"}  # hooks: the user's to define
    private |= {"weft_task_new", "weft_task_start", "weft_task_callback"}  # the macros of exports call them
    private |= {name for name in functions if name.startswith("weft_misuse_")}
    assert len(macros) > 20 and len(functions) > 10
    missing = [name for name in sorted({*macros, *functions} - private) if not re.search(rf"\b{name}\b", used)]
    assert missing == []
