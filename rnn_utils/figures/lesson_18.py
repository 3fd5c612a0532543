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
#: The seed of the search for strengths in `benchmarks/regularisation.py`.
SEARCH_SEED = 99
#: The sizes of lesson 10's model of letters.
T, N, V, H = 25, 32, 65, 128


def held_out(rows: np.ndarray) -> None:
    """Show what the held-out text costs, epoch by epoch and cell by cell, and print the ends.

    Args:
        rows: `data.regularisation()`.
    """
    rows = rows[rows["seed"] != SEARCH_SEED]
    cells = list(dict.fromkeys(rows["cell"].tolist()))
    epochs = np.unique(rows["epoch"])
    figure, axes = plots.subplots("epoch", "bits per character", cells, height=3.0, share_y=True)
    print(
        f"after {epochs[-1]} epochs, bits per character: training text, held out (means of the seeds)"
    )
    for cell, ax in zip(cells, axes, strict=True):
        mine = np.sort(rows[rows["cell"] == cell], order=["epoch", "seed"])
        chosen = (mine["dropout"] > 0) | (mine["decay"] > 0)
        told = {"without": mine[~chosen], "with": mine[chosen]}
        curves = {
            name: part["held_out"].reshape(len(epochs), -1).mean(axis=1)
            for name, part in told.items()
        }
        plots.lines(ax, curves, x=epochs)
        ends = {name: part[part["epoch"] == epochs[-1]] for name, part in told.items()}
        for name, last in ends.items():
            print(
                f"{cell:4} {name:7} {last['training'].mean():.2f}  {last['held_out'].mean():.2f}",
                end="   ",
            )
        gap = paired_interval(ends["with"]["held_out"], ends["without"]["held_out"])
        dropout, decay = mine[chosen][["dropout", "decay"]][0]
        print(f"\n     with (dropout {dropout:g}, decay {decay:g}) minus without: {gap:.3f}")
    plots.show(
        figure,
        "Bits per character of the held-out text against epochs, the mean of the seeds, a panel for each "
        "cell: without regularisation and with the strengths chosen for it. The GRU's curve without rises "
        "again from about the tenth epoch; all others fall to the end or become level.",
    )


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

    torch.set_num_threads(1)  # as ours: all of its work is in the processor time of one thread
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
