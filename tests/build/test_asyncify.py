# FIBERS asyncify: which functions get wasm-opt's code.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess
import sys

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT / "cmake"))
import asyncify

# The names tell who is to have the code. Two functions have one name, as those of C that are static in several files.
MODULE = """
(module
  (@custom "target_features" "\\01+\\12exception-handling") ;; as the linker has them
  (type $body (func (param i32)))
  (type $other (func (param i32) (result i32)))
  (import "asyncify" "start_unwind" (func $start_unwind (type $body)))
  (import "asyncify" "stop_unwind" (func $stop_unwind))
  (import "asyncify" "start_rewind" (func $start_rewind (type $body)))
  (import "asyncify" "stop_rewind" (func $stop_rewind))
  (import "host" "call" (func $import))
  (memory (export "memory") 1)
  (table 8 funcref)
  (elem (i32.const 1) func $body_yes $pointed_no $"pointé_yes" $unreached_no $import)
  (global $rewinds (mut i32) (i32.const 0))
  (func $export_no (export "run") (param i32) (result i32) (call $step_no (local.get 0)))
  (func $step_no (param i32) (result i32)
    (call $enter (local.get 0))
    (call_indirect (type $other) (local.get 0) (i32.const 2)))
  (func $enter (param i32)
    (if (global.get $rewinds) (then (call $start_rewind (i32.const 16))))
    (call_indirect (type $body) (local.get 0) (i32.const 1))
    (if (global.get $rewinds) (then (call $stop_unwind))))
  (func $leave
    (if (global.get $rewinds) (then (call $stop_rewind) (return)))
    (global.set $rewinds (i32.const 1))
    (call $start_unwind (i32.const 16)))
  (func $body_yes (type $body)
    (call $helper_no)
    (call $nested_no)
    (call $import)
    (call $wait_yes)
    (drop (call_indirect (type $other) (i32.const 5) (i32.const 3))))
  (func $nested_no (call $enter (i32.const 0)))
  (func $helper_no (@name "same"))
  (func $wait_yes (@name "same") (call $leave))
  (func $"pointé_yes" (type $other) (call $wait_yes) (local.get 0))
  (func $pointed_no (type $other) (call $helper_no) (local.get 0))
  (func $unreached_no (param f64) (call $leave)))
"""
NAMES = "export_no step_no enter leave body_yes nested_no helper_no wait_yes pointed_yes pointed_no unreached_no".split()


@pytest.fixture
def module(tools, tmp_path):
    """module(text) is the path of a module."""

    def made(text):
        path = tmp_path / "module.wasm"
        subprocess.run([tools.wasm_tools, "parse", "-", "-o", path], input=text, text=True, check=True)
        return path

    return made


def functions(tools, module):
    """The text of each function that the module defines, in their order."""
    text = subprocess.run([tools.wasm_tools, "print", module], stdout=subprocess.PIPE, text=True, check=True).stdout
    return ["(func " + function for function in text.split("\n  (func ")[1:]]


def test_only_what_may_be_left_has_the_code(tools, module, tmp_path):
    folder = tmp_path / "changed"
    folder.mkdir()
    changed = asyncify.asyncify(tools.wasm_tools, tools.wasm_opt, [], module(MODULE), folder)
    found = dict(zip(NAMES, functions(tools, changed)))
    # It reads a global that wasm-opt has added: whether the fiber is left, or entered again.
    has_code = {name for name, text in found.items() if "global.get 1" in text}
    assert has_code - {"helper_no"} == {name for name in NAMES if name.endswith("_yes")}
    assert "helper_no" in has_code  # nobody can tell wasm-opt which of two functions with one name is meant


def test_one_pattern_within_another():
    """Those that are dropped match nothing else than a function of one that is kept."""
    names = {"f(a*)", "f(a**)", "f(a*, b*)", "f(b*)", "g(a*)", "read_*", "read_run_*"}
    assert asyncify.widest(names) == {"f(a*)", "f(b*)", "g(a*)", "read_*"}


def test_no_fibers(tools, module, tmp_path):
    path = module("(module (func $a (call $b)) (func $b))")
    assert asyncify.asyncify(tools.wasm_tools, "/no/such/file", [], path, tmp_path) == path


CATCHES = "(block $caught (try_table (catch_all $caught) (call $import)))"


@pytest.mark.parametrize("function, says", [
    ("$wait_yes (@name \"same\")", "weft: it cannot have FIBERS asyncify: these catch exceptions of WebAssembly, .*\n  same\n"),
    ("$nested_no", "component new"),
])
def test_exceptions(tools, module, tmp_path, function, says):
    """wasm-opt would abort, and show all of itself, at a function that gets the code and catches. Others may catch."""
    path = module(MODULE.replace(f"(func {function}", f"(func {function} {CATCHES}"))
    command = [sys.executable, ROOT / "cmake/component.py", "--wasm-tools", tools.wasm_tools, "--wasm-opt", tools.wasm_opt]
    done = subprocess.run([*command, path, tmp_path / "it.wasm"], text=True, stderr=subprocess.PIPE)
    assert done.returncode and re.search(says, done.stderr), done.stderr


def test_functions_without_names(tools, module, tmp_path):
    nameless = module(MODULE)
    subprocess.run([tools.wasm_tools, "strip", "--all", nameless, "-o", nameless], check=True)
    with pytest.raises(SystemExit, match="weft: FIBERS asyncify needs the names of functions"):
        asyncify.asyncify(tools.wasm_tools, tools.wasm_opt, [], nameless, tmp_path)
