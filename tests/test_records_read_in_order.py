"""A record reads like a page of a book: the equation, what is drawn, the contract, the mistakes."""

import ast
from pathlib import Path

import pytest

from rnn_utils import checks

FOLDER = Path(checks.__file__).parent
FILES = {
    str(file.relative_to(FOLDER)): ast.parse(file.read_text("utf-8"))
    for file in sorted(FOLDER.glob("lesson_*/*.py"))
    if file.name not in ("__init__.py", "shared.py")
}

#: What a record is told of, in this order; what is not named here stands wherever it explains most.
ORDER = ["name", "lesson", "points", "reference", "outputs", "draw", "contract", "mistakes"]


def named(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def parts(module: ast.Module) -> dict[str, ast.stmt]:
    """Return what a file defines, by name, in the order in which it stands there."""
    found: dict[str, ast.stmt] = {}
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = statement
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = statement
    return found


def record(module: ast.Module) -> ast.Call:
    """Return the call that makes the record, wherever in the file it stands."""
    (call,) = (
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Exercise"
    )
    return call


def is_drawing(statement: ast.stmt) -> bool:
    """Return whether a function draws arguments, by the generator and the sizes that it is given."""
    given = [a.arg for a in statement.args.args] if isinstance(statement, ast.FunctionDef) else []
    return given[:2] == ["rng", "sizes"]


def used_by(name: str, module: ast.Module) -> list[str]:
    """Return what an argument of the record is made of, and what that is made of, in the file's order."""
    defined = parts(module)
    waiting = [k.value for k in record(module).keywords if k.arg == name]
    found: set[str] = set()
    while waiting:
        new = (named(waiting.pop()) & set(defined)) - found
        found |= new
        waiting += [defined[one] for one in new]
    return [one for one in defined if one in found]


@pytest.mark.parametrize("file", FILES)
def test_a_record_reads_from_the_equation_to_the_mistakes(file):
    module = FILES[file]
    defined = parts(module)
    assert ast.get_docstring(module), "the equation comes first"
    assert list(defined)[-1] == "EXERCISE"
    given = [k.arg for k in record(module).keywords if k.arg in ORDER]
    assert given == sorted(given, key=ORDER.index)

    places = list(defined)
    inputs = {*used_by("draw", module), *used_by("contract", module)}
    drawings = [places.index(n) for n in defined if is_drawing(defined[n]) and n in inputs]
    wrong = [places.index(n) for n in used_by("mistakes", module) if n not in inputs]
    wrong = [place for place in wrong if isinstance(defined[places[place]], ast.FunctionDef)]
    if drawings and wrong:
        assert max(drawings) < min(wrong), (
            f"{places[max(drawings)]} comes after {places[min(wrong)]}"
        )
    if "_CONTRACT" in defined:
        contract = places.index("_CONTRACT")
        assert max(drawings, default=-1) < contract < min(wrong, default=len(places))
