"""Which statements of a lesson do nothing but give values to names, or show something.

Where a test is an instructor's own, what it uses may have been changed by ways that no names tell: a seed, a
file, a setting. A statement that only computes with NumPy and with the course's own functions, and shows
what came, goes no such way. It is left out where no test needs its names: a lesson's plays and figures
call the student's functions thousands of times.
"""

import ast
import builtins
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rnn_utils.grading.intake.dependencies import Names, names
from rnn_utils.grading.intake.syntax import parse

_BUILTIN = frozenset(dir(builtins))
_HARMLESS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "int",
        "isinstance",
        "len",
        "list",
        "map",
        "max",
        "min",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "display",
    ]
)

#: What of NumPy acts other than by its result.
_ACTS = frozenset(
    [
        "random",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "seterr",
        "seterrcall",
        "setbufsize",
        "set_printoptions",
        "copyto",
        "put",
        "place",
        "putmask",
        "fill_diagonal",
        "put_along_axis",
        "memmap",
        "load",
        "loadtxt",
        "genfromtxt",
        "fromfile",
    ]
)

_STATEMENTS = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.FunctionDef,
    ast.For,
    ast.If,
    ast.Pass,
    ast.Assert,
)


def statements(source: str) -> list[str]:
    """Return the statements of a cell one by one; the cell itself where it cannot be parted."""
    try:
        body = parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [source]
    return [ast.get_source_segment(source, one) or source for one in body]


def origins(sources: Iterable[str]) -> dict[str, str]:
    """Return, by the name that it has in a lesson, the module that something is imported from."""
    found = {}
    for source in sources:
        try:
            tree = parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom):
                found |= {a.asname or a.name: node.module or "" for a in node.names}
    return found


def read(source: str, modules: Mapping[str, str]) -> tuple[Names, bool]:
    """Return the names of a statement, and whether it acts by them alone.

    Args:
        source: the statement.
        modules: what `origins` gives for its lesson.

    Returns:
        The names; where it acts by them alone, without those that it only passes to functions, since the
        course's and NumPy's change nothing that they are given, and a student's get copies.
    """
    found = names(source)
    if found.everything or not _is_quiet(source, frozenset(modules.items())):
        return found, False
    return found._replace(passed=frozenset()), True


@lru_cache(maxsize=1024)
def _is_quiet(source: str, modules: frozenset[tuple[str, str]]) -> bool:
    try:
        (statement,) = parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not isinstance(statement, _STATEMENTS):
        return False
    known = dict(modules)
    return all(_node_is_quiet(node, known) for node in ast.walk(statement))


def _node_is_quiet(node: ast.AST, modules: Mapping[str, str]) -> bool:
    if isinstance(node, ast.Call):
        return _call_is_quiet(node.func, modules)
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node) not in modules
    if isinstance(node, ast.stmt):
        return isinstance(node, (*_STATEMENTS, ast.Return, ast.Break, ast.Continue))
    return not isinstance(node, ast.Await | ast.Yield | ast.YieldFrom)


def _call_is_quiet(function: ast.expr, modules: Mapping[str, str]) -> bool:
    root, parts = _root(function), _attributes(function)
    if root is None:  # a call's or an operator's result, or a text
        return not parts & _ACTS
    if root not in modules:
        return root in _HARMLESS or root not in _BUILTIN  # the lesson's own, or a student's
    module = modules[root]
    if module == "numpy" or module.startswith("numpy."):
        return not parts & _ACTS and "random" not in module
    return module == "rnn_utils" or module.startswith("rnn_utils.")


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _attributes(node: ast.expr) -> set[str]:
    found = set()
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        node = node.value
    return found
