"""Reading Python source in one thread of many."""

import ast
from threading import Lock

_ONE_AT_A_TIME = Lock()


def parse(source: str) -> ast.Module:
    """Return the syntax tree of some source, whichever thread asks.

    Python counts how deep it is in the tree that it makes once for all threads, so that `ast.parse`
    fails with a `SystemError` now and then where two of them use it.

    Args:
        source: what a cell or a module says.

    Returns:
        Its tree, as `ast.parse` makes it.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it has what source can't have, such as a null character.
        RecursionError, MemoryError: it is nested too deeply.

    Source:
        Markus Mohrhard, 2023, "Error in AST recursion depth tracking", CPython's issue 106905.

    Example:
        >>> len(parse("a = 1; b = 2").body)
        2
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)
