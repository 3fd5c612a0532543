"""The figures of lesson 10, language models."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnn_utils import plots
from rnn_utils.experiments.paired import paired_interval
from rnn_utils.layers.output import softmax
from rnn_utils.tasks.text import one_hot
from rnn_utils.training.models import RNNParameters, rnn_predict


def training(losses: np.ndarray, epochs: int) -> None:
    """Show the mean training loss of each epoch, in bits."""
    per_epoch = losses.reshape(epochs, -1).mean(axis=1) / np.log(2)
    figure, axes = plots.subplots("epoch", "bits per character")
    plots.lines(axes, {"on the training text": per_epoch}, markers=True)
    plots.show(
        figure,
        f"The training loss falls from {per_epoch[0]:.1f} bits in the first epoch to {per_epoch[-1]:.1f} "
        f"in the last, quickly at first.",
    )


def score_bars(scores: Mapping[str, float]) -> None:
    """Show the bits per character of every model as bars, and print the last three."""
    figure, axes = plots.subplots(
        "bits per character, on the last tenth of the book", "", height=3.4
    )
    plots.bars(axes, list(scores), {"bits": list(scores.values())})
    for place, bits in enumerate(scores.values()):
        axes.text(bits + 0.05, place, f"{bits:.2f}", va="center", color=plots.INK, fontsize=9)
    told = ", ".join(f"{name} {bits:.2f}" for name, bits in scores.items())
    plots.show(figure, f"Bars of bits per character: {told}.")


def more_seeds(rows: np.ndarray, table: str) -> None:
    """Print the bits of five other networks, alone and together with the table.

    Args:
        rows: `data.letter_model()` or `data.word_model()`.
        table: what the table is called.
    """
    tested = rows[rows["part"] == "test"]
    print(f"the same with {len(tested)} other seeds, mean (lowest to highest):")
    both = f"RNN and {table}"
    for told, name in (("trained RNN", "network"), (both, "mixture")):
        bits = tested[name]
        print(f"   {told:20} {bits.mean():.2f} ({bits.min():.2f} to {bits.max():.2f}) bits")
    for told, name in (("trained RNN", "network"), (both, "mixture")):
        difference = paired_interval(tested[name], tested["table"])
        print(f"   {told:20} minus the {table}: {difference:.3f} bits")


def bits_after_fresh_start(
    parameters: RNNParameters, codes: np.ndarray, carried: float, T: int = 40
) -> None:
    """Show the bits of the next character against how many were read since the state was zero.

    Args:
        parameters: a character model.
        codes: the text it is judged on, (L,).
        carried: its score with the state carried on.
        T: how many characters each piece has.
    """
    pieces, V = len(codes) // T, len(parameters.b_y)
    columns = codes[: pieces * T].reshape(pieces, T).T  # (T, N): each piece starts from zeros
    p = softmax(rnn_predict(one_hot(columns, V), parameters, many_to_one=False))
    given = np.take_along_axis(p[:-1], columns[1:, :, None], axis=-1)[..., 0]
    bits = -np.mean(np.log2(given), axis=1)
    figure, axes = plots.subplots("characters read since the state was zero", "bits per character")
    plots.lines(axes, {"fresh state": bits, "state carried": np.full(T - 1, carried)})
    plots.show(
        figure,
        "Bits of the next character against the characters read since the state was zero; dashed, the level "
        f"with the state carried, {carried:.2f}. The curve falls steeply over the first six characters, from "
        f"{bits[0]:.1f} bits, and then wavers around the dashed line.",
    )
    for low, high in ((1, 1), (2, 2), (3, 3), (4, 6), (7, 12), (13, 39)):
        print(f"after {low:2}–{high:2} characters: {bits[low - 1 : high].mean():.2f} bits")
