"""Lesson 10's model of letters in three cells, with and without regularisation, in PyTorch: for lesson 18.

    uv run --extra torch python benchmarks/regularisation.py > rnn_utils/data/regularisation.csv

About twenty minutes on one core. Dropout lies between states and output layer; weight decay is AdamW's.
The book's first eight tenths are learnt from. On the ninth (`validation`) each cell's strengths are chosen,
with a seed of its own; on the last (`held_out`) the chosen ones are compared with none. Bits per character
are taken after every epoch, with dropout off, each text as 32 streams. `seconds` is the processor's
time for the updates of the epoch. The checksum in `rnn_utils/data/sources.py` has to follow.
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
CELLS = {"RNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}
NONE = (0.0, 0.0)
STRENGTHS = [(dropout, decay) for dropout in (0.1, 0.3) for decay in (0.0, 0.1)]
EPOCHS, SEEDS, SEARCH_SEED = 15, range(5), 99


class Reader(torch.nn.Module):
    """A recurrent cell, dropout on its states, and an output layer."""

    def __init__(self, cell: str, V: int, dropout: float) -> None:
        super().__init__()
        self.cell = CELLS[cell](V, H)
        self.dropout = torch.nn.Dropout(dropout)
        self.output = torch.nn.Linear(H, V)
        self.V = V

    def forward(self, codes, state=None):  # type: ignore[no-untyped-def]
        """Return scores (T, N, V) and the last state."""
        h, state = self.cell(torch.nn.functional.one_hot(codes, self.V).float(), state)
        return self.output(self.dropout(h)), state


def bits(model: Reader, codes: np.ndarray) -> float:
    """Return bits per character over a text (L,), read as `STREAMS` streams."""
    steps = (len(codes) - 1) // STREAMS
    x, targets = (
        torch.from_numpy(part[: steps * STREAMS].reshape(STREAMS, steps).T.copy())
        for part in (codes[:-1], codes[1:])
    )
    model.eval()
    with torch.no_grad():
        y, _ = model(x)
    model.train()
    loss = torch.nn.functional.cross_entropy(y.reshape(-1, model.V), targets.reshape(-1))
    return loss.item() / math.log(2)


def main(cells: list[str]) -> None:
    """Train and print a row for every epoch."""
    torch.set_num_threads(1)
    text = data.book()
    characters = vocabulary(text)
    codes = encode(text, characters)
    training, validation, held_out = np.split(codes, [8 * len(codes) // 10, 9 * len(codes) // 10])
    batches = [
        (torch.from_numpy(x), torch.from_numpy(targets))
        for x, targets in data.streams(training, N=STREAMS, window=WINDOW)
    ]

    def trained(cell: str, strengths: tuple[float, float], seed: int) -> float:
        """Train, print, and return the bits of the validation text at the end."""
        dropout, decay = strengths
        torch.manual_seed(seed)
        model = Reader(cell, len(characters), dropout)
        optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=decay)
        for epoch in range(1, EPOCHS + 1):
            begin, state = process_time(), None
            for x, targets in batches:
                y, state = model(x, state)
                state = tuple(s.detach() for s in state) if cell == "LSTM" else state.detach()
                loss = torch.nn.functional.cross_entropy(
                    y.reshape(-1, model.V), targets.reshape(-1)
                )
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                optimizer.step()
            spent = process_time() - begin
            costs = [bits(model, part) for part in (training, validation, held_out)]
            print(
                f"{cell},{dropout},{decay},{seed},{epoch},{spent:.2f},"
                + ",".join(f"{cost:.4f}" for cost in costs),
                flush=True,
            )
        return costs[1]

    print("cell,dropout,decay,seed,epoch,seconds,training,validation,held_out")
    for cell in cells:
        best = min(STRENGTHS, key=lambda strengths: trained(cell, strengths, SEARCH_SEED))
        for strengths in (NONE, best):
            for seed in SEEDS:
                trained(cell, strengths, seed)


if __name__ == "__main__":
    main(sys.argv[1:] or list(CELLS))
