# `make docs` makes the site and the manual pages, without a warning; every link within it leads somewhere.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from paths import ROOT

pytestmark = pytest.mark.xdist_group("site")  # which is made once

BUILT = ROOT / "build/docs"
HEADERS = [path.relative_to(ROOT / "include/weft") for pattern in ("*.h", "wasi/*.h", "*.hpp", "cpp/*.hpp") for path in (ROOT / "include/weft").glob(pattern)]


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], {"", "top"}
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors.add(found.get("id"))
        self.links += [found[name] for name in ("href", "src") if name in found]


@pytest.fixture(scope="module")
def site(run):
    run(["make", "-C", ROOT, "-o", "setup", "docs"])
    return BUILT / "html"


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in site.rglob("*.html")}


def test_each_header_has_its_pages(site):
    assert len(HEADERS) > 50
    for header in HEADERS:
        assert (site / f"reference/{header}.html").exists()
        assert (BUILT / f"man/man3/weft_{str(header).replace('/', '_')}.3").exists()


def test_each_document_is_in_the_contents(site):
    listed = (site / "index.html").read_text()
    for document in [*ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"]:
        name = str(document.relative_to(ROOT)).removeprefix("docs/").removesuffix(".md")
        assert f'href="{name}.html"' in listed, f"{document} is in no part of the site"


def test_links(pages):
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = Path(path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme in ("", "file") and not (target.exists() and (target not in pages or unquote(parts.fragment) in pages[target].anchors)):
                dead.append(f"{path.relative_to(BUILT)}: {link}")
    assert dead == []


def test_names_of_the_api_are_links(site):
    """In a document, in a comment of a header, and in a declaration."""
    assert re.search(r'href="../reference/scope.h.html#c.weft_join_all"[^>]*><code', (site / "guides/concurrency.html").read_text())
    assert re.search(r'href="sync.h.html#c.weft_event"[^>]*><code', (site / "reference/select.h.html").read_text())
    assert re.search(r'href="coro.h.html#c.weft_poll"', (site / "reference/sync.h.html").read_text())
    assert "weft_acquire" in (site / "searchindex.js").read_text()


def test_manual_pages(site, need, run, tmp_path):
    run(["make", "-C", ROOT, "-o", "docs", "install-docs", "PREFIX=/usr", f"DESTDIR={tmp_path}"])
    assert (tmp_path / "usr/share/doc/weft/html/index.html").exists()
    shown = run([need("man"), "-M", tmp_path / "usr/share/man", "3", "weft_join_all"], env={"MANPAGER": "cat", "PATH": "/usr/bin:/bin", "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
    text = " ".join(shown.split())
    assert "weft_scope.h - Structured concurrency" in text and "weft_poll weft_join_all(weft_coro *co, weft_scope *scope)" in text
    assert "#c." not in text
    assert {"weft::task.3", "weft_task.3", "WEFT_AWAIT.3", "WEFT_ENOENT.3"} <= {path.name for path in (BUILT / "man/man3").iterdir()}
