# The reference has every public name, and the comment of each says what a caller has to know.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import shutil
import sys

import pytest
from paths import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import pages
import reference


@pytest.fixture(scope="module")
def headers():
    return reference.read()


def functions(headers):
    """(function, comment of its group, introduction of its header) of each of C."""
    for header in headers:
        for group in header.groups:
            for name in group.names:
                if name.kind == "function" and name.domain == "c":
                    yield name, " ".join(group.comment), " ".join(header.introduction)


def test_every_name_has_a_comment(headers):
    assert [f"{header.path}: {name.name}" for header in headers for name in header.bare] == []


def test_every_name_is_in_the_reference(headers):
    """What the preprocessor and a search for the names of the API find, too, stands in a page."""
    listed = {name.name for header in headers for name in header.names}
    declared = set()
    for path in reference.public_headers(ROOT / "include"):
        for pattern in (r"#define (\w+)(?<!_H)(?<!_HPP)\b", r"(?:static inline )?[a-z]\w+ \*?(\w+)\(", r"typedef (?:struct|union|enum) (\w+) \{"):
            declared |= {name for name in re.findall(f"^{pattern}", path.read_text(), re.M) if re.match(r"(?!\w+__)(weft|WEFT)_", name)}
    assert len(declared) > 350
    assert declared - listed == set()
    for header in headers:
        page = pages.page(header)
        assert [name.name for name in header.names if name.signature not in page] == []


def test_a_page_has_what_its_header_says(headers):
    """Of each kind: a function with its words as code, a macro of detail/ with the arguments of its comment, members and constants, a class."""
    page = {header.path: " ".join(pages.page(header).split()) for header in headers}
    assert ".. c:function:: weft_poll weft_join(weft_coro *co, weft_child *child) Waits until ``child`` has ended; ``weft_outcome_of(child->co)``" in page["weft/scope.h"]
    assert ".. c:macro:: WEFT_CALL(T, frame, fields...) ``WEFT_CALL(T, frame, fields...)`` is ``weft_call``" in page["weft/async.h"]
    assert ".. c:macro:: weft_fetch_get(co, fetch, url, ...)" in page["weft/wasi/http_client.h"]
    assert ".. c:member:: uint32_t retries uint64_t pause How often the request is sent again" in page["weft/wasi/http_client.h"]
    assert '.. c:enumerator:: WEFT_ENOENT -28: "no such file or directory"' in page["weft/error.h"]
    assert ".. c:enumerator:: WEFT_TELL_PARENT nothing; but ``weft_join_all`` comes back" in page["weft/scope.h"]
    assert " weft_poll weft_bytes_next(weft_coro *co, weft_bytes_reader *in, uint8_t *items)" in page["weft/wasi/bytes.h"]
    assert ".. cpp:class:: template <class T> weft::child A task that runs in a scope" in page["weft/cpp/scope.hpp"]
    assert "child(weft_coro *co, weft_scope *scope, task<T> it); child(const child &) = delete;" in page["weft/cpp/scope.hpp"]
    assert "``WEFT_AWAIT(name_send(co, &channel, &slot, item))``" in page["weft/sync.h"]


def test_waits_say_what_a_cancel_does(headers):
    waits = [it for it in functions(headers) if it[0].signature.startswith("weft_poll ")]
    assert len(waits) > 60
    silent = [name.name for name, comment, introduction in waits if not re.search(r"cancel|[Aa]s weft_\w+|[Aa]s of|^The same", comment + introduction, re.I)]
    assert silent == []


def test_errors_are_told(headers):
    failing = [it for it in functions(headers) if it[0].signature.startswith("weft_error ")]
    assert len(failing) > 25
    assert [name.name for name, comment, _ in failing if not re.search(r"WEFT_E|[Ee]rror", comment)] == []


def test_built_ins_name_the_spec(headers):
    (abi,) = [header for header in headers if header.path == "weft/abi.h"]
    built_ins = [(name.name, " ".join(group.comment)) for group in abi.groups for name in group.names if name.kind == "function"]
    assert len(built_ins) > 20
    assert [name for name, comment in built_ins if "Spec: canon " not in comment] == []


def test_a_name_without_a_comment_is_found(tmp_path):
    shutil.copytree(ROOT / "include", tmp_path / "include")
    for header, declaration in {
        "sync.h": "int weft_bare_function(void);\n\n#define WEFT_BARE(co) (co)",
        "wasi/tcp.h": "typedef enum weft_bare_enum { WEFT_A } weft_bare_enum;",
        "detail/time.h": "#define WEFT_BARE_DETAIL(co) (co)",
        "cpp/task.hpp": "namespace weft\n{\n\nint bare();\n}",
    }.items():
        path = tmp_path / "include/weft" / header
        path.write_text(path.read_text() + f"\n{declaration}\n")
    found = {bare.name for header in reference.read(tmp_path / "include") for bare in header.bare}
    assert found == {"weft_bare_function", "WEFT_BARE", "weft_bare_enum", "WEFT_BARE_DETAIL", "weft::bare"}
