"""The figures of lesson 09, forecasting."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import plots
from rnn_utils.tasks.forecasting import make_windows


def sunspots(years: np.ndarray, numbers: np.ndarray, begin: int) -> None:
    """Show the yearly sunspot numbers, with the part that is kept back from `begin` on."""
    _known_and_kept_back(
        years,
        numbers,
        begin,
        ("year", "sunspot number"),
        "Yearly sunspot numbers from 1700 to 2008 rise and fall about every eleven years, between zero "
        "and 50 to 190. The years from 1929 on, dashed, have the highest peaks of all.",
    )
    print(f"largest number until 1928: {numbers[:begin].max()}, after it: {numbers[begin:].max()}")


def co2(weeks: np.ndarray, measured: np.ndarray, begin: int) -> None:
    """Show the weekly carbon dioxide, with the part that is kept back from `begin` on."""
    _known_and_kept_back(
        weeks,
        measured,
        begin,
        ("year", "CO2 (parts per million)"),
        "Weekly carbon dioxide from 1958 to 2001 rises from 316 to 371 parts per million in a wave of one "
        "year; all of the test years lie above all of the training years.",
    )


def _known_and_kept_back(
    when: np.ndarray, values: np.ndarray, begin: int, labels: tuple[str, str], alt: str
) -> None:
    figure, axes = plots.subplots(*labels)
    axes.plot(when[:begin], values[:begin], color=plots.COLOURS[0], label="to learn from")
    axes.plot(when[begin:], values[begin:], "--", color=plots.COLOURS[1], label="kept back")
    axes.legend(frameon=False, labelcolor=plots.INK, fontsize=9, loc="upper left")
    plots.show(figure, alt)


def comparison(rows: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Print the RMSE of every model on every series, and return it by stretch of the test part.

    Args:
        rows: `data.forecast_errors()`.

    Returns:
        By series and by model, the RMSE on each stretch; for the RNN the mean over its seeds.
    """
    models = list(dict.fromkeys(rows["model"].tolist()))
    print("RMSE over the whole test part; RNN: mean over 5 seeds (lowest to highest)\n")
    table: dict[str, dict[str, np.ndarray]] = {}
    for name in dict.fromkeys(rows["series"].tolist()):
        table[name] = {}
        print(name)
        for model in models:
            here = rows[(rows["series"] == name) & (rows["model"] == model)]
            by_seed = np.array(
                [here[here["seed"] == seed]["rmse"] for seed in np.unique(here["seed"])]
            )
            table[name][model] = by_seed.mean(axis=0)
            whole = np.sqrt(np.mean(by_seed**2, axis=1))  # the stretches are equally long
            spread = f" ({whole.min():.2f} to {whole.max():.2f})" if len(whole) > 1 else ""
            how = here["choice"][0]
            print(f"   {model:27} {whole.mean():6.2f}{spread:18}  {how}")
    return table


def errors_ahead(rolled: Mapping[str, np.ndarray], series: np.ndarray, begin: int) -> None:
    """Show the RMSE of each step ahead, and print some of them.

    Args:
        rolled: by name, forecasts (origins, horizon); row k begins at series[begin + k].
        series: the values (L,).
        begin: the first origin.
    """
    horizon = next(iter(rolled.values())).shape[1]
    _, truth = make_windows(series[begin - 1 :], window=1, horizon=horizon)
    curves = {
        name: np.sqrt(np.mean((forecasts - truth) ** 2, axis=0))
        for name, forecasts in rolled.items()
    }
    figure, axes = plots.subplots("years ahead", "RMSE (spots)", height=3.4)
    plots.lines(axes, curves)
    axes.set_ylim(0, 1.35 * max(curve.max() for curve in curves.values()))  # room for the names
    plots.show(
        figure,
        "Error against years ahead. RNN and linear autoregression start near 20 and climb to more than "
        "twice that within a few years. Persistence climbs to almost a hundred and falls again towards "
        "eleven years. The seasonal naive forecast stays nearly level near 40.",
    )
    ahead = (1, 3, 5, 8, 11, 16, 22)
    print("years ahead           ", "".join(f"{k:5}" for k in ahead))
    for name, curve in curves.items():
        print(f"{name:23}", "".join(f"{curve[k - 1]:5.0f}" for k in ahead))


def linear_from_other(inputs: np.ndarray, targets: np.ndarray, begin: int, order: int) -> float:
    """Return the RMSE of a linear forecast of targets[t] from inputs[t − 1], …, inputs[t − order].

    Args:
        inputs: the series that is read (L,).
        targets: the series that is forecast (L,).
        begin: where the test part begins; the fit uses what is before.
        order: how many values are read.
    """
    t = np.arange(24, len(targets) - 6)
    columns = np.column_stack([np.ones(len(t)), *(inputs[t - k] for k in range(1, order + 1))])
    past = t < begin
    fitted = np.linalg.lstsq(columns[past], targets[t[past]], rcond=None)[0]
    return float(np.sqrt(np.mean((columns[~past] @ fitted - targets[t[~past]]) ** 2)))


def orders(by_validation: Sequence[float], by_test: Sequence[float]) -> None:
    """Show the error of each order, by validation and by test, and print what each would choose."""
    places: ArrayLike = np.arange(1, len(by_validation) + 1)
    figure, axes = plots.subplots("order (years looked at)", "RMSE (spots)")
    plots.lines(axes, {"validation years": by_validation, "test years": by_test}, x=places)
    plots.show(
        figure,
        "Error of a linear autoregression against its order. On the validation years it is lowest at two "
        "and rises slowly; on the test years it is lowest at nine.",
    )
    for name, curve in (("validation", by_validation), ("the test", by_test)):
        best = int(np.argmin(curve))
        print(
            f"chosen by {name:10}: order {best + 1:2}, RMSE on the test years {by_test[best]:.1f}"
        )
