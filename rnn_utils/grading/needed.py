"""Which cells a cell needs: those before it that bind, or may change, a name that it uses.

A lesson draws dozens of figures that no exercise needs; running them for every student is most of the
time that grading takes. What is left out must never matter, so that in doubt a cell is needed.
"""

import ast
import builtins
import symtable
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

from rnn_utils.grading.syntax import parse

#: What may be called with a name without changing what it stands for.
_HARMLESS = {"print", "display", "len", "check"}

_BUILTIN = frozenset(dir(builtins))


class Names(NamedTuple):
    """The names of a cell: what it reads, what it binds or may change, and what it imports.

    `everything` is whether it may bind or read any name.
    """

    read: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    everything: bool = False


def names(source: str) -> Names:
    """Return the names of a cell."""
    try:
        return _read(source)
    # Python reads what is nested three times as deeply as its calls may be.
    except (ValueError, RecursionError, MemoryError):
        return Names(everything=True)


def _read(source: str) -> Names:
    try:
        text = source if _is_python(source) else TransformerManager().transform_cell(source)
        tree = parse(text)
    except SyntaxError:
        return Names()  # nothing of it will run
    try:
        table = symtable.symtable(text, "<cell>", "exec")
    except SyntaxError:
        return Names(everything=True)
    inner = {name for scope in table.get_children() for name in _globals_of(scope)}
    found = _Finder()
    for statement in tree.body:
        found.visit(statement)
        found.settled |= found.bound if isinstance(statement, _SIMPLE) else set()
    read = found.read | (inner - found.bound)
    everything = found.everything or not _ANYTHING.isdisjoint(read)
    return Names(frozenset(read), frozenset(found.bound), frozenset(found.imported), everything)


def _is_python(source: str) -> bool:
    """Say whether a cell has no magics, which are rare, and slow to look for."""
    try:
        parse(source)
        return True
    except SyntaxError:
        return False


#: Statements that surely bind what they bind.
_SIMPLE = (ast.Assign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Expr)
_ANYTHING = {"get_ipython", "globals", "exec", "eval"}


def _globals_of(scope: symtable.SymbolTable) -> set[str]:
    """Return the names that a function, or what is in it, looks up outside of itself."""
    own = {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
    return own.union(*map(_globals_of, scope.get_children()))


class _Finder(ast.NodeVisitor):
    """Collects the names that a cell reads before it binds them, and those that it binds.

    Functions' own names are left out: what they read outside is asked of the symbol table.
    """

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.bound: set[str] = set()
        self.imported: set[str] = set()
        self.settled: set[str] = set()
        self.everything = False

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)
        elif node.id not in self.settled:
            self.read.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bound.add(node.name)
        for outside in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if outside is not None:
                self.visit(outside)
        for inside in ast.walk(node):
            if isinstance(inside, ast.Global):
                self.bound.update(inside.names)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(node.name)
        for outside in (*node.decorator_list, *node.bases):
            self.visit(outside)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        self.visit(node.generators[0].iter)  # the rest is a scope of its own

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        local = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        self.everything |= "*" in local
        self.bound |= local
        self.imported |= local

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bound.update(filter(None, [node.name]))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound |= _root(node) - self.settled
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_Expr(self, node: ast.Expr) -> None:
        """A call whose value is not used is there for what it changes."""
        call = node.value
        self.generic_visit(node)
        if isinstance(call, ast.Call):
            roots = _root(call.func)
            if not roots & _HARMLESS:
                self.bound |= roots.union(*map(_root, call.args)) - self.settled


def _root(node: ast.AST) -> set[str]:
    """Return the name that an expression such as `a.b[0].c` begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def needed(cells: Sequence[Names], wanted: Iterable[int], through: Iterable[int] = ()) -> set[int]:
    """Return the places of the cells that some cells need, they themselves among them.

    Args:
        cells: the names of every cell, in order.
        wanted: the places of those that are run in any case.
        through: places of cells that are never needed: others see to them.
    """
    apart = set(through)
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        mine = cells[place]
        for before in range(place):
            other = cells[before]
            if before not in apart and (
                other.everything or mine.everything or mine.read & (other.bound - _BUILTIN)
            ):
                waiting.append(before)
    return found
