"""The baselines of lesson 19's starters, each scored on validation data."""

from __future__ import annotations  # naming np.random in a signature would already load it

import numpy as np

from rnn_utils import data
from rnn_utils.experiments.forecasts import linear_forecaster
from rnn_utils.experiments.tables import probabilities_by_order
from rnn_utils.tasks.forecasting import roll_out, seasonal_naive
from rnn_utils.tasks.text import encode, vocabulary

AHEAD, KEPT_BACK = 12, 600  # months: the horizon; each of the validation and the test part


def series_baselines(orders: tuple[int, ...] = (12, 24, 48)) -> None:
    """Print how far forecasts of the twelfth month ahead are off, in the fifty years before the test part.

    Args:
        orders: how many months the linear autoregressions read.
    """
    _, months = data.sunspots_monthly()
    begin, end = len(months) - 2 * KEPT_BACK, len(months) - KEPT_BACK
    past = months[:begin]
    steps = {f"linear, {order} months": linear_forecaster(past, order) for order in orders}
    origins = range(begin, end - AHEAD + 1)
    wanted = months[begin + AHEAD - 1 : end]
    found = {
        name: [roll_out(step, months[:k], AHEAD)[-1] for k in origins]
        for name, step in steps.items()
    }
    found["seasonal naive, 132 months"] = [
        seasonal_naive(months[:k], 132, AHEAD)[-1] for k in origins
    ]
    found["as this month"] = [months[k - 1] for k in origins]
    print(f"sunspots, {AHEAD} months ahead, {len(origins)} origins before the last fifty years:")
    for name, forecasts in found.items():
        print(f"   {name:28} RMSE {np.sqrt(np.mean((np.array(forecasts) - wanted) ** 2)):.1f}")


def text_baselines(longest: int = 5) -> None:
    """Print how many bits per character counted tables need on the ninth tenth of the book.

    Args:
        longest: the largest number of characters that a table looks at.
    """
    text = data.book()
    characters = vocabulary(text)
    codes = encode(text, characters)
    training, validation, _ = np.split(codes, [8 * len(codes) // 10, 9 * len(codes) // 10])
    tables = probabilities_by_order(
        training.tolist(), validation.tolist(), len(characters), longest
    )
    print("the book, bits per character on its ninth tenth:")
    for order, p in enumerate(tables):
        print(f"   table of {order} characters {-np.mean(np.log2(p)):12.2f}")
