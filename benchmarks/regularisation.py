"""Lesson 10's model of letters with and without regularisation, in PyTorch: for lesson 18.

    uv run --group torch python benchmarks/regularisation.py > rnn_utils/data/regularisation.csv

About three minutes on one core. Two settings, chosen beforehand and not tuned: none, and dropout of 0.3
between states and output layer together with AdamW's weight decay of 0.1. The book's first eight tenths are
learnt from; bits per character are taken after every epoch on these (with dropout off) and on the ninth
tenth, with the state carried. `seconds` is the processor's time for the updates of the epoch.
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import math
import sys
from time import process_time

import numpy as np
import torch

from rnn_utils import data
from rnn_utils.tasks.text import encode, vocabulary

H, STREAMS, WINDOW, RATE = 128, 32, 25, 0.003
SETTINGS = {"none": (0.0, 0.0), "dropout and decay": (0.3, 0.1)}
EPOCHS, SEEDS = 20, range(3)


class Reader(torch.nn.Module):
    """An RNN, dropout on its states, and an output layer."""

    def __init__(self, V: int, dropout: float) -> None:
        super().__init__()
        self.cell = torch.nn.RNN(V, H)
        self.dropout = torch.nn.Dropout(dropout)
        self.output = torch.nn.Linear(H, V)
        self.V = V

    def forward(self, codes, state=None):  # type: ignore[no-untyped-def]
        """Return scores (T, N, V) and the last state."""
        h, state = self.cell(torch.nn.functional.one_hot(codes, self.V).float(), state)
        return self.output(self.dropout(h)), state


def bits(model: Reader, codes: torch.Tensor) -> float:
    """Return bits per character over a text (L,), the state carried all the way."""
    model.eval()
    with torch.no_grad():
        y, _ = model(codes[:-1, None])
    model.train()
    return torch.nn.functional.cross_entropy(y[:, 0], codes[1:]).item() / math.log(2)


def main(epochs: int) -> None:
    """Train and print a row for every epoch."""
    torch.set_num_threads(1)
    text = data.book()
    characters = vocabulary(text)
    V, codes = len(characters), encode(text, characters)
    training, held_out, _ = np.split(codes, [8 * len(codes) // 10, 9 * len(codes) // 10])
    batches = [
        (torch.from_numpy(x), torch.from_numpy(targets))
        for x, targets in data.streams(training, N=STREAMS, window=WINDOW)
    ]
    some, others = torch.from_numpy(training[: len(held_out)]), torch.from_numpy(held_out)
    print("regularisation,seed,epoch,seconds,training,held_out")
    for setting, (dropout, decay) in SETTINGS.items():
        for seed in SEEDS:
            torch.manual_seed(seed)
            model = Reader(V, dropout)
            optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=decay)
            for epoch in range(1, epochs + 1):
                begin, state = process_time(), None
                for x, targets in batches:
                    y, state = model(x, state)
                    state = state.detach()
                    loss = torch.nn.functional.cross_entropy(y.reshape(-1, V), targets.reshape(-1))
                    optimizer.zero_grad()
                    loss.backward()
                    torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                    optimizer.step()
                spent = process_time() - begin
                print(
                    f"{setting},{seed},{epoch},{spent:.2f},{bits(model, some):.4f},"
                    f"{bits(model, others):.4f}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else EPOCHS)
