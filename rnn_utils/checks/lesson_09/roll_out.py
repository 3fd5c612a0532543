"""Each forecast is made from the values and the forecasts before it: v_{n+k} = step(v_1 … v_{n+k−1})."""

from collections.abc import Callable

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.tasks.forecasting import roll_out


def _step_and_history(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """A step that reads the last three values, each with a weight of its own."""
    weights = rng.uniform(0.4, 1.0, 3) * rng.choice([-1, 1], 3)

    def step(values: np.ndarray) -> float:
        recent = np.asarray(values, dtype=float)[-3:]
        return float(np.tanh(weights[-len(recent) :] @ recent) + 0.3)

    horizon = sizes["T"] + 1
    return {
        "step": step,
        "history": rng.standard_normal(horizon + 2 + sizes["N"]),
        "horizon": horizon,
    }


def _horizon_of_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _step_and_history(rng, sizes) | {"horizon": 1}


def _horizon_of_none(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _step_and_history(rng, sizes) | {"horizon": 0}


def _short_history(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _step_and_history(rng, sizes)
    return arguments | {"history": arguments["history"][:3], "horizon": 9}


_CONTRACT = Contract(
    integers=("history",),
    edges=(
        Case("a horizon of 1", draw=_horizon_of_one),
        Case("a horizon of 0", draw=_horizon_of_none),
        Case("a horizon longer than the history", draw=_short_history),
    ),
)


Step = Callable[[np.ndarray], float]


def _fed(extend: Callable[[np.ndarray, float], np.ndarray]) -> Callable[..., np.ndarray]:
    """Return the roll-out whose values go on as `extend(values, forecast)` says."""

    def rolled(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
        values, forecasts = history, []
        for _ in range(horizon):
            forecasts.append(step(values))
            values = extend(values, forecasts[-1])
        return np.array(forecasts)

    return rolled


_rolled = _fed(lambda values, forecast: np.append(values, forecast))


def _from_forecasts_only(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
    forecasts = [step(history)]
    while len(forecasts) < horizon:
        forecasts.append(step(np.array(forecasts)))
    return np.array(forecasts)


def _through_the_known(last: int) -> Callable[..., np.ndarray]:
    """Return the forecasts of values that are known, each from the true values before it."""

    def forced(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
        ends = len(history) - horizon + last + np.arange(horizon)
        return np.array([step(history[:end]) for end in ends])

    return forced


def _from_the_start(step: Step, history: np.ndarray, horizon: int) -> np.ndarray:
    return np.array([step(history[: k + 1]) for k in range(horizon)])


_TEACHER_FORCING = (
    "true values are fed in where forecasts belong (teacher forcing): values of the history are forecast "
    "once more, each from the true ones before it; after the history there are none"
)


EXERCISE = Exercise(
    name="roll_out",
    lesson="09_forecasting",
    points=2,
    reference=roll_out,
    outputs={"forecasts": "horizon"},
    draw=_step_and_history,
    contract=_CONTRACT,
    mistakes=(
        Mistake(
            "first forecast repeated",
            "the same forecast stands at every step: the values are not extended, at their end, by the "
            "forecast before the next call",
            lambda step, history, horizon: np.full(horizon, step(history)),
        ),
        Mistake("teacher forcing", _TEACHER_FORCING, _through_the_known(0)),
        Mistake("teacher forcing up to now", _TEACHER_FORCING, _through_the_known(1)),
        Mistake("teacher forcing from the start", _TEACHER_FORCING, _from_the_start),
        *(
            Mistake(
                f"append that is not kept, {name}",
                "the values never grow: `np.append` returns a new array and leaves the old one as it was",
                returned,
            )
            for name, returned in {
                "nothing after the history": lambda step, history, horizon: history[len(history) :],
                "end of the history": lambda step, history, horizon: history[-horizon:],
            }.items()
        ),
        Mistake(
            "last value overwritten",
            "the wrong end is dropped: each forecast takes the place of the latest value; it comes after it",
            _fed(lambda values, forecast: np.append(values[:-1], forecast)),
        ),
        Mistake(
            "forecast put in front, last value dropped",
            "the forecast is put before the values, and the latest is dropped; time runs the other way",
            _fed(lambda values, forecast: np.append(forecast, values[:-1])),
        ),
        Mistake(
            "last known value fed back",
            "the values are extended by the last known value, over and over, and not by the forecast",
            lambda step, history, horizon: _fed(lambda values, _: np.append(values, history[-1]))(
                step, history, horizon
            ),
        ),
        Mistake(
            "history forgotten",
            "after the first step only the forecasts are handed to `step`; it takes the history and the "
            "forecasts after it",
            _from_forecasts_only,
        ),
        Mistake(
            "zeros fed back",
            "the values are extended by zeros and not by the forecast",
            _fed(lambda values, forecast: np.append(values, 0.0)),
        ),
        Mistake(
            "oldest values first to go",
            "the oldest value is put at the end once more, as `np.roll` does, and not the forecast",
            _fed(lambda values, forecast: np.roll(values, -1)),
        ),
        Mistake(
            "starts with the last known value",
            "the row begins with the last known value; the first entry is the first forecast",
            lambda step, history, horizon: np.append(
                history[-1], _rolled(step, history, horizon - 1)
            ),
        ),
        Mistake(
            "begins one step late",
            "the first forecast is missing, and one stands at the end that was not asked for",
            lambda step, history, horizon: _rolled(step, history, horizon + 1)[1:],
        ),
        Mistake(
            "one step too many",
            "there is one forecast too many",
            lambda step, history, horizon: _rolled(step, history, horizon + 1),
        ),
        Mistake(
            "one step too few",
            "there is one forecast too few",
            lambda step, history, horizon: _rolled(step, history, horizon - 1),
        ),
        Mistake(
            "history returned as well",
            "the history is returned with the forecasts; only the forecasts are asked for",
            lambda step, history, horizon: np.append(history, _rolled(step, history, horizon)),
        ),
        Mistake(
            "end of the whole row",
            "the oldest values are dropped to make room, and the last values of the history come back with "
            "the forecasts; only the forecasts are asked for",
            lambda step, history, horizon: np.append(history, _rolled(step, history, horizon))[
                -len(history) :
            ],
        ),
        Mistake(
            "the last none are all",
            "the last `horizon` values are returned, and the last 0, `[-0:]`, are all of them: count from "
            "the length of the history on",
            lambda step, history, horizon: np.append(history, _rolled(step, history, horizon))[
                -horizon:
            ],
        ),
        Mistake(
            "only the last forecast",
            "only the last forecast is returned; all of them are asked for",
            lambda step, history, horizon: _rolled(step, history, horizon)[-1],
        ),
        Mistake(
            "forecasts as changes",
            "each forecast is added to the value before it; `step` returns the next value itself",
            _fed(lambda values, forecast: np.append(values, values[-1] + forecast)),
        ),
    ),
)
