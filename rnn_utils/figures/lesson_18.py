"""The figures of lesson 18."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np

from rnn_utils import plots
from rnn_utils.experiments.paired import paired_interval
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.optimizers import adam_start, adam_update
from rnn_utils.training.parameters import initialise_gru, initialise_lstm, initialise_rnn
from rnn_utils.training.storage import to_torch

INITIALISE: dict[str, Callable[..., Any]] = {
    "RNN": initialise_rnn,
    "GRU": initialise_gru,
    "LSTM": initialise_lstm,
}
#: The sizes of lesson 10's model of letters.
T, N, V, H = 25, 32, 65, 128


def held_out(rows: np.ndarray) -> None:
    """Show how the training text and the held-out text cost, epoch by epoch, and print the ends.

    Args:
        rows: `data.regularisation()`.
    """
    epochs, curves, ends = np.unique(rows["epoch"]), {}, {}
    for setting in dict.fromkeys(rows["regularisation"].tolist()):
        mine = np.sort(rows[rows["regularisation"] == setting], order=["epoch", "seed"])
        for part, told in (("training", "training text"), ("held_out", "held out")):
            curves[f"{setting}: {told}"] = mine[part].reshape(len(epochs), -1).mean(axis=1)
        ends[setting] = mine[mine["epoch"] == epochs[-1]]
    figure, axes = plots.subplots("epoch", "bits per character", height=3.0)
    plots.lines(axes, curves, x=epochs)
    plots.show(
        figure,
        "Bits per character against epochs, the mean of the seeds: the training text and the held-out text, "
        "without regularisation and with dropout and weight decay. Each held-out curve lies above its "
        "training curve; the gap between the two is wider without regularisation.",
    )
    print(f"after {epochs[-1]} epochs{'':12}training text  held out   (means of the seeds)")
    for setting, last in ends.items():
        print(f"{setting:27}{last['training'].mean():13.2f}{last['held_out'].mean():10.2f}")
    plain, regularised = (last["held_out"] for last in ends.values())
    print(f"held out, with minus without: {paired_interval(regularised, plain):.3f} bits")


def milliseconds_an_update(with_torch: bool, updates: int = 12) -> None:
    """Print the processor time of an update of lesson 10's model in three cells, ours and PyTorch's.

    Args:
        with_torch: whether PyTorch is installed.
        updates: the median is over so many.
    """
    rng = np.random.default_rng(0)
    x = np.eye(V, dtype=np.float32)[rng.integers(0, V, (T, N))]
    targets = rng.integers(0, V, (T, N))
    for cell, initialise in INITIALISE.items():
        parameters = initialise(V, H, V, rng, np.float32)
        ours = _median(_ours(parameters, x, targets), updates)
        told = f"{cell:5} ours {ours:5.1f} ms"
        if with_torch:
            told += f", PyTorch {_median(_theirs(parameters, x, targets), updates):5.1f} ms"
        print(told)


def _median(update: Callable[[], None], count: int) -> float:
    times = []
    for _ in range(count):
        begin = process_time()
        update()
        times.append(process_time() - begin)
    return 1000 * float(np.median(times))


def _ours(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    learn, state = Workspace().loss_and_gradients, adam_start(parameters)

    def update() -> None:
        _, gradients = learn(parameters, x, targets)
        adam_update(parameters, gradients, state, 0.003)

    return update


def _theirs(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Callable[[], None]:
    import torch

    cell, output = to_torch(parameters)
    optimizer = torch.optim.Adam([*cell.parameters(), *output.parameters()], lr=0.003)
    codes, wanted = torch.from_numpy(x), torch.from_numpy(targets).reshape(-1)

    def update() -> None:
        states, _ = cell(codes)
        loss = torch.nn.functional.cross_entropy(output(states).reshape(-1, V), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return update
