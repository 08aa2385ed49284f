# What cmake/bindings.py mends of wit-bindgen's code, and what it says of what cannot be mended. What the mended code does, the
# guest suite shows.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import sys

import pytest
from limits import limited
from paths import ROOT

SHAPES = """
  record note { text: option<string>, number: u32 }
  type other = note;
  variant any { nothing, number(u32), flag(bool), text(option<string>), notes(list<note>) }
  enum plain { one, two }
  record all {
    note: note, other: other, any: any, maybe: option<note>, outcome: result<note, option<string>>,
    failure: result<_, option<string>>, done: result<list<u8>>, pair: tuple<option<string>, list<u8>>,
    names: list<option<string>>, by-name: map<string, option<string>>, plain: plain, bytes: stream<u8>,
  }
  f: func(it: all) -> all;
"""
PACKAGES = "package t:t;\n" + "".join(f"package t:{name} {{ interface i {{ {SHAPES} }} }}\n" for name in ("a", "b"))


@pytest.fixture
def bindings(tools, tmp_path):
    """bindings(wit, ...) makes those of world `w`: the exit code, what was said, the header and the C file."""

    def make(wit, *options):
        (tmp_path / "it.wit").write_text(wit)
        command = [sys.executable, ROOT / "cmake/bindings.py", "--wit-bindgen", tools.wit_bindgen, "--wasm-tools", tools.wasm_tools]
        command += ["--wit", tmp_path / "it.wit", "--world", "w", "--output", tmp_path / "made", "--", *options]
        done = limited(command)
        made = [path.read_text() if path.exists() else "" for path in (tmp_path / "made/w.h", tmp_path / "made/w.c")]
        return done.returncode, done.stdout, *made

    return make


def frees(source):
    return dict(re.findall(r"^void (\w+_free)\(.*\) \{\n((?:  .*\n)*)\}", source, re.M))


def test_free_is_the_same_in_any_order(bindings):
    found = []
    for world in ("import t:a/i; import t:b/i;", "import t:b/i; import t:a/i;"):
        code, said, header, source = bindings(f"{PACKAGES}world w {{ {world} }}")
        assert code == 0, said
        found.append(frees(source))
        assert set(found[-1]) <= set(re.findall(r"^void (\w+_free)\(", header, re.M))
    assert found[0] == found[1]
    for name, body in found[0].items():
        if name.startswith("t_a_i_"):
            assert found[0]["t_b_i_" + name.removeprefix("t_a_i_")] == body.replace("t_a_i_", "t_b_i_")
    # Of each part of `all` that owns memory.
    parts = re.findall(r"&ptr->(\w+)", found[0]["t_a_i_all_free"])
    assert parts == "note other any maybe outcome failure done pair names by_name".split()


def test_imported_and_exported(bindings):
    """What is exported has types of its own, which share with the imported ones those without a name."""
    code, said, header, source = bindings(f"{PACKAGES}world w {{ import t:a/i; export t:a/i; }}")
    assert code == 0, said
    found = frees(source)
    imported = {name: body for name, body in found.items() if name.startswith("t_a_i_")}
    assert len(imported) > 5
    for name, body in imported.items():
        assert found[f"exports_{name}"] == body.replace("t_a_i_", "exports_t_a_i_")


REFUSED = {
    "export f: async func(x: error-context);": "f has an error-context: write a string",
    "export f: func() -> stream<error-context>;": "f has an error-context: write a string",
    "import i: interface { record r { l: list<u8, 4> } f: func(x: r); }": "i.r has a fixed-length list: write a list",
    "import a: interface { b-c: func(); } import a-b: interface { c: func(); }": "two functions of the world get the C name a_b_c",
}


@pytest.mark.parametrize("items", REFUSED)
def test_refused(bindings, items):
    code, said, *_ = bindings(f"package t:t;\nworld w {{ {items} }}\n")
    assert code != 0 and said.startswith("weft: bindings of world w: ") and REFUSED[items] in said, said
    assert "panicked" not in said


def test_status(bindings):
    """The status of an async import is not to be dropped; a result may be."""
    code, said, header, _ = bindings("package t:t;\nworld w { import later: async func(); import now: func() -> u32; }\n")
    assert code == 0, said
    assert re.search(r'^\[\[nodiscard\("this is the status of a call: .*"\)\]\] extern \w+ w_later\(void\);$', header, re.M)
    assert re.search(r"^extern uint32_t w_now\(void\);$", header, re.M)


def test_autodrop(bindings):
    """The option is refused where it makes code that does not compile, and serves else."""
    wit = "package t:t;\ninterface i {{ resource r; }}\nworld w {{ use i.{{r}}; export f: {} func(x: borrow<r>); }}\n"
    code, said, *_ = bindings(wit.format("async"), "--autodrop-borrows", "yes")
    assert code != 0 and "the async export f borrows a handle, which --autodrop-borrows cannot drop" in said, said
    assert bindings(wit.format(""), "--autodrop-borrows", "yes")[0] == 0
    assert bindings(wit.format("async"))[0] == 0


def test_other_errors_are_as_they_come(bindings):
    code, said, *_ = bindings("package t:t;\nworld other { }\n")
    assert code != 0 and "World `w` not found" in said and "Traceback" not in said


def test_names(bindings):
    """The names are those of the table in docs/guides/bindings.md."""
    wit = """package ns:pkg;
    interface iface {
      resource file;
      record note { text: string }
      fn: async func(it: borrow<file>, notes: stream<note>, numbers: stream<u32>) -> result<list<u8>, note>;
    }
    world w {
      import iface;
      export iface;
      record note { text: string }
      import ask: async func(numbers: stream<u32>, bytes: stream<u8>) -> result<u32, string>;
      export answer: async func(it: note, bytes: stream<u8>) -> result<u32, string>;
      export tools: interface { record note { text: string } fn: async func(it: note); }
    }"""
    code, said, header, _ = bindings(wit)
    assert code == 0, said
    functions = "ns_pkg_iface_fn exports_ns_pkg_iface_fn w_ask exports_w_answer tools_fn"
    types = "ns_pkg_iface_note exports_ns_pkg_iface_note ns_pkg_iface_stream_note exports_ns_pkg_iface_stream_note"
    types += " w_note w_stream_u8 w_result_u32_string w_string w_list_u8 tools_note"
    types += " ns_pkg_iface_own_file ns_pkg_iface_borrow_file"
    missing = [name for name in functions.split() if not re.search(rf"\b{name}\(", header)]
    missing += [name for name in types.split() if not re.search(rf"\b{name}_t;$", header, re.M)]
    missing += [name for name in ("ns_pkg_iface_file_drop_borrow", "ns_pkg_iface_borrow_file") if f" {name}(" not in header]
    assert missing == []
    assert re.search(r" w_ask\(ns_pkg_iface_stream_u32_t numbers, w_stream_u8_t bytes, ", header)
