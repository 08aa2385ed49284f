#!/usr/bin/env python3
"""Lays out what Sphinx makes the site and the manual pages of: pages.py <folder>.

The reference is made of the headers (tools/reference.py). Their comments are plain text: what is indented by four is code, by two
a table, and names of the API are code. The documents are copied, and what they link to comes along: a header as its page of the
reference, another source as a page that shows it.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from reference import ROOT, read, squeeze

CALL = r"(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?"
INLINE = re.compile(
    r"`(?P<quoted>[^`]+)`"
    rf"|(?P<code>(?<!\w)(?:weft|WEFT|wasip3)_\w+(?:=\w+|<\w+>)?{CALL}|weft::\w+(?:<[^<>]*>)?{CALL}|\bname_\w+{CALL}|\b\w+__\w*{CALL}"
    r"|\b\w+(?:->\w+)+|(?<![\w.%])\*\w+(?:->\w+)*|<\w+>\w*|\b[\w/]+\.(?:hpp|h|md)\b|https?://[^\s\")]+)"
)


def inline(text):
    """A paragraph, with what is code as such."""
    text, done, at = squeeze(text), "", 0
    for match in INLINE.finditer(text):
        escaped = re.sub(r"([\\*|`]|_(?!\w))", r"\\\1", text[at : match.start()])
        code = match["quoted"] or match["code"]
        after = text[match.end() : match.end() + 1]
        done += escaped + ("\\ " if re.search(r"[^\s(\[{\"'/-]$", escaped) else "") + f"``{code.strip()}``" + ("\\ " if re.match(r"[^\s'\")\]}>/:.,;!?-]", after) else "")
        at = match.end()
    return done + re.sub(r"([\\*|`]|_(?!\w))", r"\\\1", text[at:])


def indent(lines, by):
    return [" " * by + line if line else line for line in lines]


def code(lines, language):
    width = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return [f".. code-block:: {language}", "", *indent([line[width:].rstrip() for line in lines], 4), ""]


def prose(comment, language):
    """A comment as reStructuredText: paragraphs, code, tables, and lists, each item of which is prose again."""
    out, i = [], 0

    def until(stop):
        nonlocal i
        taken = [comment[i]]
        i += 1
        while i < len(comment) and not stop(comment[i]):
            taken.append(comment[i])
            i += 1
        return taken

    while i < len(comment):
        line = comment[i]
        depth = len(line) - len(line.lstrip())
        if not line.strip():
            i += 1
        elif heading := re.fullmatch(r"---- (.*) ----", line):
            out += [heading[1], "-" * len(heading[1]), ""]
            i += 1
        elif depth >= 4:
            out += [*code("\n".join(until(lambda line: line.strip() and not line.startswith("    "))).rstrip().split("\n"), language)]
        elif depth == 2:
            row = until(lambda line: len(line) - len(line.lstrip()) < 20)
            term, _, text = row[0].strip().partition("   ")
            out += [f"``{term}``", *indent([inline(" ".join([text, *row[1:]])) or "as it says"], 4), ""]
        elif line.startswith("- "):
            item = until(lambda line: line and not line.startswith("  "))
            first, *rest = prose([line[2:] for line in item], language)
            out += ["- " + first, *indent(rest, 2)]
        else:
            out += [inline(" ".join(until(lambda line: not line.strip() or line.startswith(("  ", "- "))))), ""]
    return out


def directives(group, language):
    """A group's declarations; the last one has its comment."""
    out, before = [], None
    for name in group.names:
        alone = bool(name.code or name.members or name.note)
        kind = f".. {name.domain}:{name.kind}:: "
        if before == kind and not alone:
            out[-2:] = [out[-2], " " * len(kind) + name.signature, ""] if out[-1] == "" else out[-2:]
        else:
            out += [kind + name.signature, ""]
        before = None if alone else kind
        if name is group.names[-1]:
            out += indent(prose(group.comment, language), 4)
        out += [f"    {inline(name.note)}", ""] if name.note else []
        for member, signatures, text in name.members:
            depth = 8 if signatures else 4
            out += [f"    .. c:{member}:: {signatures[0]}", *indent(signatures[1:], 11 + len(member)), ""] if signatures else []
            out += indent(prose([text], language), depth) if text else []
        if name.code and not re.search(r"fields are private|Private\.", " ".join(group.comment)):
            out += indent(code(name.code.split("\n"), language), 4)
    return out


def page(header):
    language = "cpp" if header.domain == "cpp" else "c"
    out = [header.path, "=" * len(header.path), "", *code([f"#include <{header.path}>"], language), *prose(header.introduction, language)]
    for group in header.groups:
        if group.names:
            out += directives(group, language)
        elif not group.comment[0].startswith("Private"):
            out += prose(group.comment, language)
    return "\n".join(out) + "\n"


def reference(headers, folder):
    """Writes a page for each header, and one that lists them."""
    parts = {"The runtime": r"weft/[^/]*\.h", "WASI": "weft/wasi/.*", "C++": r"weft/(cpp/.*|[^/]*\.hpp)"}
    out = ["Reference", "=========", "", "A page for each header, made of its comments.", ""]
    for part, pattern in parts.items():
        own = [header for header in headers if re.fullmatch(pattern, header.path)]
        out += [part, "-" * len(part), "", ".. toctree::", "    :hidden:", "", *(f"    {header.page}" for header in own), ""]
        for header in own:
            out += [f":doc:`{header.path} <{header.page}>`", f"    {inline(header.brief)}", ""]
    put(folder / "index.rst", "\n".join(out) + "\n")
    for header in headers:
        put(folder / f"{header.page}.rst", page(header))


# ---- Documents ----

CONTENTS = {  # the documents of each part, in their order; what a pattern finds is in the order of a README's links
    "Tutorial": ["docs/tutorial/README.md", "docs/tutorial/*.md", "docs/tutorial/*/README.md"],
    "Guides": ["docs/guide.md", "docs/guides/README.md", "docs/guides/*.md"],
    "Programs": ["docs/building.md", "docs/service.md", "docs/*.md"],  # and what no other part names
    "Reference": ["docs/costs.md", "docs/promises.md", "docs/versions.md", "CHANGELOG.md"],
    "Inside": ["docs/architecture.md", "docs/rationale.md", "docs/agreement.md", "docs/sim.md", "docs/soak.md", "CONTRIBUTING.md", "SECURITY.md"],
}
LANGUAGES = {".c": "c", ".h": "c", ".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".rs": "rust", ".js": "javascript", ".toml": "toml", ".json": "json", ".sh": "bash"}
COPIED = {".png", ".svg", ".json"}


def put(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def contents():
    """The documents of each part, as paths."""

    def place(path):
        readme = next((folder / "README.md" for folder in (path.parent.parent, path.parent) if (folder / "README.md").exists()), path)
        at = readme.read_text().find(f"]({path.relative_to(readme.parent)})")
        return at < 0, at, path

    found = {part: dict.fromkeys(path for pattern in patterns for path in sorted(ROOT.glob(pattern), key=place)) for part, patterns in CONTENTS.items()}
    elsewhere = {path for part in found if part != "Programs" for path in found[part]}
    return {part: [path.relative_to(ROOT) for path in paths if part != "Programs" or path not in elsewhere] for part, paths in found.items()}


class Site:
    def __init__(self, folder, headers):
        self.folder = folder
        self.headers = {Path("include") / header.path: header for header in headers}
        self.sources = set()

    def place(self, path):
        """Where a file of the tree is in the folder."""
        if path == Path("README.md"):
            return Path("index.md")
        if path in self.headers:
            return Path("reference") / f"{self.headers[path].page}.rst"
        if path.suffix == ".md" or path.suffix in COPIED and path.parts[0] == "docs":
            return Path(*path.parts[path.parts[0] == "docs" :])
        return Path("source") / path.parent / f"{path.name}.rst"

    def link(self, target, document):
        """A link of a document, as it is in the folder; what it leads to is brought there."""
        name, _, anchor = target.partition("#")
        path = Path(os.path.relpath(ROOT / document.parent / name, ROOT))
        if ":" in target or not name or not (ROOT / path).exists():
            return target  # Sphinx tells of one that leads nowhere
        self.bring(path)
        there = os.path.relpath(self.place(path), self.place(document).parent)
        return f"{there}#{anchor}" if anchor else there

    def bring(self, path):
        place = self.folder / self.place(path)
        if path.suffix == ".md" or path in self.headers or path in self.sources:
            return
        self.sources.add(path)
        title = f":orphan:\n\n{path}\n{'=' * len(str(path))}\n\n"
        if place.suffix in COPIED:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, place)
        elif (ROOT / path).is_dir():
            listed = subprocess.run(["git", "ls-files", path], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
            for name in listed:
                self.bring(Path(name))
            put(place, title + "".join(f"- :doc:`{name} </source/{name}>`\n" for name in listed))
        else:
            shown = os.path.relpath(ROOT / path, place.parent)
            put(place, f"{title}.. literalinclude:: {shown}\n    :language: {LANGUAGES.get(path.suffix, 'text')}\n")

    def document(self, path, tail=""):
        text = (ROOT / path).read_text()
        put(self.folder / self.place(path), re.sub(r"(?<=\]\()[^)\s]+(?=\))", lambda match: self.link(match[0], path), text) + tail)

    def toctree(self, paths, caption="", before=()):
        pages = [*before, *(f"/{self.place(path).with_suffix('')}" for path in paths)]
        return "\n".join(["\n```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else []), "", *pages, "```\n"]) if pages else ""


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    headers = read()
    reference(headers, folder / "reference")
    manuals = [[f"reference/{header.page}", header.manual, squeeze(header.brief), [it for name in header.names for it in (name.name, *(it for kind, names, _ in name.members if kind == "enumerator" for it in names))]] for header in headers]
    put(folder / "manuals.json", json.dumps(manuals))
    site = Site(folder, headers)
    tail = ""
    for part, paths in contents().items():
        under = {path: [it for it in paths if path.name == "README.md" and it != path and it.is_relative_to(path.parent)] for path in paths}
        for path, pages in under.items():
            site.document(path, site.toctree(pages))
        nested = [path for pages in under.values() for path in pages]
        tail += site.toctree([path for path in paths if path not in nested], part, ["reference/index", "genindex"] if part == "Reference" else [])
    site.document(Path("README.md"), tail)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
