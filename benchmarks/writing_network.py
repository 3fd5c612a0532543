"""The network that writes in lesson 00: lesson 10's character RNN, wider and trained for longer.

    uv run python benchmarks/writing_network.py rnn_utils/data/writing_network.npz

About two minutes on one core. It reads the first nine tenths of the book; what it scores on the last
tenth is printed. The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

import numpy as np

from rnn_utils import data
from rnn_utils.tasks.text import encode, generate, one_hot, vocabulary
from rnn_utils.training.loop import train
from rnn_utils.training.losses import cross_entropy
from rnn_utils.training.models import rnn_predict, stateful_loss_and_gradients
from rnn_utils.training.optimizers import ADAM, warm_up_cosine
from rnn_utils.training.parameters import RNNParameters, initialise_rnn

H, EPOCHS, N, WINDOW = 256, 30, 32, 40

if __name__ == "__main__":
    text = data.book()
    characters = vocabulary(text)
    V = len(characters)
    codes = encode(text, characters)
    cut = 9 * len(codes) // 10
    batches = data.streams(codes[:cut], N=N, window=WINDOW)
    steps = EPOCHS * len(batches)
    trained = train(
        stateful_loss_and_gradients,
        initialise_rnn(D=V, H=H, O=V, rng=np.random.default_rng(0), dtype=np.float32),
        [(one_hot(x, V, np.float32), targets) for x, targets in batches],
        lambda step: warm_up_cosine(step, peak=0.003, steps=steps),
        max_norm=5.0,
        epochs=EPOCHS,
        optimizer=ADAM,
        h0=np.zeros((N, H), dtype=np.float32),
    )
    # Half precision: the scores change in the third digit, the file is half as large.
    halves = {
        name: array.astype(np.float16) for name, array in trained.parameters._asdict().items()
    }
    places = np.array([ord(character) for character in characters], dtype=np.uint16)
    np.savez_compressed(sys.argv[1], characters=places, **halves)

    network = RNNParameters(*(array.astype(np.float64) for array in halves.values()))
    for name, part in (("read", codes[: len(codes) - cut]), ("not read", codes[cut:])):
        y = rnn_predict(one_hot(part[:, None], V), network, many_to_one=False)[:-1, 0]
        print(f"{name:9} {cross_entropy(y, part[1:]) / np.log(2):.3f} bits per character")
    print(generate(network, "Alice ", 300, 0.6, np.random.default_rng(0), characters))
