"""The package as the jail sees it: without the functions that the learners are to write.

The prepared process of the jail never reads the package's files. It gets their text from here, with
every reference of this lesson's exercises, and of later ones, replaced by a call that asks the tester
for it. The tester answers when the exercise has been graded already, as `yours_or_ours` promises to a
learner who is stuck; before that it refuses, and while a test runs the judge sees the call, as it sees
it in a notebook. Functions of earlier lessons, and all that is no exercise, are as they are; the
records of the exercises, with their cases and mistakes, are not there at all.
"""

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import Any

from nbformat import NotebookNode

from rnn_utils.grading.intake.syntax import parse

_PACKAGE = Path(__file__).resolve().parents[2]

#: What of the package is not in the jail: the exercises, the grader, and what is around them.
_APART = tuple(f"rnn_utils.{room}" for room in ("checks", "grading", "course", "classroom", "cli"))
_NEEDED = {
    "rnn_utils.checks.framework",
    "rnn_utils.checks.framework.behaviour",
    "rnn_utils.checks.framework.counting",
    "rnn_utils.grading",
    "rnn_utils.grading.protocol",
    "rnn_utils.grading.sandbox",
    "rnn_utils.grading.sandbox.jail",
    "rnn_utils.grading.protocol.frames",
    "rnn_utils.grading.protocol.calls",
    "rnn_utils.grading.protocol.errors",
    "rnn_utils.grading.protocol.random_state",
    "rnn_utils.grading.protocol.proxies",
    "rnn_utils.grading.sandbox.prepared",
    "rnn_utils.grading.sandbox.shell",
    "rnn_utils.grading.sandbox.subprocesses",
    "rnn_utils.grading.sandbox.student",
    "rnn_utils.grading.protocol.wire",
    "rnn_utils.grading.protocol.safe_text",
    "rnn_utils.grading.sandbox.libc",
    "rnn_utils.grading.sandbox.landlock",
    "rnn_utils.grading.sandbox.namespaces",
    "rnn_utils.grading.sandbox.seccomp",
}


def withheld(notebook: NotebookNode) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Say which functions of the package a submission of a lesson does not get.

    Args:
        notebook: the lesson; its exercises are those that its test cells name.

    Returns:
        All of them by module and name; and the names of this lesson's exercises.
    """
    rules = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    tests = [c.source for c, r in zip(notebook.cells, rules, strict=True) if r and r.get("grade")]
    codes = [
        cell.source
        for cell, rule in zip(notebook.cells, rules, strict=True)
        if cell.cell_type == "code" and rule is None
    ]
    return _withheld(tuple(tests), tuple(codes))


@lru_cache(maxsize=64)
def _withheld(
    tests: tuple[str, ...], codes: tuple[str, ...]
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    from rnn_utils.checks import exercises
    from rnn_utils.checks.framework.answer_holders import holding

    asked = {name for source in tests for name in re.findall(r"\b(?:check|grade)\(\W(\w+)", source)}
    own = asked & exercises().keys()
    if not own:
        return frozenset(), frozenset()
    first = min(exercises()[name].lesson for name in own)
    imported = _names_imported(codes)
    functions = {
        (function.__module__, function.__name__)
        for record in exercises().values()
        if record.lesson >= first
        for function in (record.reference, *record.forbids)
        if record.name in own or function.__name__ not in imported
    }
    held = {place for name in own for place in map(_place, holding(exercises()[name])) if place}
    functions |= {place for place in held if place[1].partition(".")[0] not in imported}
    return frozenset(functions), frozenset(own)


def _place(code: CodeType) -> tuple[str, str] | None:
    """Return the module and the name of a function of the package; none for what every object has."""
    *_, name = code.co_qualname.split(".")
    if name.startswith(("__", "<")):
        return None
    return _module_in(code.co_filename), code.co_qualname


@cache
def _module_in(filename: str) -> str:
    path = Path(filename).resolve().relative_to(_PACKAGE.parent).with_suffix("")
    return ".".join(path.parts).removesuffix(".__init__")


def function_at(module: str, qualname: str) -> Any:
    """Return the function of the package that is withheld under this name."""
    found: Any = import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def names_imported(notebook: NotebookNode) -> set[str]:
    """Return what a lesson itself imports of the package."""
    cells = (cell for cell in notebook.cells if "nbgrader" not in cell.metadata)
    return _names_imported(cell.source for cell in cells if cell.cell_type == "code")


def _names_imported(codes: Iterable[str]) -> set[str]:
    names = set()
    for code in codes:
        try:
            tree = parse(code)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rnn_utils"):
                names |= {alias.name for alias in node.names}
    return names


@cache
def package_without(functions: frozenset[tuple[str, str]]) -> Mapping[str, tuple[str, str, bool]]:
    """Return the text of the package's modules for the jail.

    Args:
        functions: what is withheld, by module and name.

    Returns:
        For each module's name its file, its text, and whether it is a package.
    """
    found = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE.parent).with_suffix("").parts
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        if name.startswith(_APART) and name not in _NEEDED:
            continue
        names = {function for module, function in functions if module == name}
        text = path.read_text(encoding="utf-8")
        if names:
            text = _without(text, name, names)
        found[name] = (str(path), text, package)
    stand_in = Path(__file__).with_name("checks_in_jail.py")
    found["rnn_utils.checks"] = (str(stand_in), stand_in.read_text(encoding="utf-8"), True)
    return found


def _without(text: str, module: str, names: Collection[str]) -> str:
    """Return a module's text without some functions and methods, and what only they call."""
    tree = parse(text)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    methods = {
        f"{kind.name}.{n.name}": n
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
        for n in kind.body
        if isinstance(n, ast.FunctionDef)
    }
    gone = {name for name in names if name in functions}
    while more := {
        name
        for name in functions
        if name.startswith("_") and name not in gone and gone
        if any(name in _names(functions[other]) for other in gone)
        if not any(
            name in _names(node) for node in tree.body if getattr(node, "name", None) not in gone
        )
    }:
        gone |= more
    for name in (*gone, *(name for name in names if name in methods)):
        function = functions.get(name) or methods[name]
        ask = (
            "from rnn_utils.grading.sandbox.student import served\n"
            f"return served({module!r}, {name!r}, arguments, keywords)"
        )
        body = parse("def f(*arguments, **keywords):\n    " + ask.replace("\n", "\n    "))
        made = body.body[0]
        assert isinstance(made, ast.FunctionDef)
        function.args, function.body, function.returns = made.args, made.body, None
        if name in functions:
            function.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(tree))


def _names(node: ast.AST) -> set[str]:
    """Return the names that a statement uses, but for its own."""
    inner = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return inner - {getattr(node, "name", "")}
