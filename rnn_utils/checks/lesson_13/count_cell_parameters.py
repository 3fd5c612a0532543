"""How many numbers a cell learns: blocks · (H D + H² + biases · H)."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.budget import count_cell_parameters


def _cell(cell: str) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        return {"cell": cell, "D": sizes["D"], "H": sizes["H"]}

    return draw


_CONTRACT = Contract(
    sizes="DH",
    float32=False,
    layouts=False,
    edges=tuple(
        Case(f"{cell}, sizes {k}", general=True, draw=_cell(cell))
        for cell in ("rnn", "lstm")
        for k in (1, 2)
    )
    + tuple(
        Case(f"a large {cell}", {"D": 300, "H": 512}, draw=_cell(cell))
        for cell in ("rnn", "lstm", "gru")
    ),
)


_COUNTING = {
    "one bias in the GRU": (
        "the GRU is counted with one bias per row; it has two, b_x and b_h, since r_t scales only one of "
        "them in the candidate"
    ),
    "two biases everywhere": (
        "every cell is counted with two biases per row; here the tanh RNN and the LSTM have one, the sum "
        "of what PyTorch keeps apart"
    ),
    "two biases in the LSTM": "the LSTM is counted with two biases per row; here it has one",
    "GRU without its candidate": "the GRU is counted with two blocks of rows; the candidate is the third",
    "LSTM without its candidate": (
        "the LSTM is counted with three blocks of rows; what might be written, g, is the fourth"
    ),
    "GRU like the LSTM": "the GRU is counted with four blocks of rows; it has three, r, z and n",
    "biases forgotten": "the biases are not counted",
    "W_h forgotten": "the weights at the state, W_h, are not counted",
    "W_x forgotten": "the weights at the input, W_x, are not counted",
    "W_h counted once": "the weights at the state are counted for one block of rows only",
    "W_x counted once": "the weights at the input are counted for one block of rows only",
    "biases counted once": "the biases are counted for one block of rows only",
    "W_h square": "W_h is counted as a square of all rows; it has as many columns as the state, H",
    "D and H exchanged": "D and H have changed places: weights are (out, in), so W_x is (…H, D)",
    "one cell for all": "the three cells are counted alike",
    "one number per bias": "a bias is counted as one number; it has one for every row",
}


def _count(made: Made, cell: str, D: int, H: int) -> int:
    if "D and H exchanged" in made:
        D, H = H, D
    blocks, biases = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[cell]
    if "one bias in the GRU" in made and cell == "gru":
        biases = 1
    if "two biases everywhere" in made or ("two biases in the LSTM" in made and cell == "lstm"):
        biases = 2
    if "GRU without its candidate" in made and cell == "gru":
        blocks = 2
    if "LSTM without its candidate" in made and cell == "lstm":
        blocks = 3
    if "GRU like the LSTM" in made and cell == "gru":
        blocks = 4
    if "one cell for all" in made:
        blocks = biases = 1
    W_x, W_h, b = blocks * H * D, blocks * H * H, blocks * biases * H
    if "biases forgotten" in made:
        b = 0
    if "W_h forgotten" in made:
        W_h = 0
    if "W_x forgotten" in made:
        W_x = 0
    if "W_h counted once" in made:
        W_h = H * H
    if "W_x counted once" in made:
        W_x = H * D
    if "biases counted once" in made:
        b = biases * H
    if "W_h square" in made:
        W_h = (blocks * H) ** 2
    if "one number per bias" in made:
        b = blocks * biases
    return W_x + W_h + b


EXERCISE = Exercise(
    name="count_cell_parameters",
    lesson="13_gru",
    points=1,
    reference=count_cell_parameters,
    outputs={"parameters": ""},
    draw=_cell("gru"),
    contract=_CONTRACT,
    mistakes=mistakes_in(_count, _COUNTING),
)
