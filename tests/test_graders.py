"""The graders, graded: a check that a wrong solution passes, or a right one fails, is the worst bug.

One file, since each test is a promise about every exercise, listed one below the other.
"""

import re
import signal
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from plain_rnn import backward

from rnn_utils.cells import rnn
from rnn_utils.checks import (
    CheckFailed,
    Score,
    check,
    exercise,
    exercises,
    grade,
    judge,
    yours_or_ours,
)
from rnn_utils.checks import judge as judge_function
from rnn_utils.checks.framework import run
from rnn_utils.checks.framework.comparison import try_mistake
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import LETTERS, draw_sizes
from rnn_utils.checks.framework.judge import passes
from rnn_utils.checks.framework.panel import as_html, as_text
from rnn_utils.training.fast import rnn as fast_rnn
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.parameters import RNNParameters

JUDGING = import_module("rnn_utils.checks.framework.judge")
STAGES = ("visible", "hidden")
RECORDS = exercises()
RIGHT = {
    name: answers
    for path in sorted((Path(__file__).parent / "right_answers").glob("lesson_*.py"))
    for name, answers in import_module(f"right_answers.{path.stem}").RIGHT_ANSWERS.items()
}


def each_exercise(test):
    return pytest.mark.parametrize("record", RECORDS.values(), ids=list(RECORDS))(test)


# What every exercise is held to --------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
@each_exercise
def test_every_known_mistake_fails_and_is_named_without_hidden_values(record, stage, monkeypatch):
    unwatched(monkeypatch)  # mistakes are the package's own code, in which no call counts
    first = record
    if stage == "hidden" or record.lesson > "05":  # one lesson's worth of small inputs is enough
        monkeypatch.setattr(JUDGING, "smallest_failing", lambda *_: "")
        first = only_general(record)
    # Visibly, each is made once to be judged and once more to be recognised: it gives the same again. A
    # trial finds that out by itself, in thousands of draws.
    if stage == "hidden" or record.trial is not None:
        made_once(first, monkeypatch)
    wrongly_judged = {}
    for mistake in record.mistakes:
        if " + " in mistake.name:
            continue
        verdict = judge(first, mistake.wrong, stage)
        if verdict.passed:
            verdict = judge(record, mistake.wrong, stage)
        told = verdict.message.replace(mistake.says, "")
        if (
            verdict.passed
            or mistake.name not in verdict.mistakes
            or mistake.says not in verdict.message
            or (stage == "hidden" and re.search(r"\d\.\d{3,}", told))
        ):
            wrongly_judged[mistake.name] = verdict
    assert not wrongly_judged


def only_general(record):
    """Return a record without its edges: of what fails in a general case, these change no word."""
    return replace(record, contract=Contract(float32=False, layouts=False, edges=_general(record)))


def _general(record):
    return tuple(case for case in record.contract.cases() if case.general)


def made_once(record, monkeypatch):
    """Judge what a known mistake gives in a case by what is kept of it to recognise it."""
    known = {mistake.wrong: mistake for mistake in record.mistakes}
    try_all = JUDGING._try_all

    def tried(exercise, function, stage, cases, watched):
        if exercise is not record:
            return try_all(exercise, function, stage, cases, watched)
        return (try_mistake(record, known[function], case, stage) for case in cases)

    monkeypatch.setattr(JUDGING, "_try_all", tried)


@each_exercise
def test_at_least_three_differently_written_answers_are_known(record):
    assert len(set(RIGHT.get(record.name, ()))) >= 3


@pytest.mark.parametrize("stage", STAGES)
@each_exercise
def test_every_right_answer_passes(record, stage):
    for answer in RIGHT[record.name]:
        verdict = judge(record, answer, stage)
        assert verdict.passed, (answer.__name__, verdict.message)
        assert verdict.share == 1.0


@each_exercise
def test_an_unfilled_stub_is_not_done_yet(record):
    def stub(*arguments):
        raise NotImplementedError("not done yet")

    verdict = judge(record, stub)
    assert verdict.status == "not done"
    assert "not done yet" in as_text(verdict, "visible").lower()
    assert verdict.share == 0


@each_exercise
def test_a_crash_points_to_the_learners_line(record):
    def crashing(*arguments):
        surprise = {}
        return surprise["nothing here"]

    verdict = judge(record, crashing)
    assert verdict.status == "crashed"
    assert "KeyError at line 3 of `crashing`" in verdict.message
    assert 'surprise["nothing here"]' in verdict.message
    assert "rnn_utils" not in verdict.message


def unwatched(monkeypatch):
    """Call without watching, which takes half of the time, what cannot call a reference."""
    monkeypatch.setattr(JUDGING, "holding", lambda _: frozenset())


@each_exercise
def test_a_constant_never_passes(record, monkeypatch):
    unwatched(monkeypatch)
    values = list(record.arguments(record.cases[0], "visible").values())
    expected = record.reference(*values)
    constants = [0, 1, 0.5, True, False, np.inf, np.nan, None, "0", [], {}, values[0], expected]
    for constant in constants:
        assert not passes(record, lambda *_, c=constant: c, "visible"), constant


@pytest.mark.parametrize("stage", STAGES)
@each_exercise
def test_a_small_error_anywhere_fails(record, stage, monkeypatch):
    """Every number of every output counts, at the first step as at the last."""
    unwatched(monkeypatch)
    shapes = [
        np.shape(value)
        for value in _outputs(record, record.reference(*_first_arguments(record, stage)))
    ]
    for k, shape in enumerate(shapes):
        for place in ("first", "last"):
            answer = partial(_slightly_wrong, record, k, place)
            assert not passes(record, answer, stage), (k, place, shape)


def _first_arguments(record, stage):
    return record.arguments(record.cases[0], stage).values()


def _outputs(record, value):
    if record.convert is not None:
        value = record.convert(value)
    return value if isinstance(value, tuple) else (value,)


def _slightly_wrong(record, k, place, *arguments):
    # The reference is called from a copy of its code, so that nobody takes this for copying it.
    outputs = [np.array(v, dtype=float) for v in _outputs(record, _copied(record)(*arguments))]
    index = (0 if place == "first" else -1,) * outputs[k].ndim
    scale = np.abs(outputs[k][np.isfinite(outputs[k])]).max(initial=0.0) or 1.0
    outputs[k][index] += 1e-3 * scale
    return tuple(outputs) if len(outputs) > 1 else outputs[0]


def _copied(record):
    """Return the reference under another code object, which the judge does not watch."""
    code = record.reference.__code__
    return type(record.reference)(
        code.replace(co_name="copied"),
        record.reference.__globals__,
        "copied",
        record.reference.__defaults__,
        record.reference.__closure__,
    )


@each_exercise
def test_hidden_cases_draw_other_values_than_visible_ones(record):
    for case in record.cases:
        if case.general and case.draw is None:
            a, b = (list(record.arguments(case, stage).values()) for stage in STAGES)
            assert repr(a) != repr(b)


def test_the_words_of_an_error_do_not_tell_hidden_values():
    def telling(*arguments):
        raise type(str(arguments), (ValueError,), {})(str(arguments))

    record = exercise("rnn_step")
    value = str(next(iter(_first_arguments(record, "hidden")))[0, 0])[:6]
    assert value not in judge(record, telling, "hidden").message
    assert "ValueError at line" in judge(record, telling, "hidden").message


@each_exercise
def test_calling_the_reference_is_said(record):
    verdict = judge(record, lambda *arguments: record.reference(*arguments))
    assert verdict.mistakes == ("calls the reference",)
    assert verdict.share == 0


# What any function may do ------------------------------------------------------------------------


def right_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def test_an_argument_changed_in_place_is_said_in_words():
    def greedy(x_t, h_prev, W_xh, W_hh, b_h):
        h_prev[:] = right_step(x_t, h_prev, W_xh, W_hh, b_h)
        return h_prev.copy()

    verdict = judge(exercise("rnn_step"), greedy)
    assert not verdict.passed
    assert verdict.mistakes == ("changes an argument in place",)
    assert "The values are right" in verdict.message
    assert "h_prev" in verdict.message
    assert "`h_t` is wrong" not in verdict.message


def test_a_mistake_and_a_changed_argument_are_both_said():
    def greedy(x_t, h_prev, W_xh, W_hh, b_h):
        x_t *= 2.0
        return x_t / 2 @ W_xh.T + h_prev @ W_hh.T + b_h

    verdict = judge(exercise("rnn_step"), greedy)
    assert set(verdict.mistakes) == {"no tanh", "changes an argument in place"}


def test_an_argument_that_is_moved_and_put_back_counts_as_unchanged():
    def careful(x_t, h_prev, W_xh, W_hh, b_h):
        x_t += 0.1
        x_t -= 0.2
        x_t += 0.1  # which restores it to rounding
        return right_step(x_t, h_prev, W_xh, W_hh, b_h)

    assert judge(exercise("rnn_step"), careful).passed


@pytest.mark.parametrize("name", ["rnn_step", "rnn_forward"])
def test_a_squeeze_that_breaks_sizes_of_one_is_said(name):
    right = {"rnn_step": right_step, "rnn_forward": loop}[name]

    def squeezing(*arguments):
        return right(*arguments).squeeze()

    verdict = judge(exercise(name), squeezing)
    assert not verdict.passed
    assert "N = 1" in verdict.message
    assert 0 < verdict.share < 1


def loop(x, h0, W_xh, W_hh, b_h):
    h = np.zeros((len(x), *h0.shape))
    h_prev = h0
    for t in range(len(x)):
        h_prev = h[t] = right_step(x[t], h_prev, W_xh, W_hh, b_h)
    return h


def test_reading_the_second_step_fails_only_at_length_one_and_that_is_said():
    def needs_two(x, h0, W_xh, W_hh, b_h):
        assert x[1] is not None
        return loop(x, h0, W_xh, W_hh, b_h)

    verdict = judge(exercise("rnn_forward"), needs_two)
    assert verdict.status == "crashed"
    assert "T = 1" in verdict.message
    assert verdict.mistakes == ("sizes of one",)


def test_garbage_in_an_empty_buffer_is_recognised_as_a_wrong_start():
    def uninitialised(x, h0, W_xh, W_hh, b_h):
        h = np.full((len(x), *h0.shape), 0.37)
        for t in range(len(x)):
            h[t] = right_step(x[t], h[t - 1], W_xh, W_hh, b_h)
        return h

    assert judge(exercise("rnn_forward"), uninitialised).mistakes == ("zeros instead of h0",)


@pytest.mark.parametrize(
    "interrupts", [signal.default_int_handler, signal.SIG_IGN, signal.SIG_DFL, lambda *_: None]
)
def test_an_endless_loop_is_stopped_and_its_line_named(monkeypatch, interrupts):
    """Also where interrupts are ignored, as in what a script begins with `&`."""
    before = signal.signal(signal.SIGINT, interrupts)
    monkeypatch.setattr(JUDGING, "call", partial(run.call, seconds=0.3))

    def endless(x_t, h_prev, W_xh, W_hh, b_h):
        while True:
            h_prev = h_prev + 0.0

    verdict = judge(exercise("rnn_step"), endless)
    assert signal.signal(signal.SIGINT, before) is interrupts
    assert verdict.status == "crashed"
    assert "never ends" in verdict.message
    assert re.search(
        r"at line \d of `endless`, `(while True:|h_prev = h_prev \+ 0.0)`", verdict.message
    )


def test_a_crash_that_suggests_its_cause_is_told_with_it():
    def elementwise(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t * W_xh + h_prev @ W_hh.T + b_h)

    def asks_an_array(h, threshold):
        return sum(1 for row in h if row > threshold) / h.size

    assert "product of matrices is `@`" in judge(exercise("rnn_step"), elementwise).message
    assert "whole array at once" in judge(exercise("saturated_fraction"), asks_an_array).message


def test_a_crash_at_an_instruction_of_no_line_is_told_by_the_functions_first():
    """As where an endless loop is interrupted between two lines."""

    def crashing(*arguments):
        return {}["nothing here"]

    crashing.__code__ = crashing.__code__.replace(co_linetable=b"")
    assert "KeyError at line 1 of `crashing`" in judge(exercise("rnn_step"), crashing).message


def test_leaving_by_exit_is_a_crash_and_not_the_end():
    verdict = judge(exercise("rnn_step"), lambda *_: exit(0))
    assert verdict.status == "crashed"


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, "`return` missing"),
        ("h", "real numbers"),
        ((1.0, 2.0), "a tuple of 2"),
        (1j, "real numbers"),
        ([[1.0], [2.0, 3.0]], "real numbers"),
        ([(np.zeros((3, 5)), np.zeros(5))], "real numbers"),
    ],
)
def test_a_value_of_the_wrong_kind_is_said(returned, says):
    assert says in judge(exercise("rnn_step"), lambda *_: returned).message


def test_a_list_of_states_is_asked_to_be_stacked():
    verdict = judge(exercise("rnn_forward"), lambda *arguments: list(loop(*arguments)))
    assert "np.stack" in verdict.message


def test_exchanged_axes_and_kept_axes_and_factors_are_recognised():
    step = exercise("rnn_step")
    assert judge(step, lambda *a: right_step(*a).T).mistakes == ("exchanged axes",)
    assert judge(step, lambda *a: right_step(*a)[None]).mistakes == ("kept axis",)
    assert judge(step, lambda *a: -right_step(*a)).mistakes == ("sign",)
    assert judge(step, lambda *a: 3 * right_step(*a)).mistakes == ("constant factor",)
    assert judge(step, lambda *a: right_step(*a) / len(a[0])).mistakes == ("mean or sum",)
    assert judge(step, lambda *a: 0 * right_step(*a)).mistakes == ("unfinished",)
    forward = exercise("rnn_forward")
    assert judge(forward, lambda *a: loop(*a)[::-1]).mistakes == ("reversed time",)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda dx, dh0, dW_xh, dW_hh, db: (dx, dh0, dW_hh, dW_xh, db), {"order of the outputs"}),
        (lambda dx, dh0, dW_xh, dW_hh, db: (dx, 0 * dh0, dW_xh, dW_hh, db), {"unfinished"}),
        (lambda dx, dh0, dW_xh, dW_hh, db: (dx, None, dW_xh, dW_hh, db), {"unfinished"}),
        (
            lambda dx, dh0, dW_xh, dW_hh, db: (dx, 0 * dh0, dW_xh, dW_hh.T, db),
            {"unfinished", "dW_hh transposed"},
        ),
        (
            lambda dx, dh0, dW_xh, dW_hh, db: (dx[::-1], dh0, dW_xh, dW_hh, db[None]),
            {"dx in reverse", "db_h with a kept axis"},
        ),
        (
            lambda *gradients: tuple(np.clip(g, -7.5, 7.5) for g in gradients),
            {"clipped"},
        ),
    ],
)
def test_each_wrong_output_is_explained_by_itself(change, names):
    verdict = judge(exercise("rnn_backward"), lambda *arguments: change(*backward(*arguments)))
    assert set(verdict.mistakes) == names, verdict.message
    assert not verdict.passed


def test_the_first_wrong_step_is_named():
    def forgets_midway(x, h0, W_xh, W_hh, b_h):
        h = loop(x, h0, W_xh, W_hh, b_h)
        h[2:] += 0.1
        return h

    message = judge(exercise("rnn_forward"), forgets_midway).message
    assert re.search(r"right before step 3 of \d and wrong from there on", message)


def test_something_that_is_no_function_is_said():
    assert judge(exercise("rnn_step"), 3.0).status == "not done"


def test_prints_and_warnings_are_kept_out_of_the_cell(capsys):
    def chatty(x_t, h_prev, W_xh, W_hh, b_h):
        print("here I am")
        np.log(np.zeros(1) - 1)
        np.array([1.0]) / np.zeros(1)
        return right_step(x_t, h_prev, W_xh, W_hh, b_h)

    verdict = judge(exercise("rnn_step"), chatty)
    captured = capsys.readouterr()
    assert verdict.passed
    assert captured.out == captured.err == ""
    assert "here I am" in verdict.printed
    assert "here I am" in as_html(verdict, "visible")
    assert "here I am" in as_text(verdict, "visible")
    assert "here I am" not in as_html(verdict, "hidden")


def test_half_of_the_work_earns_a_part_of_the_points():
    """An answer that is right but for the edges earns three quarters."""

    def only_two_or_more(x_t, h_prev, W_xh, W_hh, b_h):
        if 1 in h_prev.shape:
            raise ValueError("too small")
        return right_step(x_t, h_prev, W_xh, W_hh, b_h)

    assert judge(exercise("rnn_step"), only_two_or_more).share == 0.75


def test_hoisting_is_asked_for_and_not_only_equal_values():
    record = exercise("rnn_forward_hoisted")
    verdict = judge(record, loop)
    assert verdict.mistakes == ("misses the point",)
    assert "inside the loop" in verdict.message
    assert verdict.share == 0  # the values alone are those of the exercise before


@pytest.mark.parametrize("stage", STAGES)
def test_differences_of_function_values_are_no_derivation(stage):
    def by_differences(y, targets):
        def loss(scores):
            s = scores - scores.max(axis=1, keepdims=True)
            log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            return -np.mean(log_p[np.arange(len(y)), targets])

        slopes = np.zeros(y.shape)
        for k in np.ndindex(y.shape):
            moved = np.zeros(y.shape)
            moved[k] = 1e-5
            slopes[k] = (loss(y + moved) - loss(y - moved)) / 2e-5
        return slopes

    record = replace(exercise("cross_entropy_backward"), contract=Contract(float32=False))
    verdict = judge(record, by_differences, stage)
    assert verdict.mistakes == ("misses the point",), verdict.message
    assert verdict.share == 0

    def derived_in_float32(y, targets):
        e = np.exp((y - y.max(axis=1, keepdims=True)).astype(np.float32))
        p = e / e.sum(axis=1, keepdims=True)
        p[np.arange(len(y)), targets] -= 1
        return p / len(y)

    assert judge(record, derived_in_float32, stage).passed


def test_whatever_in_the_package_holds_the_answer_counts_as_the_reference():
    def by_workspace(parameters, x, targets):
        return Workspace().loss_and_gradients(parameters, x, targets)

    def by_fast(x, h0, W_xh, W_hh, b_h):
        parameters = RNNParameters(W_xh, W_hh, b_h, W_xh, b_h)
        return fast_rnn.forward(lambda _, shape: np.empty(shape), x, h0, parameters)[0][1:]

    def by_steps_of_an_earlier_exercise(x, h0, W_xh, W_hh, b_h):
        states = []
        for x_t in x:
            h0 = rnn.rnn_step(x_t, h0, W_xh, W_hh, b_h)
            states.append(h0)
        return np.stack(states)

    assert judge(exercise("loss_and_gradients"), by_workspace).mistakes == ("calls the reference",)
    assert judge(exercise("rnn_forward"), by_fast).mistakes == ("calls the reference",)
    assert judge(exercise("rnn_forward"), by_steps_of_an_earlier_exercise).passed


# What check and grade show -------------------------------------------------------------------------


def test_the_score_is_a_plain_number_for_nbgrader():
    assert repr(Score(1.5, 2)) == "1.5"
    assert repr(Score(9.0, 2)) == "2.0"
    assert repr(Score(-1.0, 2)) == "0.0"
    assert isinstance(Score(1.0, 2), float)


def test_a_visible_check_never_claims_to_be_all_tests(capsys):
    check("rnn_step", right_step)
    out = capsys.readouterr().out
    assert "visible checks passed" in out
    assert not re.search(r"\ball\b", out)


def test_check_and_grade_give_the_points(capsys):
    assert check("rnn_step", right_step) == grade("rnn_step", right_step) == 2.0
    assert check("rnn_step", lambda *a: right_step(*a) + 1) == 0.0


def test_while_nbgrader_validates_a_failing_check_raises_its_message_alone(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed, match="tanh is missing") as caught:
        check("rnn_step", lambda x, h, W_xh, W_hh, b: x @ W_xh.T + h @ W_hh.T + b)
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_what_validating_shows_is_wrapped(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(CheckFailed) as caught:
        check("rnn_step", lambda *a: right_step(*a) + 1)
    told = str(caught.value).split("A small input")[0]
    assert max(map(len, told.splitlines())) <= 88


def test_points_are_told_to_two_places(capsys):
    def one_of_five_is_wrong_and_one_loses_an_axis(dh, x, h0, h, W_xh, W_hh):
        dx, dh0, dW_xh, dW_hh, db_h = backward(dh, x, h0, h, W_xh, W_hh)
        return dx, 2 * dh0, dW_xh, dW_hh, db_h.squeeze()

    points = check("rnn_backward", one_of_five_is_wrong_and_one_loses_an_axis)
    assert points == pytest.approx(4 * (3 + 0.75) / 5)
    assert Score(3 * 0.340909, 3)._repr_html_() == "<small>1.02 of 3 points</small>"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *a: right_step(*a) + (a[0].shape == a[1].shape),
        lambda *a: np.trunc(right_step(*a) * 1e6) / 1e6 + 1e-3,
        lambda *a: right_step(*a)[0],
        lambda x_t, h_prev, *_: x_t * h_prev,
    ],
)
def test_a_failure_shows_a_small_input_that_can_be_copied_and_run(wrong):
    verdict = judge(exercise("rnn_step"), wrong)
    assert "# expected: " in verdict.example
    assert verdict.example in as_text(verdict, "visible").replace("\n    ", "\n")
    assert "expected: " not in as_text(judge(exercise("rnn_step"), wrong, "hidden"), "hidden")
    calls = []
    names = {"np": np, "rnn_step": lambda *arguments: calls.append(arguments)}
    exec(verdict.example, names)
    shown = np.array(eval(verdict.example.split("# expected: ")[1], {"array": np.array}))
    np.testing.assert_allclose(shown, right_step(*calls[0]), atol=1e-5)
    assert sum(a.size for a in calls[0]) < 40


def test_a_plain_tuple_gets_the_names_that_later_cells_use(capsys):
    def plain(parameters, x, targets):
        loss, gradients = _copied(exercise("loss_and_gradients"))(parameters, x, targets)
        return loss, tuple(gradients)

    arguments = list(_first_arguments(exercise("loss_and_gradients"), "visible"))
    _, gradients = yours_or_ours("loss_and_gradients", plain)(*arguments)
    assert "your own" in capsys.readouterr().out
    assert gradients.W_xh.shape == arguments[0].W_xh.shape


def test_the_largest_of_several_differences_is_told():
    def wrong_where_positive(w_hh, w_xh, T):
        return w_xh * w_hh ** np.arange(T) * (1 + (w_hh > 1))

    message = judge(exercise("impulse_response"), wrong_where_positive).message
    assert "everything is" not in message


def test_an_unknown_exercise_is_said_with_the_known_ones():
    with pytest.raises(KeyError, match="rnn_step"):
        check("rnn_stepp", right_step)


def test_sizes_are_all_different_and_at_least_two():
    for seed in range(50):
        sizes = draw_sizes(np.random.default_rng(seed))
        assert len(set(sizes.values())) == len(LETTERS)
        assert min(sizes.values()) >= 2


def test_the_judge_is_the_judge():
    assert judge is judge_function
    assert rnn.rnn_step is exercise("rnn_step").reference
    assert rnn.rnn_forward is exercise("rnn_forward").reference
