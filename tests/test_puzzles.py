"""The weight puzzles can be solved with their sliders, and the browser computes what the course teaches."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from rnn_utils import rnn_forward, rnn_step
from rnn_utils.widgets import saturation_meter, step_through, weight_puzzle
from rnn_utils.widgets.puzzle import PUZZLES, WITHIN

JS = Path(__file__).parents[1] / "rnn_utils" / "widgets" / "js"
each_puzzle = pytest.mark.parametrize("name", PUZZLES)


def outputs(puzzle, values):
    """What the RNN with these weights puts out, by the course's own forward pass."""
    weights = puzzle.parameters(values)
    x = np.array(puzzle.x)[:, None, None]
    h = rnn_forward(x, np.zeros((1, len(weights.W_hh))), weights.W_xh, weights.W_hh, weights.b_h)
    return (h @ weights.W_hy.T + weights.b_y)[:, 0, 0]


def right(puzzle, values):
    return np.abs(outputs(puzzle, values) - puzzle.target) <= WITHIN


@each_puzzle
def test_a_puzzle_is_solved_by_its_solution_and_not_by_its_start(name):
    puzzle = PUZZLES[name]
    assert right(puzzle, puzzle.solution).all()
    start = {weight: settings[3] for weight, settings in puzzle.free.items()}
    assert right(puzzle, start).mean() < 0.6


@each_puzzle
def test_a_solution_lies_on_the_sliders_steps(name):
    puzzle = PUZZLES[name]
    assert set(puzzle.solution) == set(puzzle.free)
    for weight, value in puzzle.solution.items():
        low, high, step, _ = puzzle.free[weight]
        assert low <= value <= high
        assert (value - low) / step == pytest.approx(round((value - low) / step))


@each_puzzle
def test_no_slider_of_a_solution_is_idle(name):
    """Each free weight matters: set far off alone, it breaks the solution."""
    puzzle = PUZZLES[name]
    for weight, (low, high, _, _) in puzzle.free.items():
        assert any(
            not right(puzzle, puzzle.solution | {weight: value}).all() for value in (low, high)
        )


@each_puzzle
def test_the_browser_computes_what_the_course_teaches(name):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    puzzle = PUZZLES[name]
    script = (
        f"import {{ answer, filled }} from {json.dumps((JS / 'puzzle.js').as_uri())};"
        f"const values = {json.dumps(puzzle.solution)};"
        f"const weights = filled({json.dumps(puzzle.weights)}, (name) => values[name]);"
        f"console.log(JSON.stringify(answer(weights, {json.dumps(puzzle.x)}).y));"
    )
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    np.testing.assert_allclose(json.loads(ran.stdout), outputs(puzzle, puzzle.solution), atol=1e-12)


def test_an_unknown_puzzle_is_said_with_the_known_ones():
    with pytest.raises(ValueError, match="latch"):
        weight_puzzle("clock")


def test_stepping_through_calls_the_learners_function_on_the_text_so_far():
    lengths = []

    def forward(x, h0, W_xh, W_hh, b_h):
        lengths.append(len(x))
        return rnn_forward(x, h0, W_xh, W_hh, b_h)

    play = step_through(forward, "alice")
    play.t = 4
    assert lengths == [1, 4]
    assert len(play.data["h"]) == 4
    assert play.data["letters"] == "aceil"


@pytest.mark.parametrize("make", [step_through, saturation_meter])
def test_an_error_of_the_learner_is_shown_and_goes_away(make):
    broken = True

    def function(*arguments):
        if broken:
            raise IndexError("one too far")
        return (rnn_forward if make is step_through else rnn_step)(*arguments)

    play = make(function)
    assert "IndexError: one too far" in play.error
    broken = False
    play.refresh()
    assert play.error == ""


def test_the_meter_sees_saturation_grow_and_gradients_die():
    play = saturation_meter(rnn_step)
    play.scale = 0.5
    calm = play.data
    play.scale = 5.0
    wild = play.data
    assert wild["saturated"] > calm["saturated"]
    assert wild["slope"] < calm["slope"]
    assert calm["gradient"][-1] < -3
    assert sum(wild["shares"]) == pytest.approx(1.0)
