"""Reads the public headers: what each declares, and the comment that speaks of it. tools/pages.py makes the reference of that.

A header's first comment is its introduction. Each other comment speaks of the declarations that follow it without a blank line,
or, if none do, of the macros that it names and that a file in detail/ defines. libclang tells what is declared.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path

from clang.cindex import AccessSpecifier, CursorKind, Index, TranslationUnit

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = re.compile(r"(?!\w+__)(weft|WEFT|wasip3)_\w+(?<!_H)(?<!_HPP)|__\w+")  # the latter are the built-ins of abi.h
PRIVATE = re.compile(r"weft_misuse_\w+|weft_fiber_type")  # WEFT_RULES has the first
STRUCTS = {CursorKind.STRUCT_DECL: "struct", CursorKind.UNION_DECL: "union", CursorKind.ENUM_DECL: "enum"}
KINDS = {**STRUCTS, CursorKind.FUNCTION_DECL: "function", CursorKind.MACRO_DEFINITION: "macro", CursorKind.TYPEDEF_DECL: "type", CursorKind.VAR_DECL: "var"}
KINDS_OF_CPP = {
    CursorKind.CLASS_DECL: "class", CursorKind.CLASS_TEMPLATE: "class", CursorKind.FUNCTION_DECL: "function", CursorKind.FUNCTION_TEMPLATE: "function",
    CursorKind.TYPE_ALIAS_DECL: "type", CursorKind.VAR_DECL: "var", CursorKind.MACRO_DEFINITION: "macro",
}  # fmt: skip


@dataclass
class Name:
    name: str
    kind: str  # of Sphinx's domain: function, macro, type, struct, union, enum, var, class
    signature: str
    start: int  # line
    end: int
    note: str = ""  # the comment behind it
    code: str = ""  # of a type that shows its members
    members: list = field(default_factory=list)  # of an enum, or of a struct that tells much of them: (directive, signatures, comment)
    domain: str = "c"

    @property
    def key(self):
        return self.name, self.domain, self.signature if self.domain == "cpp" else ""


@dataclass
class Group:
    comment: list  # lines, without slashes
    names: list
    start: int


@dataclass
class Header:
    path: str  # as one includes it
    introduction: list
    groups: list
    bare: list  # names without a comment

    @property
    def page(self):
        return self.path.removeprefix("weft/")

    @property
    def manual(self):
        return self.path.replace("/", "_")

    @property
    def brief(self):
        return re.match(r".*?(?=\.(?:\s|$))", " ".join(self.introduction))[0]

    @property
    def names(self):
        return [name for group in self.groups for name in group.names]

    @property
    def domain(self):
        return "cpp" if self.path.endswith(".hpp") else "c"


def public_headers(include):
    return [path for pattern in ("weft/*.h", "weft/wasi/*.h", "weft/*.hpp", "weft/cpp/*.hpp") for path in sorted(include.glob(pattern))]


def parse(headers, include, language, *options):
    """The translation unit that includes them, for wasm32 and with the libc of zig."""
    library = Path(importlib.util.find_spec("ziglang").origin).parent / "lib"
    folders = ["libcxx/include"] * (language == "c++") + ["include", "libc/include/wasm-wasi-musl", "libc/include/generic-musl"]
    text = "".join(f'#include "{path.relative_to(include)}"\n' for path in headers)
    arguments = ["-x", language, "-target", "wasm32-wasi", "-nostdinc", f"-I{include}", *options]
    arguments += [word for folder in folders for word in ("-isystem", str(library / folder))]
    return Index.create().parse("all", arguments, [("all", text)], TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)


def squeeze(text):
    return re.sub(r"\s+", " ", text.replace("\\\n", " ")).strip()


def plain(text):
    """A declaration without its body, attributes and what is the linker's."""
    text = re.sub(r"WEFT__BUILTIN\([^)]*\)|__attribute__\(\((?:[^()]|\([^()]*\))*\)\)|\[\[.*?\]\]|\b(?:static|inline|extern|constexpr)\b", "", squeeze(text))
    return squeeze(re.sub(r"\)((?: const| noexcept)*) : .*", r")\1", re.split(r"(?<!= )\{|;", text)[0]))


def enumerators_of(lines, cursor, text):
    """An enum's: each with the comment behind it or before it, or its text in a list by an X-macro."""
    for member in cursor.get_children():
        made = re.search(rf"^.*\({member.spelling.removeprefix('WEFT_')}, .*(\".*\").*$", text, re.M)
        line = lines[member.extent.start.line - 1]
        behind = re.search(rf"\b{member.spelling}\b[^/]*// (.*)", line)
        yield "enumerator", [member.spelling], f"{member.enum_value}: {made[1]}" if made else behind[1] if behind else ""


def members_of(code):
    """Those of a struct, up to the private ones: each with the comment before it, which is also of those that follow it, and the one behind it."""
    members, comment, shared = [], [], False
    for line in re.sub(r"^( +[^/\n]*),\n +(?=[^/ ])", r"\1, ", code, flags=re.M).split("\n")[1:-1]:
        own = re.fullmatch(r"(\s*)// (.*)", line)
        declared = re.fullmatch(r"\s*([^/]+);(?:\s*// (.*))?", line)
        if re.search(r"// (The rest is |Private|private)", line):
            break
        if own and len(own[1]) > 4 and members:
            members[-1][2] += f" {own[2]}"  # goes on behind a member
        elif own:
            comment.append(own[2])
        elif declared:
            first, *more = declared[1].split(", ") if "(" not in declared[1] else [declared[1]]
            signatures = [first, *(f"{first.rpartition(' ')[0]} {name}" for name in more)]
            if comment and comment[-1].endswith(":"):
                members.append(["", [], " ".join(comment)])
                comment, shared = [], False
            text = " ".join([*comment, *filter(None, [declared[2]])])
            if shared and not text:
                members[-1][1] += signatures
            else:
                members.append(["member", signatures, text])
                shared = bool(comment)
            comment = []
    return members


def names_of(cursor, lines, text):
    """The Names that a cursor of C declares: one, but for an enum without a name, which has constants."""
    if cursor.kind == CursorKind.ENUM_DECL and cursor.is_anonymous():
        start, end = cursor.extent.start.line, cursor.extent.end.line
        return [Name(member.spelling, "enumerator", member.spelling, start, end) for member in cursor.get_children()]
    return [name_of(cursor, lines, text)] if PUBLIC.fullmatch(cursor.spelling) else []


def name_of(cursor, lines, text):
    start, end = cursor.extent.start.line, cursor.extent.end.line
    code = "\n".join(lines[start - 1 : end])
    kind, name = KINDS[cursor.kind], cursor.spelling
    if kind == "macro":
        arguments = re.match(r"\s*#\s*define\s+\w+(\([^)]*\))?", squeeze(code))[1] or ""
        return Name(name, kind, name + arguments, start, end)
    if kind == "function":
        made = f"{cursor.result_type.spelling} {name}({', '.join(squeeze(f'{it.type.spelling} {it.spelling}') for it in cursor.get_arguments()) or 'void'})"
        exact = "".join(lines[start - 1][cursor.extent.start.column - 1 :] if i == start else "\n" + lines[i - 1] for i in range(start, end + 1))
        note = re.search(r";\s+// (.*)$", exact)
        signature = plain(exact) if re.search(rf"\b{name}\(", exact) else re.sub(r"\* (?=\w)", "*", made).replace("_Bool", "bool")
        return Name(name, kind, signature, start, end, note=note[1] if note else "")
    if kind in ("type", "var"):
        declared = plain(code).removeprefix("typedef ")
        return Name(name, "struct", name, start, end) if declared == f"struct {name} {name}" else Name(name, kind, declared, start, end)
    if kind == "enum":
        return Name(name, kind, name, start, end, members=list(enumerators_of(lines, cursor, text)))
    shown = cursor.is_definition() and re.search(rf"\b{name}\b", code) and "{" in code
    code = re.sub(r"^\s*WEFT__PRIVATE.*\n|^\s*WEFT__TRACE\w+\n", "    // private: the rest\n", code, flags=re.M)
    if shown and re.search(r"^    // .*\n    //", code, re.M):
        return Name(name, kind, name, start, end, members=members_of(code))
    return Name(name, kind, name, start, end, code=re.sub(r" __attribute__\(\([^)]*\)+|//.*has to be$", "", code) if shown else "")


def class_of(cursor, lines, start, signature):
    """The Name of a class: its public members, each with its comment, and without its body."""
    shown = []
    for member in cursor.get_children():
        first = member.extent.start.line
        if member.access_specifier != AccessSpecifier.PUBLIC or first == cursor.extent.start.line or member.kind == CursorKind.CXX_ACCESS_SPEC_DECL:
            continue
        comment = []
        while lines[first - 2 - len(comment)].lstrip().startswith("//"):
            comment.insert(0, lines[first - 2 - len(comment)].strip())
        if " ".join(comment).startswith("// Private"):
            break
        shown += comment + [plain("\n".join(lines[first - 1 : member.extent.end.line])) + ";"]
    return Name(f"weft::{cursor.spelling}", "class", signature, start, cursor.extent.end.line, code="\n".join(shown), domain="cpp")


def cpp_name_of(cursor, lines):
    start, end, kind = cursor.extent.start.line, cursor.extent.end.line, KINDS_OF_CPP[cursor.kind]
    if kind == "macro":
        return name_of(cursor, lines, "")
    text = plain("\n".join(lines[start - 1 : end]))
    if kind == "class":
        text = re.sub(r"\bclass (?!T\b|A\b|It\b)", "", text.split(" : ")[0]).replace("template<", "template <")
        return class_of(cursor, lines, start, re.sub(rf"\b{cursor.spelling}\b", f"weft::{cursor.spelling}", text, count=1))
    text = re.sub(r"^using ", "", text) if kind == "type" else text
    return Name(f"weft::{cursor.spelling}", kind, re.sub(rf"\b{cursor.spelling}\b(?=[(<{{ ]|$)", f"weft::{cursor.spelling}", text, count=1), start, end, domain="cpp")


def cursors(unit, within=None):
    """Those of a file's outermost level, and of the namespace weft."""
    for cursor in (within or unit.cursor).get_children():
        if cursor.kind == CursorKind.NAMESPACE:
            if cursor.spelling == "weft":
                yield from cursors(unit, cursor)
        elif cursor.location.file and "/weft/" in cursor.location.file.name:
            yield cursor


def comments(lines):
    """(first line, last line, text) of each comment that begins a line."""
    start = None
    for i, line in enumerate([*lines, ""], 1):
        if line.startswith("//"):
            start = start or i
        elif start:
            yield start, i - 1, [text[2:].removeprefix(" ") for text in lines[start - 1 : i - 1] if "SPDX-License" not in text]
            start = None


def grouped(text, names):
    """A header's introduction, its groups, and the names that no comment speaks of."""
    lines = text.splitlines()
    (_, _, introduction), *blocks = comments(lines)
    if introduction[-1:] == [""]:
        introduction.pop()
    groups, spoken, by_start = [], set(), {}
    for name in names:
        by_start.setdefault(name.start, []).append(name)
    for start, end, text in blocks:
        group, line = Group(text, [], start), end + 1
        while line <= len(lines) and lines[line - 1] and not lines[line - 1].startswith(("//", "#include")):
            found = by_start.get(line, [])
            group.names += found
            line = max((name.end for name in found), default=line) + 1
        spoken |= {id(name) for name in group.names}
        groups.append(group)
    return introduction, groups, [name for name in names if id(name) not in spoken]


def usage(name, comment):
    """The signature of a macro, with the arguments that its comment names."""
    found = re.search(rf"\b{name.name}\(([^()]*)\)", comment)
    if name.kind != "macro" or not found:
        return name.signature
    given = [re.sub(r"^&|^\.\w.*", "", argument.strip()) for argument in found[1].split(",")]
    arguments = list(dict.fromkeys(argument or "..." for argument in given))
    fit = all(re.fullmatch(r"\w+|(\w+)?\.\.\.", argument) for argument in arguments)
    return f"{name.name}({', '.join(arguments)})" if fit else name.signature


def adopt(headers, hidden):
    """Gives what the files in detail/ define, and their headers' comments name, to these: hidden is a list of (Name, header's path)."""
    for name, path in hidden:
        header = headers[path]
        word = rf"(?<!\w){name.name}(?!\w)"
        looks = (
            lambda group: not group.names and re.match(word, group.comment[0]),
            lambda group: re.search(rf"^{word}", "\n".join(group.comment), re.M),
            lambda group: re.search(rf"(and|or) (for )?{word}\(|; {word}\(", " ".join(group.comment)),
            lambda group: re.search(word, " ".join(group.comment)),
        )
        group = next((group for look in looks for group in header.groups if look(group)), None)
        if group:
            name.signature = usage(name, " ".join(group.comment))
            group.names.append(name)
        else:
            header.bare.append(name)


def read(include=ROOT / "include"):
    """All public headers of a folder, in their order."""
    paths = {str(path): str(path.relative_to(include)) for path in public_headers(include)}
    names, hidden, includers = {path: [] for path in paths}, [], {}
    files = {path: Path(path).read_text() for path in paths}
    c = parse([Path(path) for path in paths if path.endswith(".h")], include, "c", "-std=c11")
    cpp = parse(sorted(include.glob("weft/*.hpp")), include, "c++", "-std=c++20", "-fno-exceptions")
    for inclusion in c.get_includes():
        includers.setdefault(inclusion.include.name, inclusion.source.name)
    for cursor in cursors(c):
        file = header = cursor.location.file.name
        if cursor.kind not in KINDS or PRIVATE.fullmatch(cursor.spelling):
            continue
        while header not in paths:
            header = includers[header]
        lines = files.setdefault(file, Path(file).read_text()).splitlines()
        made = names_of(cursor, lines, files[header])
        if file == header:
            names[file] += made
        elif cursor.kind in (CursorKind.MACRO_DEFINITION, CursorKind.ENUM_DECL):  # what a user calls, though it is in detail/
            hidden += [(name, paths[header]) for name in made if name.name.startswith(("weft", "WEFT")) and name.kind != "enumerator"]
    for cursor in cursors(cpp):
        file = cursor.location.file.name
        if file.endswith(".hpp") and file in paths and cursor.kind in KINDS_OF_CPP:
            if cursor.kind != CursorKind.MACRO_DEFINITION or PUBLIC.fullmatch(cursor.spelling):
                names[file].append(cpp_name_of(cursor, files[file].splitlines()))
    headers = {path: Header(path, *grouped(files[file], sorted(names[file], key=lambda name: (name.start, name.name)))) for file, path in paths.items()}
    best = {}  # declaration of each name: that of a type's members, else the first that has a comment
    for file, path in paths.items():
        commented = {id(name) for name in headers[path].names}
        for name in names[file]:
            rank = bool(name.code or name.members), id(name) in commented
            if name.key not in best or rank > best[name.key][0]:
                best[name.key] = rank, name
    kept = {id(name) for _, name in best.values()}
    for header in headers.values():
        header.bare = [name for name in header.bare if id(name) in kept]
        for group in header.groups:
            group.names = [name for name in group.names if id(name) in kept]
    adopt(headers, [(name, header) for name, header in hidden if name.key not in best])
    return list(headers.values())
