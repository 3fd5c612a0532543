"""The training board computes in the browser what the lesson's functions compute in NumPy."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from rnn_utils.checks.lesson_08.train import train
from rnn_utils.layers.output import softmax
from rnn_utils.training.models import RNNParameters, loss_and_gradients, rnn_predict
from rnn_utils.training.optimizers import global_norm
from rnn_utils.widgets import training_board
from rnn_utils.widgets.javascript import JS

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
SCRIPT = """
import {{ trainOnOneBatch, readSequence }} from "{module}";
let text = "";
for await (const part of process.stdin) text += part;
const {{ start, x, targets, rate, most, steps }} = JSON.parse(text);
const {{ losses, norms, parameters }} = trainOnOneBatch(start, x, targets, rate, most, steps);
const size = {{ H: start.W_hh.length, D: x[0][0].length, O: start.b_y.length }};
const chances = readSequence(parameters[steps], x, 1, size).chances.map((row) => Array.from(row, Math.exp));
console.log(JSON.stringify({{ losses, norms, last: Array.from(parameters[steps]), chances }}));
"""


@needs_node
@pytest.mark.parametrize(("rate", "most"), [(0.5, 100.0), (1.0, 0.2)])
def test_the_board_trains_as_numpy_does(rate, most):
    data = training_board().data
    start = {name: np.array(values) for name, values in data["starts"][1].items()}
    batch = np.array(data["x"]), np.array(data["targets"])
    norms = []

    def model(parameters, x, targets):
        loss, gradients = loss_and_gradients(parameters, x, targets)
        norms.append(global_norm(gradients))
        return loss, gradients

    trained, losses = train(model, RNNParameters(**start), 25 * [batch], rate, most)
    given = {"start": data["starts"][1], "x": data["x"], "targets": data["targets"]}
    run = subprocess.run(
        [
            "node",
            "--input-type=module",
            "-e",
            SCRIPT.format(module=(JS / "board.js").as_uri()),
        ],
        input=json.dumps(given | {"rate": rate, "most": most, "steps": 25}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    theirs = json.loads(run.stdout)
    assert np.allclose(theirs["losses"], losses, rtol=1e-9)
    assert np.allclose(theirs["norms"], norms, rtol=1e-9)
    assert np.allclose(theirs["last"], np.concatenate([a.ravel() for a in trained]), rtol=1e-8)
    ours = softmax(rnn_predict(batch[0], trained, many_to_one=False))[:, 1]
    assert np.allclose(theirs["chances"], ours, rtol=1e-8)


def test_every_slider_of_the_board_can_be_read_and_set_in_python():
    board = training_board()
    board.learning_rate, board.max_norm, board.start, board.step = 0.1, 1.0, 3, 40
    assert [board.learning_rate, board.max_norm, board.start, board.step] == [0.1, 1.0, 3, 40]
