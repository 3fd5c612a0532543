"""A network and a linear autoregression with the same data and search: lesson 09's comparison.

    uv run python benchmarks/forecasts.py > rnn_utils/data/forecast_errors.csv

About four minutes on one core. `origin` counts the refits: each model is fitted to all values before
its origin and forecasts the next part of the test, one step at a time, until the next origin. The
checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys
from itertools import pairwise

import numpy as np

from rnn_utils.experiments.forecasts import (
    all_series,
    choose_order,
    choose_rnn,
    linear_forecaster,
    one_step_errors,
    rmse,
    trained_step,
)
from rnn_utils.tasks.forecasting import seasonal_naive

ORIGINS, SEEDS = 8, range(5)

if __name__ == "__main__":
    print("series;model;choice;seed;origin;rmse")
    for name, series in all_series().items():
        values, begin = series.values, series.begin
        bounds = np.linspace(begin, len(values), ORIGINS + 1).astype(int)
        order, choice = choose_order(series), choose_rnn(series)
        print(name, order, choice, file=sys.stderr, flush=True)
        models = {
            ("persistence", "", 0): lambda past, _: lambda known: known[-1],
            ("seasonal naive", f"period {series.period}", 0): lambda past, _, p=series.period: (
                lambda known: seasonal_naive(known, p, 1)[0]
            ),
            ("linear, order by validation", f"order {order}", 0): lambda past, _, o=order: (
                linear_forecaster(past, o)
            ),
            ("linear, longest", f"order {series.windows[-1]}", 0): (
                lambda past, _, o=series.windows[-1]: linear_forecaster(past, o)
            ),
        }
        told = f"window {choice.window}, rate {choice.learning_rate}, {choice.epochs} epochs"
        for seed in SEEDS:
            models["RNN", told, seed] = lambda past, seed, s=series, c=choice: trained_step(
                s, past, c, seed
            )
        for (model, how, seed), fit in models.items():
            for origin, (first, last) in enumerate(pairwise(bounds)):
                errors = one_step_errors(fit(values[:first], seed), values, first, last)
                print(f"{name};{model};{how};{seed};{origin};{rmse(errors):.5f}", flush=True)
