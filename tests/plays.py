"""Every picture of the course in one notebook, without the lessons around them."""

import nbformat

SETUP = """
import numpy as np
from rnn_utils import *
from rnn_utils.experiments import pixel_answers
from rnn_utils.cells.lstm import lstm_step
from rnn_utils.widgets import *
rng = np.random.default_rng(0)
"""

PLAYS = {
    "memory": "memory_slider(np.sin(np.arange(120) / 5), 'A slow wave')",
    "fold": "fold_and_unfold()",
    "saturation": "saturation_meter(rnn_step)",
    "neuron": "one_neuron()",
    "phase": "two_neurons()",
    "delay": "weight_puzzle('delay')",
    "latch": "weight_puzzle('latch')",
    "parity": "weight_puzzle('parity')",
    "steps": "step_through(rnn_forward, 'alice said that')",
    "tanh_gate": "gradient_gate(rnn_step_backward)",
    "pipe": "gradient_pipe(rnn_backward)",
    "board": "training_board()",
    "forecast": """
wave = 50 + 40 * np.sin(np.arange(300) / 1.75) + rng.normal(0, 5, 300)
origins = [wave[:k] for k in range(200, 290)]
forecast_origin(np.arange(1700, 2000), wave, {
    "persistence": [[known[-1]] * 11 for known in origins],
    "a period ago": [known[-11:] for known in origins],
}, "sunspot number")""",
    "sampling": """
reader = RNNParameters(*(3 * array for array in initialise_rnn(27, 32, 27, rng)))
sampling_temperature(reader, "abcdefghijklmnopqrstuvwxyz ", "alice thought ")""",
    "lag": "gradient_over_lag()",
    "lstm_cell": "lstm_cell_live(lstm_step)",
    "gru_cell": "gru_cell_live(gru_step)",
    "lstm_gates": "lstm_gates_by_hand(lstm_step)",
    "impulse": "impulse_memory()",
    "keep": "keep_by_hand(gru_step)",
    "scan": "scan_rounds(compose)",
    "alignment": "alignment_map(attend)",
    "sight": "who_has_seen_what(stacked_forward, bidirectional_forward)",
    "reach": """
image = np.outer(np.hanning(8), np.hanning(8))
networks = {}
for name, network in pixel_answers.NETWORKS.items():
    start = pixel_answers.initialise(network, rng)
    h = pixel_answers.states(network, start, image[:, :, None, None])
    def shares_at(r, c):
        dy = np.zeros((8, 8, 1, 10))
        dy[r, c] = 1
        size = np.abs(pixel_answers.backward(network, start, h, dy)[0]).sum(axis=(2, 3))
        return size / size.sum()
    networks[name] = [[shares_at(r, c) for c in range(8)] for r in range(8)]
pixel_reach(image, networks)""",
}


def notebook() -> nbformat.NotebookNode:
    """Return a notebook whose first cell prepares what the others, one for each picture, show."""
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (SETUP, *PLAYS.values())],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
