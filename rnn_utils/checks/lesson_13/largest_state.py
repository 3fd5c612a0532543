"""The largest H whose cell and output layer, O H + O, fit into a budget."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.budget import count_cell_parameters, largest_state


def _large_budget(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _budget("lstm", None)(rng, sizes)
    return drawn | {"budget": drawn["budget"] * 1000}


def _one_unit(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    drawn = _budget("gru", None)(rng, sizes)
    smallest = count_cell_parameters("gru", drawn["D"], 1) + 2 * drawn["O"]
    return drawn | {"budget": smallest}


def _budget(cell: str, spare: int | None) -> Draw:
    """Draw a budget; with `spare`, so many numbers above what some size costs exactly."""

    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        D, O = sizes["D"], sizes["O"]  # noqa: E741
        budget = int(rng.integers(500, 3000))
        if spare is not None:
            H = int(rng.integers(5, 15))
            budget = count_cell_parameters(cell, D, H) + O * H + O + spare
        return {"cell": cell, "D": D, "O": O, "budget": budget}

    return draw


_CONTRACT = Contract(
    sizes="DO",
    float32=False,
    layouts=False,
    edges=(
        Case("a budget that fits exactly", general=True, draw=_budget("lstm", 0)),
        Case("one number more than fits", general=True, draw=_budget("gru", 1)),
        Case("one number less than would fit", general=True, draw=_budget("lstm", -1)),
        Case("a little short of one unit more", general=True, draw=_budget("gru", -10)),
        Case("the tanh RNN, nearly one unit more", general=True, draw=_budget("rnn", -1)),
        Case("the tanh RNN, exactly", general=True, draw=_budget("rnn", 0)),
        Case("a large budget", draw=_large_budget),
        Case("just enough for one unit", draw=_one_unit),
    ),
)


_FITTING = {
    "one too large": "the size is one too large: it is the first that goes beyond the budget",
    "one too small": "the size is one too small: one number more would still be within the budget",
    "exact fit refused": "a size that costs exactly the budget is refused; it is within it",
    "output layer forgotten": "the output layer, W_hy and b_y, is not counted",
    "output bias forgotten": "the bias of the output layer, b_y, is not counted",
    "output layer reads the input": "W_hy is counted as (O, D); it reads the state, so it is (O, H)",
    "square forgotten": (
        "the cost is taken to grow in proportion to H; W_h has H columns too, so there is a square in it"
    ),
    "rounded to the nearest": "the size is rounded to the nearest; what is beyond the budget does not fit",
    "cell ignored": "the size is the same for every cell; which one it is matters",
    "cost returned": "what is returned is the number of parameters; asked is the size of the state, H",
    "what is left returned": "what is returned is what is left of the budget; asked is the size, H",
}


def _fit(made: Made, cell: str, D: int, O: int, budget: int) -> int:  # noqa: E741
    def cost(H: int) -> int:
        total = count_cell_parameters("rnn" if "cell ignored" in made else cell, D, H)
        if "output layer reads the input" in made:
            total += O * D + O
        elif "output layer forgotten" not in made:
            total += O * H + (0 if "output bias forgotten" in made else O)
        return total

    if "square forgotten" in made:
        return budget // cost(1)
    H = 0
    while cost(H + 1) < budget or (cost(H + 1) == budget and "exact fit refused" not in made):
        H += 1
    if "rounded to the nearest" in made and cost(H + 1) - budget < budget - cost(H):
        H += 1
    if "one too large" in made:
        H += 1
    if "one too small" in made:
        H -= 1
    if "cost returned" in made:
        return cost(H)
    return budget - cost(H) if "what is left returned" in made else H


def _too_large_by_rounding(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    """Say that a size is a whole number where a fraction came."""
    if got[0].ndim == 0 and not float(got[0]).is_integer():
        return Mistake(
            "not a whole number",
            "the size is not rounded down to a whole number; a state has no half of a unit",
            largest_state,
        )
    return None


EXERCISE = Exercise(
    name="largest_state",
    lesson="13_gru",
    points=1,
    reference=largest_state,
    outputs={"H": ""},
    draw=_budget("gru", None),
    contract=_CONTRACT,
    diagnose=_too_large_by_rounding,
    mistakes=mistakes_in(_fit, _FITTING),
)
