"""Right answers with one thing changed: whatever passes a check must truly be right.

Each right answer is mutated at every operator, number, comparison, `.T` and statement. A mutant that
passes has to agree with the reference on fresh draws that no check uses; one that fails has to differ
somewhere. So neither the cases nor the tolerances leave a gap that a mistake could fit through.
"""

import ast
import inspect
import textwrap
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from importlib import import_module

import numpy as np
import pytest
from test_graders import RIGHT, unwatched

from rnn_utils.checks import exercise
from rnn_utils.checks.framework import run
from rnn_utils.checks.framework.comparison import as_arrays, near
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.judge import passes

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}

#: What ends a loop that a change has made endless, by an error.
(TURNS,) = ast.parse("turns_left = iter(range(10_000))").body
ANOTHER_TURN = ast.parse("next(turns_left) >= 0", mode="eval").body


def mutants(function):
    """Yield (what was changed, the changed function) for every single change."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    for loop in (node for node in nodes if isinstance(node, ast.While)):
        loop.test = ast.BoolOp(ast.And(), [ANOTHER_TURN, loop.test])
    for node in nodes:
        for what, field, changed in _changes(node):
            kept = getattr(node, field)
            setattr(node, field, changed)
            tree.body[0].body.insert(0, TURNS)
            try:
                code = compile(ast.fix_missing_locations(tree), "<mutant>", "exec")
            except SyntaxError:
                continue
            finally:
                tree.body[0].body.remove(TURNS)
                setattr(node, field, kept)
            names = dict(function.__globals__)
            exec(code, names)
            yield f"{what}, line {getattr(node, 'lineno', 0)}", names[function.__name__]


def _changes(node):
    """Yield (what is changed, the field of the node, its other value)."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAPS:
        swapped = SWAPS[type(node.op)]
        yield f"{type(node.op).__name__} to {swapped.__name__}", "op", swapped()
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        swapped = SWAPS[type(node.ops[0])]
        what = f"{type(node.ops[0]).__name__} to {swapped.__name__}"
        yield what, "ops", [swapped(), *node.ops[1:]]
    if (
        isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and abs(node.value) < 100
    ):
        for step in (1, -1):
            yield f"{node.value} {step:+}", "value", node.value + step
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus dropped", "op", ast.UAdd()
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose dropped", "attr", "real"
    if isinstance(node, ast.FunctionDef | ast.For | ast.If) and len(node.body) > 1:
        for k, statement in enumerate(node.body):
            if not isinstance(statement, ast.Return):
                yield "statement dropped", "body", node.body[:k] + node.body[k + 1 :]


def agrees(record, function):
    """Whether a function agrees with the reference on draws that no check uses."""
    for case in record.cases:
        for seed in range(3 if by_chance(record) else 12):
            stage = f"fresh draw {seed}"
            expected = expected_in(record, case, stage)
            arguments = tuple(record.arguments(case, stage).values())
            outcome = run.call(record.judged(function), arguments)
            if outcome.crash is not None or not _equal(record, outcome.value, expected, case):
                return False
    return True


def by_chance(record):
    """Whether it is judged by thousands of draws."""
    return record.trial is not None and record.trial.expect is not None


def _equal(record, value, expected, case):
    tolerance = record.tolerance if by_chance(record) else 10 * record.tolerance
    tolerance = 1e-3 if case.dtype is not None else tolerance
    try:
        came = as_arrays(record, value)
        return len(came) == len(expected) and all(
            near(a, b, tolerance, 1e-9) for a, b in zip(came, expected, strict=True)
        )
    except (TypeError, ValueError):
        return False


@lru_cache(maxsize=1 << 12)
def expected_in(record, case, stage):
    """Return what the reference gives there, for all mutants of all answers."""
    return as_arrays(record, record.expected_in(case, stage))


#: Where the exercises that are judged by chance keep how often they draw.
DRAWS = {"sample_next": "_REPEATS", "generate": "_TEXTS", "orthogonal": "_DRAWS"}


@contextmanager
def few_draws(record):
    """Draw a tenth as often by chance, with the wider bound that goes with it."""
    with pytest.MonkeyPatch.context() as patch:
        if by_chance(record):
            made = record.trial.run.__globals__
            patch.setitem(made, DRAWS[record.name], made[DRAWS[record.name]] // 10)
            record = replace(record, tolerance=np.sqrt(10) * record.tolerance)
        yield record


@pytest.mark.parametrize(
    ("name", "answer"),
    [pytest.param(n, a, id=f"{n}: {a.__name__}") for n, answers in RIGHT.items() for a in answers],
)
def test_what_passes_is_right(name, answer, monkeypatch):
    judging = import_module("rnn_utils.checks.framework.judge")
    monkeypatch.setattr(judging, "call", partial(run.call, seconds=1.0))
    unwatched(monkeypatch)  # no change of a right answer begins to call the reference
    record = exercise(name)
    suspects = []
    with few_draws(record) as few:
        # A verdict is never better for more cases, and nearly every mutant fails in the first.
        only = Contract(float32=False, layouts=False, edges=record.cases[:1])
        first = replace(few, draws=0, contract=only)
        for what, mutant in mutants(answer):
            if passes(first, mutant, "visible") and not agrees(few, mutant):
                suspects.append((what, mutant))
    for what, mutant in suspects:
        passed = all(passes(record, mutant, stage) for stage in ("visible", "hidden"))
        assert not passed, f"passes and is wrong: {what}"
