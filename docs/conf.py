# How Sphinx makes the site and the manual pages of what tools/pages.py lays out: `make docs`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

project = "Weft"
author = "the authors of Weft"
release = ".".join(re.findall(r"VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", (Path(__file__).parent.parent / "include/weft/version.h").read_text()))
extensions = ["myst_parser"]
exclude_patterns = ["manuals.json"]
primary_domain = None
highlight_language = "text"
smartquotes = False
suppress_warnings = ["misc.highlighting_failure"]  # code in comments has `...` in it
toc_object_entries = False
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"Weft {release}"
html_show_sourcelink = False
html_show_copyright = False
html_copy_source = False
html_static_path = html_css_files = ["site.css"]
pygments_style = "friendly"
pygments_dark_style = "github-dark"


class Names(SphinxTransform):
    """Code that is a name of the API, or a header, leads to it."""

    default_priority = 600

    def apply(self):
        pages = {page.removeprefix("reference/") for page in self.env.found_docs}
        for literal in list(self.document.findall(nodes.literal)):
            if isinstance(literal.parent, (nodes.reference, addnodes.pending_xref, nodes.title)):
                continue
            text = literal.astext()
            name = re.match(r"((?:weft|WEFT)_\w+)|weft::\w+", text)
            header = re.sub(r"^(include/)?weft/", "", text)
            if name:
                target = {"refdomain": "c" if name[1] else "cpp", "reftype": "any", "reftarget": name[0]}
            elif f"wasi/{header}" in pages or f"cpp/{header}" in pages or header in pages and header.endswith(("h", "hpp")):
                near = [page for page in (header, f"wasi/{header}", f"cpp/{header}") if page in pages]
                here = self.env.current_document.docname.removeprefix("reference/").rpartition("/")[0]
                page = next((page for page in near if page.rpartition("/")[0] == here), near[0])
                target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/reference/{page}"}
            else:
                continue
            link = addnodes.pending_xref("", refexplicit=True, refwarn=False, refdoc=self.env.current_document.docname, **target)
            literal.replace_self(link)
            link += literal


def without_links(app, tree, name):
    """A manual page has names alone: what they lead to is another page."""
    if app.builder.name == "man":
        for link in list(tree.findall(nodes.reference)):
            link.replace_self(link.children)


def link_names(app, failure):
    """A manual page for each name leads to that of its header."""
    if failure or app.builder.name != "man":
        return
    for _, manual, _, names in manuals(app):
        for name in names:
            page = Path(app.outdir) / "man3" / f"{name}.3"
            if name != manual:
                page.write_text(f".so man3/{manual}.3\n")


def manuals(app):
    return json.loads((Path(app.srcdir) / "manuals.json").read_text())


def list_manuals(app, config):
    config.man_pages = [(page, name, brief, "", 3) for page, name, brief, _ in manuals(app)]


man_make_section_directory = True


def setup(app):
    app.add_transform(Names)
    app.connect("config-inited", list_manuals, priority=1)
    app.connect("doctree-resolved", without_links)
    app.connect("build-finished", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
