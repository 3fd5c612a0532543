"""Lessons 12 and 13: who still knows of an impulse, fifty steps later?"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_utils.cells.gru import gru_forward
from rnn_utils.cells.lstm import lstm_forward
from rnn_utils.cells.rnn import rnn_forward
from rnn_utils.widgets.picture import Play, slider

_T, _H = 80, 16


def impulse_memory() -> Play:
    """Sliders for an impulse among noise, read by a tanh RNN, a GRU and an LSTM as they start out.

    Each network of 16 units runs twice over the same noise, once with the impulse and once without. What
    still differs between its two states is what it knows of the impulse; the LSTM's cell counts as part
    of its state. The impulse can be dragged along the time line, and the noise up and down.

    Returns:
        the picture, with `at` (the step of the impulse), `noise` (its scale) and `bias` as its
        attributes: what the LSTM's forget gates and the GRU's update gates start from.

    Example:
        >>> play = impulse_memory()
        >>> play.at, play.bias
        (10.0, 1.0)
    """
    rng = np.random.default_rng(7)
    bound = 1 / np.sqrt(_H)

    def weights(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        W_x, W_h, b = (rng.uniform(-bound, bound, (rows, k)) for k in (1, _H, 1))
        return W_x, W_h, b[:, 0]

    rnn, gru, lstm = weights(_H), weights(3 * _H), weights(4 * _H)
    noise_of_step = rng.standard_normal(_T)

    def compute(at: float, noise: float, bias: float) -> dict[str, Any]:
        without = (noise * noise_of_step)[:, None, None]
        impulse = (np.arange(1, _T + 1) == round(at)).astype(float)[:, None, None]
        # The two runs are two sequences of one batch.
        x, zero = np.concatenate([without, without + 3 * impulse], axis=1), np.zeros((2, _H))
        b_gru, b_lstm = gru[2].copy(), lstm[2].copy()
        b_gru[_H : 2 * _H] = b_lstm[_H : 2 * _H] = bias
        h_lstm, c_lstm = lstm_forward(x, zero, zero, *lstm[:2], b_lstm)
        states = {
            "RNN": rnn_forward(x, zero, *rnn),
            "GRU": gru_forward(x, zero, *gru[:2], b_gru, np.zeros(3 * _H)),
            "LSTM": np.concatenate([h_lstm, c_lstm], axis=2),
        }
        known = {}
        for name, state in states.items():
            apart = np.linalg.norm(state[:, 1] - state[:, 0], axis=1)
            known[name] = (apart / apart[round(at) - 1]).tolist()
        return {"input": x[:, 1, 0].tolist(), "known": known}

    return Play(
        "impulse",
        [
            slider("at", 1, 30, 1, 10, "impulse at step"),
            slider("noise", 0.0, 2.0, 0.1, 0.0, "noise"),
            slider("bias", -1.0, 5.0, 0.5, 1.0, "bias of keeping"),
        ],
        question="Who still knows it after fifty steps?",
        code="h, c = lstm_forward(x, h0, c0, W_x, W_h, b)   # with the impulse, and without",
        compute=compute,
        given={
            "noises": noise_of_step.tolist(),
            "rnn": [array.tolist() for array in rnn],
            "gru": [array.tolist() for array in gru],
            "lstm": [array.tolist() for array in lstm],
        },
    )
