"""What the package does where Python runs in a browser, tried on a simulated one.

The platform calls itself emscripten and has no threads; NumPy is the machine's own.
"""

import subprocess
import sys
import textwrap

SIMULATION = """
import sys
import threading

import numpy as np
import ipywidgets, matplotlib.pyplot, anywidget  # these know nothing of the course
from tqdm import auto


def no_threads(self):
    raise RuntimeError("can't start new thread")


threading.Thread.start = no_threads
sys.platform = "emscripten"
"""


def in_simulated_browser(code: str) -> str:
    """Run code there and return what it printed; any warning is an error."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SIMULATION + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_training_shows_its_bar_without_a_thread() -> None:
    said = in_simulated_browser(
        """
        from rnn_utils import initialise_rnn, loss_and_gradients, train

        parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        batch = np.ones((5, 6, 3)), np.array([0, 1, 0, 1, 0, 1])
        trained = train(loss_and_gradients, parameters, [batch], 0.1, epochs=3)
        print(trained.stopped)
        """
    )
    assert "All epochs are done." in said


def test_a_check_runs_without_a_time_limit() -> None:
    said = in_simulated_browser(
        """
        from rnn_utils import running_mean
        from rnn_utils.checks import check

        def mine(xs):
            return np.cumsum(xs) / np.arange(1, len(xs) + 1)

        check("running_mean", mine)
        """
    )
    assert "visible checks passed" in said


def test_an_experiment_is_smaller_and_says_so() -> None:
    said = in_simulated_browser(
        """
        from rnn_utils.training.browser import fewer_in_browser

        print(fewer_in_browser(5, 2, "epochs"))
        """
    )
    assert "epochs, 2 in place of 5" in said
    assert said.endswith("2\n")


def test_plays_and_predictions_are_made() -> None:
    in_simulated_browser(
        """
        from rnn_utils.widgets import memory_slider, one_neuron, predict

        one_neuron()
        memory_slider()
        predict("07/ways")
        """
    )
