"""Right answers with one thing changed: whatever passes a check must truly be right.

Each right answer is mutated at every operator, number, comparison, `.T` and statement. A mutant that
passes has to agree with the reference on fresh draws that no check uses; one that fails has to differ
somewhere. So neither the cases nor the tolerances leave a gap that a mistake could fit through.
"""

import ast
import inspect
import textwrap
from dataclasses import replace
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from test_graders import RIGHT, only_whether_it_passes, unwatched

from rnn_utils.checks import exercise, judge
from rnn_utils.checks.framework import run
from rnn_utils.checks.framework.contract import Contract

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


def mutants(function):
    """Yield (what was changed, the changed function) for every single change."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = ast.parse(source)
    for node in list(ast.walk(tree)):
        for what, field, changed in _changes(node):
            kept = getattr(node, field)
            setattr(node, field, changed)
            try:
                code = compile(tree, f"<mutant of {function.__name__}>", "exec")
            except SyntaxError:
                continue
            finally:
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
    # A trial by chance draws thousands of times from its arguments.
    by_chance = record.trial is not None and record.trial.expect is not None
    for case in record.cases:
        for seed in range(3 if by_chance else 12):
            stage = f"fresh draw {seed}"
            expected = record.expected_in(case, stage)
            arguments = tuple(record.arguments(case, stage).values())
            outcome = run.call(record.judged(function), arguments)
            if outcome.crash is not None or not _equal(record, outcome.value, expected, case):
                return False
    return True


def _equal(record, value, expected, case):
    tolerance = 1e-3 if case.dtype is not None else 10 * record.tolerance
    try:
        pairs = [_outputs(record, side) for side in (value, expected)]
        return len(pairs[0]) == len(pairs[1]) and all(
            np.shape(a) == np.shape(b)
            and np.allclose(a, b, rtol=tolerance, atol=tolerance * np.max(np.abs(b), initial=1e-9))
            for a, b in zip(*pairs, strict=True)
        )
    except (TypeError, ValueError):
        return False


def _outputs(record, value):
    if record.convert is not None:
        value = record.convert(value)
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize(
    ("name", "answer"),
    [pytest.param(n, a, id=f"{n}: {a.__name__}") for n, answers in RIGHT.items() for a in answers],
)
def test_what_passes_is_right(name, answer, monkeypatch):
    judging = import_module("rnn_utils.checks.framework.judge")
    monkeypatch.setattr(judging, "call", partial(run.call, seconds=1.0))
    only_whether_it_passes(monkeypatch)
    unwatched(monkeypatch)  # no change of a right answer begins to call the reference
    record = exercise(name)
    # A verdict is never better for more cases, and nearly every mutant fails in the first.
    only = Contract(float32=False, layouts=False, edges=record.cases[:1])
    first = replace(record, draws=0, contract=only)
    for what, mutant in mutants(answer):
        if not judge(first, mutant).passed:
            continue
        passed = all(judge(record, mutant, stage).passed for stage in ("visible", "hidden"))
        if passed:
            assert agrees(record, mutant), f"passes and is wrong: {what}"
