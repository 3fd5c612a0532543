"""The points of a test cell: what its last line says, if that is a score at all."""

import ast
from typing import Any

import numpy as np

from rnn_utils.checks import Score
from rnn_utils.grading.intake.syntax import parse
from rnn_utils.grading.protocol.proxies import Remote

#: Functions that make one number of numbers.
_NUMBERS = frozenset({"round", "min", "max", "sum", "float", "int", "abs"})


def is_computed(source: str) -> bool:
    """Say whether the last line of a test cell is a score that the cell has put together.

    nbgrader takes a last line that is no number for all of the points. A right answer leaves a number
    there; a wrong one, an array say, could make something else of it by being added.

    Args:
        source: the cell's text.

    Example:
        >>> is_computed("score = 0\\nscore += f(1) == 2\\nscore"), is_computed("f(1)")
        (True, False)
    """
    try:
        statements = parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not statements or source.rstrip().endswith(";"):
        return False
    match statements[-1]:
        case ast.Expr(ast.Name(name)):
            return any(_counts(node, name) for part in statements[:-1] for node in ast.walk(part))
        case ast.Expr(ast.BinOp() | ast.UnaryOp(ast.USub() | ast.UAdd())):
            return True
        case ast.Expr(ast.Call(ast.Name(name))):
            return name in _NUMBERS
    return False


def _counts(node: ast.AST, name: str) -> bool:
    """Say whether a statement gives a name a number, or adds to it."""
    match node:
        case ast.AugAssign(ast.Name(target)):
            return target == name
        case ast.Assign([ast.Name(target)], value) | ast.AnnAssign(ast.Name(target), _, value):
            return target == name and (
                isinstance(value, ast.BinOp)
                or (isinstance(value, ast.Constant) and isinstance(value.value, int | float))
                or (
                    isinstance(value, ast.Call)
                    and isinstance(value.func, ast.Name)
                    and value.func.id in _NUMBERS
                )
            )
    return False


def shown(value: Any, points: float, computed: bool = False) -> Any:
    """Return what a test cell's last line shows: its score as a plain number within its points.

    nbgrader reads the text. It takes a number below zero, or nan, or NumPy's own text for a number,
    for all of the points.

    Args:
        value: what the line gave.
        points: the most that the cell gives.
        computed: whether it is a score, so that what is no real number is none of the points.
    """
    if computed and isinstance(value, np.ndarray) and value.size == 1:
        value = np.asarray(value).reshape(())[()]
    if isinstance(value, bool | np.bool_):
        return min(float(value), points) if computed else value
    if isinstance(value, int | float | np.integer | np.floating):
        if isinstance(value, Score):
            # An instructor may give other points than the exercise's record.
            return Score(points * min(max(float(value) / value.of, 0.0), 1.0), points)
        return 0.0 if value != value else float(min(max(value, 0.0), points))
    if computed:
        return 0.0
    if isinstance(value, Remote):
        return f"<{value.__name__} of the student>"
    return str(value) if isinstance(value, np.number) else value


def earned(outputs: list[dict[str, Any]], points: float) -> float:
    """Return the points that nbgrader reads from the outputs of a test cell."""
    if any(output["output_type"] == "error" for output in outputs):
        return 0.0
    for output in outputs:
        if output["output_type"] == "execute_result":
            try:
                return float(output["data"].get("text/plain", ""))
            except ValueError:
                break
    return points
