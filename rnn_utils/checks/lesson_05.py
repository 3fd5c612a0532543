"""Lesson 05, the forward pass over a sequence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells import rnn_step
from rnn_utils.checks import steps
from rnn_utils.checks.exercise import (
    Arguments,
    Case,
    Exercise,
    Mistake,
    Sizes,
    arrays,
    scaled,
    slips,
)
from rnn_utils.models import RNNParameters, rnn_predict
from rnn_utils.sequences import last_state, rnn_forward, rnn_forward_hoisted

_LESSON = "05_forward_pass"


# rnn_forward and rnn_forward_hoisted -------------------------------------------------------------

_SEQUENCE = arrays(x="T N D", h0="N H", W_xh="H D", W_hh="H H", b_h="H")
_LARGE = Case("large inputs", draw=scaled(_SEQUENCE, x=30.0, b_h=20.0))
_FORWARD_MISTAKES = slips(
    steps.rnn_forward,
    steps.SEQUENCE | steps.RETURNS | steps.TANH | steps.AFFINE,
)


def _wrong_start(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    x, h0, *weights = arguments.values()
    if got[0].shape != (len(x), *h0.shape):
        return None
    return steps.follows(got[0], lambda t, h_prev: rnn_step(x[t], h_prev, *weights))


_RNN_FORWARD = Exercise(
    name="rnn_forward",
    lesson=_LESSON,
    points=3,
    reference=rnn_forward,
    outputs={"h": "T N H"},
    draw=_SEQUENCE,
    letters="TNDH",
    forbids=(rnn_forward_hoisted,),
    edges=(_LARGE,),
    mistakes=_FORWARD_MISTAKES,
    diagnose=_wrong_start,
)


class _Counted(np.ndarray):
    """A weight that counts the products it takes part in, its transpose and its parts included."""

    products: list[str]

    def __array_finalize__(self, parent: Any) -> None:
        self.products = getattr(parent, "products", [])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        self.products.append(ufunc.__name__)
        return getattr(ufunc, method)(*_plain(inputs), **kwargs)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function in (np.dot, np.einsum, np.tensordot, np.inner, np.vdot, np.kron):
            self.products.append(function.__name__)
            return function(*_plain(arguments), **keywords)
        result = super().__array_function__(function, types, arguments, keywords)
        if isinstance(result, _Counted):
            result.products = self.products
        return result

    def dot(self, *arguments: Any, **keywords: Any) -> Any:
        self.products.append("dot")
        return np.asarray(self).dot(*_plain(arguments), **keywords)


def _plain(values: Any) -> tuple[Any, ...]:
    return tuple(np.asarray(v) if isinstance(v, _Counted) else v for v in values)


def count_input_products(function: Callable[..., Any], T: int) -> int:
    """Count in how many products W_xh takes part when a function runs over T steps."""
    rng = np.random.default_rng(0)
    given = _SEQUENCE(rng, {"T": T, "N": 2, "D": 3, "H": 4, "O": 5})
    W_xh = given["W_xh"].view(_Counted)
    W_xh.products = []
    try:
        function(*(given | {"W_xh": W_xh}).values())
    except Exception:  # a solution that insists on plain arrays is not held to the count
        return 0
    return len(W_xh.products)


def _still_in_the_loop(function: Callable[..., Any]) -> str | None:
    short, long = (count_input_products(function, T) for T in (3, 9))
    if long > short:
        return (
            f"The values are right, but W_xh takes part in {short} products for 3 steps and in "
            f"{long} for 9: the input's product is still inside the loop. x @ W_xh.T for all steps "
            "at once needs no state, so it can be done before the loop."
        )
    return None


_RNN_FORWARD_HOISTED = Exercise(
    name="rnn_forward_hoisted",
    lesson=_LESSON,
    points=1,
    reference=rnn_forward_hoisted,
    outputs={"h": "T N H"},
    draw=_SEQUENCE,
    letters="TNDH",
    forbids=(rnn_forward,),
    edges=(_LARGE,),
    mistakes=_FORWARD_MISTAKES,
    diagnose=_wrong_start,
    also=_still_in_the_loop,
)


# last_state --------------------------------------------------------------------------------------


def _states_and_lengths(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, H = (sizes[letter] for letter in "TNH")
    lengths = rng.integers(1, T + 1, N)
    lengths[0] = T
    lengths[-1] = 1 if N > 1 else lengths[-1]
    return {"h": rng.standard_normal((T, N, H)), "lengths": lengths}


_LAST_STATE = Exercise(
    name="last_state",
    lesson=_LESSON,
    points=1,
    reference=last_state,
    outputs={"h_last": "N H"},
    draw=_states_and_lengths,
    letters="TNH",
    mistakes=(
        Mistake(
            "lengths ignored",
            "h[-1] is taken for every sequence; for a shorter one that is a state after its end",
            lambda h, lengths: h[-1],
        ),
        Mistake(
            "off by one",
            "the index is one too large: a sequence of length n ends at index n − 1",
            lambda h, lengths: h[lengths, np.arange(len(lengths))],
        ),
        Mistake(
            "off by one, kept inside",
            "the index is one too large (except at the end): length n ends at index n − 1",
            lambda h, lengths: h[np.minimum(lengths, len(h) - 1), np.arange(len(lengths))],
        ),
        Mistake(
            "one step too early",
            "the index is one too small: a sequence of length n ends at index n − 1",
            lambda h, lengths: h[lengths - 2, np.arange(len(lengths))],
        ),
        Mistake(
            "all sequences at all lengths",
            "h[lengths - 1] picks whole time steps; each sequence n should be read at its own step",
            lambda h, lengths: h[lengths - 1],
        ),
        Mistake(
            "first state",
            "the first state is taken; asked is the last one of each sequence",
            lambda h, lengths: h[0],
        ),
        Mistake(
            "mean of the states",
            "the states are averaged; asked is the last one of each sequence",
            lambda h, lengths: np.stack([h[:n, k].mean(axis=0) for k, n in enumerate(lengths)]),
        ),
        Mistake(
            "counted from the end",
            "the length is counted from the end: h[-n] is n steps before the end",
            lambda h, lengths: h[-lengths, np.arange(len(lengths))],
        ),
    ),
)


# rnn_predict -------------------------------------------------------------------------------------


def _network(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    one = arrays(W_xh="H D", W_hh="H H", b_h="H", W_hy="O H", b_y="O")
    return {
        "x": rng.standard_normal(tuple(sizes[letter] for letter in "TND")),
        "parameters": RNNParameters(**one(rng, sizes)),
        "many_to_one": bool(rng.integers(2)),
    }


def _network_for(many_to_one: bool) -> Case:
    title = "many to one" if many_to_one else "many to many"
    return Case(
        title,
        general=True,
        draw=lambda rng, sizes: _network(rng, sizes) | {"many_to_one": many_to_one},
    )


def _predict(
    made: steps.Slips, x: np.ndarray, parameters: RNNParameters, many_to_one: bool
) -> np.ndarray:
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h0 = np.zeros((x.shape[1], len(W_hh)), dtype=x.dtype)
    if "starts from ones" in made:
        h0 = np.ones_like(h0)
    h = steps.rnn_forward(made, x, h0, W_xh, W_hh, b_h)
    if "output from the state before" in made:
        h = np.concatenate([h0[None], h[:-1]])
    y = h @ W_hy.T
    if "output bias missing" not in made:
        y = y + b_y
    if "tanh of the scores" in made:
        y = np.tanh(y)
    if "softmax of the scores" in made:
        e = np.exp(y - y.max(axis=-1, keepdims=True))
        y = e / e.sum(axis=-1, keepdims=True)
    if "always every step" in made:
        many_to_one = False
    if "always the last step" in made:
        many_to_one = True
    if "many_to_one exchanged" in made:
        many_to_one = not many_to_one
    if not many_to_one:
        return y
    if "first output" in made:
        return y[0]
    if "mean of the outputs" in made:
        return y.mean(axis=0)
    if "last sequence instead of last step" in made:
        return y[:, -1]
    return y[-1:] if "time axis kept" in made else y[-1]


_RNN_PREDICT = Exercise(
    name="rnn_predict",
    lesson=_LESSON,
    points=2,
    reference=rnn_predict,
    outputs={"y": ""},
    draw=_network,
    letters="TNDHO",
    draws=2,
    edges=(_network_for(True), _network_for(False)),
    mistakes=slips(
        _predict,
        {
            "always every step": "many_to_one makes no difference: there is an output at every step",
            "always the last step": "many_to_one makes no difference: only the last output is there",
            "many_to_one exchanged": "the two cases of many_to_one are exchanged",
            "first output": "the first output is returned; the last one has seen the whole sequence",
            "mean of the outputs": "the outputs are averaged; asked is the one after the last step",
            "last sequence instead of last step": (
                "y[:, -1] is the last sequence of the batch; time is the first axis"
            ),
            "time axis kept": "the time axis of length one is kept: y[-1] drops it, y[-1:] does not",
            "output bias missing": "the bias b_y is missing",
            "softmax of the scores": "a softmax is applied; y are the scores before any softmax",
            "tanh of the scores": "tanh is applied to the scores; the output layer has no activation",
            "output from the state before": (
                "the output is read from h_{t-1}; it belongs to the new state h_t"
            ),
            "returns the sum": "the output is read from the sum before tanh; the state is its tanh",
            "starts from ones": "the first state is ones; a fresh sequence starts from zeros",
            **{
                name: (steps.TANH | steps.AFFINE | steps.SEQUENCE)[name]
                for name in (
                    "no tanh",
                    "W_hh transposed",
                    "bias missing",
                    "state missing",
                    "inputs in reverse",
                )
            },
        },
    ),
)

EXERCISES = (_RNN_FORWARD, _RNN_FORWARD_HOISTED, _LAST_STATE, _RNN_PREDICT)
