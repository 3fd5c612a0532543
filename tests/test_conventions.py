"""A right function that takes its arguments in another convention is told so, whatever the exercise."""

from functools import partial

import numpy as np
import pytest

from rnn_utils.checks import exercises, judge
from rnn_utils.checks.framework.draws import map_arrays

RECORDS = exercises()
STAGES = ("visible", "hidden")
SEQUENCES = [
    name
    for name, record in RECORDS.items()
    if any("T N" in letters for letters in record.outputs.values())
    and name not in {"make_windows", "greedy_decode"}  # what they are given has no batch
]
WEIGHTS = ("rnn_step", "rnn_forward", "output_layer", "rnn_step_backward", "lstm_step", "gru_step")


def batch_first(record):
    """Return the reference as somebody would write it whose sequences come with the batch first."""
    names = [*record.arguments(record.cases[0], "visible")]
    axes = [
        letters.split().index("T") if "T N" in letters else None
        for letters in record.outputs.values()
    ]

    def exchanged(front, array):
        for k in range(array.ndim - 1):
            if array.shape[k : k + 2] == front:
                return np.swapaxes(array, k, k + 1)
        return array

    def function(*arguments):
        given = dict(zip(names, arguments, strict=True))
        sequences = [a for a in arguments if getattr(a, "ndim", 0) == 3] or [arguments[0]]
        N, T = sequences[0].shape[:2]
        for name in given.keys() - {"h0", "c0"}:
            given[name] = map_arrays(partial(exchanged, (N, T)), given[name], kinds="biuf")
        value = record.reference(*given.values())
        parts = value if isinstance(value, tuple) else (value,)
        turned = [
            part if axis is None else np.swapaxes(part, axis, axis + 1)
            for part, axis in zip(parts, axes, strict=False)
        ]
        return (*turned, *parts[len(turned) :]) if isinstance(value, tuple) else turned[0]

    return function


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", SEQUENCES)
def test_batch_first_is_said(name, stage, monkeypatch):
    record = RECORDS[name]
    monkeypatch.setattr("rnn_utils.checks.framework.judge.holding", lambda _: frozenset())
    verdict = judge(record, batch_first(record), stage)
    assert not verdict.passed
    assert any("batch" in name or "axes" in name for name in verdict.mistakes), verdict.message


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_the_other_way_round_are_said(name, monkeypatch):
    record = RECORDS[name]
    monkeypatch.setattr("rnn_utils.checks.framework.judge.holding", lambda _: frozenset())
    names = [*record.arguments(record.cases[0], "visible")]

    def function(*arguments):
        return record.reference(
            *(a.T if n.startswith("W") else a for n, a in zip(names, arguments, strict=True))
        )

    verdict = judge(record, function)
    assert not verdict.passed
    assert verdict.mistakes, verdict.message


@pytest.mark.parametrize(
    "name", ["rnn_step", "is_stable", "attend", "make_windows", "lstm_forward"]
)
def test_exchanged_arguments_are_said(name, monkeypatch):
    record = RECORDS[name]
    monkeypatch.setattr("rnn_utils.checks.framework.judge.holding", lambda _: frozenset())

    def function(a, b, *others):
        return record.reference(b, a, *others)

    verdict = judge(record, function)
    assert not verdict.passed
    assert verdict.mistakes, verdict.message


def test_a_function_that_crashes_whatever_it_gets_is_told_its_crash_alone():
    def crashing(x, *others):
        return x[..., 99]

    verdict = judge(RECORDS["rnn_forward"], crashing)
    assert verdict.status == "crashed"
    assert not verdict.mistakes
