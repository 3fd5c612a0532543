"""Which lines of a lesson's code carry its idea, and which only fetch, print and draw.

The rule: a statement is boilerplate if it imports, if it asks a question, draws or shows something (its
call leads into `widgets`, `drawings`, `figures`, `plots` or `claims`), if it prints, or if it fetches the
course's solution. Everything else computes, and stays open. A cell of boilerplate is folded; of other
cells, a tail of boilerplate is, and a head of imports, where they are longer than `SHORT`. A line that only
asks a question is left out: the question stands below it.
"""

import ast
from collections.abc import Iterable, Set

#: What is not longer than so many lines takes less room open than folded.
SHORT = 2
SHOWING = ("widgets", "drawings", "figures", "plots", "claims", "checks", "course")
SHOWN_BY_NAME = {"print", "display", "help", "plt", "figures", "claims", "plots"}
#: Calls whose result says everything: a question, or a picture with its controls.
ASKING = {"predict", "reveal", "quiz", "sum_up"}


def showing(cells: Iterable[str]) -> set[str]:
    """Return the names by which a lesson's cells draw, ask and show.

    Args:
        cells: the code of all cells; what one imports, later ones use.

    Example:
        >>> "neuron" in showing(["from rnn_utils.widgets import one_neuron as neuron"])
        True
    """
    imported = {
        name.asname or name.name
        for cell in cells
        for statement in _statements(cell)
        if isinstance(statement, ast.ImportFrom) and _shows(statement.module or "")
        for name in statement.names
    }
    return SHOWN_BY_NAME | imported


def cut(source: str, showing: Set[str]) -> list[tuple[str, bool]]:
    r"""Cut a cell's code into at most three pieces, in order, and say of each whether it is folded.

    Args:
        source: the code.
        showing: the names by which the lesson shows something, as `showing` returns them.

    Returns:
        The pieces; joined by line ends they are the source.

    Example:
        >>> cut("import numpy as np\nfrom rnn_utils.widgets import quiz", set())
        [('import numpy as np\nfrom rnn_utils.widgets import quiz', True)]
        >>> cut("h = w * h + x\nprint(h)", {"print"})
        [('h = w * h + x\nprint(h)', False)]
    """
    statements = _statements(source)
    if not statements:
        return [(source, False)]
    is_boilerplate = [_is_boilerplate(statement, showing) for statement in statements]
    if all(is_boilerplate):
        return [(source, True)]
    lines = source.splitlines()
    first, last = is_boilerplate.index(False), len(statements) - is_boilerplate[::-1].index(False)
    head = _start(statements[first], lines)
    tail = len(lines) if last == len(statements) else _start(statements[last], lines)
    if head <= SHORT:
        head = 0
    if len(lines) - tail <= SHORT:  # but for a question: it stands below, and its code says nothing
        asking = [_asks(statement) for statement in statements]
        last = len(asking) - [*asking[::-1], False].index(False)
        tail = len(lines) if last == len(statements) else _start(statements[last], lines)
    pieces = [(lines[:head], True), (lines[head:tail], False), (lines[tail:], True)]
    return [("\n".join(piece), folded) for piece, folded in pieces if piece]


def only_asks(source: str) -> bool:
    """Say whether a cell does nothing but ask a question, whose code is of no use on a page."""
    statements = _statements(source)
    return bool(statements) and all(map(_asks, statements))


def _asks(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and _called(statement.value) in ASKING


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # a magic of IPython
        return []


def _shows(module: str) -> bool:
    return module.partition(".")[0] == "matplotlib" or any(
        module.startswith(f"rnn_utils.{name}") for name in SHOWING
    )


def _is_boilerplate(statement: ast.stmt, showing: Set[str]) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
            return _called(call) in showing
        case ast.For() | ast.With():
            return all(_is_boilerplate(inner, showing) for inner in statement.body)
    return False


def _called(expression: ast.expr) -> str | None:
    """Return the name that a call, an attribute of it or an item of it begins with."""
    while not isinstance(expression, ast.Name):
        match expression:
            case ast.Call(func=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
                expression = inner
            case _:
                return None
    return expression.id


def _start(statement: ast.stmt, lines: list[str]) -> int:
    """Return the index of the line with which a statement begins, the comments right above it included."""
    first = statement.lineno
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.decorator_list:
        first = min(decorator.lineno for decorator in statement.decorator_list)
    index = first - 1
    while index and lines[index - 1].lstrip().startswith("#"):
        index -= 1
    return index
