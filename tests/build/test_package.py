# An installed weft serves a project of five lines, and a C compiler without CMake.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

from paths import ROOT

HELLO = ROOT / "tests/build/hello"


def test_find_package(run, cmake, tmp_path, imports, invoke):
    prefix = tmp_path / "prefix"
    cmake(ROOT, tmp_path / "weft", "-DCMAKE_BUILD_TYPE=Release", "-DWEFT_EXAMPLES=OFF", f"-DCMAKE_INSTALL_PREFIX={prefix}")
    run(["cmake", "--install", tmp_path / "weft"])
    for build_type in ("Release", "Debug"):
        build = tmp_path / build_type
        cmake(HELLO, build, f"-DCMAKE_BUILD_TYPE={build_type}", f"-DCMAKE_PREFIX_PATH={prefix}")
        assert ("wasi:cli/stderr@0.2.12" in imports(build / "hello.wasm")) == (build_type == "Debug")
        assert invoke(build / "hello.wasm", "add(1, 2)") == (0, "3\n")


def test_pkg_config(run, need, tmp_path):
    prefix = tmp_path / "prefix"
    run(["cmake", "-S", ROOT, "-B", tmp_path / "weft", "-G", "Ninja", f"-DCMAKE_INSTALL_PREFIX={prefix}"])
    run(["cmake", "--build", tmp_path / "weft"])
    run(["cmake", "--install", tmp_path / "weft"])
    (folder,) = prefix.glob("lib*/**/pkgconfig")
    flags = run(
        [need("pkg-config"), "--cflags", "--libs", "weft"], env={**os.environ, "PKG_CONFIG_PATH": str(folder)}
    ).split()
    assert f"-I{prefix}/include" in flags and "-lweft" in flags
    run(["gcc", "-fsyntax-only", "-x", "c", "/dev/stdin", *flags], input="#include <weft/weft.h>\n")
