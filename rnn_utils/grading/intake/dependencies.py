"""Which cells a cell needs: those before it that bind, or may change, a name that it uses.

A lesson draws dozens of figures that no exercise needs; running them for every student is most of the
time that grading takes. Where every test is a call of the course's checks, which bring arguments of
their own, those that stand as they were handed out are left out, unless a cell that a student wrote or
changed needs them. What another test uses may have changed by ways that no names tell, so that there
every cell is run, as nbgrader does.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

from rnn_utils.grading.intake.syntax import parse

_BUILTIN = frozenset(dir(builtins))

#: What may be called with a name without changing what it stands for.
_HARMLESS = _BUILTIN - {"next", "setattr", "delattr"} | {"display", "check"}


class Names(NamedTuple):
    """The names of a cell.

    Functions of it read `later`, when they are called. It may change what `changed` stands for, and what
    `passed` does if that is no module and no function from one. `everything` is whether it may bind or
    read any name.
    """

    read: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
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
        text = source if _is_python(source) else _without_magics(source)
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
    sets = (read, inner, found.bound, found.changed, found.passed, found.imported)
    return Names._make((*map(frozenset, sets), everything))


def _is_python(source: str) -> bool:
    """Say whether a cell has no magics, which are rare, and slow to look for."""
    try:
        parse(source)
        return True
    except SyntaxError:
        return False


#: Magics that touch no name, and those that run what is given them as a part of the cell.
_APART = frozenset(
    [
        "autoreload",
        "cd",
        "conda",
        "config",
        "env",
        "load_ext",
        "ls",
        "matplotlib",
        "mkdir",
        "pinfo",
        "pinfo2",
        "pip",
        "precision",
        "pwd",
        "set_env",
        "system",
        "sx",
        "uv",
        "xmode",
    ]
)
_WITHIN = ("capture", "prun", "time")


def _without_magics(source: str) -> str:
    """Return a cell as Python, without those of its magics that touch no name."""
    tree = parse(TransformerManager().transform_cell(source))
    return ast.unparse(ast.fix_missing_locations(_Magics().visit(tree)))


class _Magics(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> Any:
        match _magic(node.value):
            case "run_cell_magic", [str(name), "", str(body)] if name in _WITHIN:
                return parse(_without_magics(body)).body or ast.Pass()
            case "run_line_magic", [str(name), str(body)] if name in _WITHIN:
                return parse(_without_magics(body)).body or ast.Pass()
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        match _magic(node):
            case "system" | "getoutput", [str(line)] if not re.search(r"[{$]", line):
                return ast.Constant(None)
            case "run_line_magic", [str(name), _] if name in _APART:
                return ast.Constant(None)
        return self.generic_visit(node)


def _magic(node: ast.expr) -> tuple[str, list[Any]] | None:
    """Return how IPython is called, and with what; nothing for any other expression."""
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("get_ipython"), []), name), given, []):
            if all(isinstance(one, ast.Constant) for one in given):
                return name, [one.value for one in given if isinstance(one, ast.Constant)]
    return None


#: Statements that surely bind what they bind.
_SIMPLE = (ast.Assign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Expr)
_ANYTHING = {"get_ipython", "globals", "locals", "vars", "exec", "eval"}


def _globals_of(scope: symtable.SymbolTable) -> set[str]:
    """Return the names that a function, or what is in it, looks up outside of itself."""
    own = {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
    return own.union(*map(_globals_of, scope.get_children()))


class _Finder(ast.NodeVisitor):
    """Collects the names that a cell reads before it binds them, and what it does to others.

    Functions' own names are left out: what they read outside is asked of the symbol table.
    """

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        self.passed: set[str] = set()
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
        arguments = node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        hints = (a.annotation for a in (*every, arguments.vararg, arguments.kwarg) if a)
        values = (*arguments.defaults, *arguments.kw_defaults)
        for outside in (*node.decorator_list, *values, *hints, node.returns):
            if outside is not None:
                self.visit(outside)
        for inside in ast.walk(node):
            if isinstance(inside, ast.Global):
                self.bound.update(inside.names)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(node.name)
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for outside in (*node.args.defaults, *node.args.kw_defaults):
            if outside is not None:
                self.visit(outside)

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        # It is a scope of its own, which the symbol table shows in some versions of Python only.
        self.visit(node.generators[0].iter)
        inside = _Finder()
        inside.settled = self.settled
        inside.generic_visit(node)
        own = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        self.read |= inside.read - own
        self.bound |= inside.bound - own
        self.changed |= inside.changed - own
        self.passed |= inside.passed - own

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.bound.update(filter(None, [node.name]))
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.bound.update(filter(None, [node.rest]))
        self.generic_visit(node)

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
            self.changed |= _root(node) - self.settled
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_Expr(self, node: ast.Expr) -> None:
        """A call whose value is not used is there for what it changes."""
        if isinstance(node.value, ast.Call):
            self.changed |= _root(node.value.func) - _HARMLESS - self.settled
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if not _root(node.func) & _HARMLESS:
            given = (node.func, *node.args, *(keyword.value for keyword in node.keywords))
            inside = (name for part in given for name in ast.walk(part))
            self.passed |= {n.id for n in inside if isinstance(n, ast.Name)} - self.settled
        self.generic_visit(node)


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
    modules = {name for cell in cells for name in cell.imported}
    changes = [c.bound | c.changed | (c.passed - modules - _BUILTIN) for c in cells]
    apart = set(through)
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        mine = cells[place]
        for k in set(range(len(cells))) - apart:
            if k < place:
                needs = cells[k].everything or mine.everything or mine.read & changes[k]
            else:
                # A function finds what its names stand for when it is called.
                needs = mine.later & (cells[k].bound | cells[k].changed)
            if needs:
                waiting.append(k)
    return found


def only_checks(source: str) -> bool:
    """Say whether a test cell does nothing but call the course's checks.

    Example:
        >>> only_checks('check("half_life", half_life)'), only_checks("assert half_life(0.5) == 1")
        (True, False)
    """
    statements = _statements(source)
    return statements is not None and all(_is_check(statement) for statement in statements)


class Check(NamedTuple):
    """A call of the course's checks: `grade("half_life", half_life, "00ff")`."""

    called: str
    exercise: str
    function: str
    seed: str = ""


def checks_of(source: str) -> list[Check]:
    """Return the checks that a test cell is made of, none if it does anything else.

    Example:
        >>> checks_of('check("half_life", half_life)')
        [Check(called='check', exercise='half_life', function='half_life', seed='')]
    """
    statements = _statements(source) if only_checks(source) else None
    return [check for statement in statements or [] if (check := _check(statement))]


def _statements(source: str) -> list[ast.stmt] | None:
    try:
        return parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _check(statement: ast.stmt) -> Check | None:
    match statement:
        case ast.Expr(
            ast.Call(
                ast.Name("check" | "grade" as called),
                [ast.Constant(str(exercise)), ast.Name(function), *seed],
                [],
            )
        ):
            match seed:
                case []:
                    return Check(called, exercise, function)
                case [ast.Constant(str(text))]:
                    return Check(called, exercise, function, text)
    return None


def _is_check(statement: ast.stmt) -> bool:
    match statement:
        case ast.ImportFrom(module="rnn_utils.checks"):
            return True
    return _check(statement) is not None
