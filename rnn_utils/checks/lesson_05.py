"""Lesson 05, the forward pass over a sequence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import last_state, rnn_forward, rnn_forward_hoisted, rnn_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.counting import Counted
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips import step as steps
from rnn_utils.training.models import RNNParameters, rnn_predict

_LESSON = "05_forward_pass"


# rnn_forward and rnn_forward_hoisted -------------------------------------------------------------

_SEQUENCE = arrays(x="T N D", h0="N H", W_xh="H D", W_hh="H H", b_h="H")
_LARGE = Case("large inputs", draw=scaled(_SEQUENCE, x=30.0, b_h=20.0))

Step = Callable[..., np.ndarray]


def _by_steps(step: Step) -> Callable[..., np.ndarray]:
    """Return a forward pass from one step, in place of the right one."""

    def forward(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        h, states = h0, []
        for x_t in x:
            h = step(x_t, h, *weights)
            states.append(h)
        return np.stack(states)

    return forward


def _batch_first(step: Step) -> Callable[..., np.ndarray]:
    """Return a forward pass that takes the first axis for the batch and the second for time."""
    forward = _by_steps(step)
    return lambda x, *others: np.swapaxes(forward(np.swapaxes(x, 0, 1), *others), 0, 1)


def _input_first(
    x_t: np.ndarray, h: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    return np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)


def _state_first(
    x_t: np.ndarray, h: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    return np.tanh(h @ W_hh.T + x_t @ W_xh.T + b_h)


def _first_step_only(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    h = np.zeros((len(x), *h0.shape))
    h[0] = rnn_step(x[0], h0, *weights)
    return h


def _from_reader_to_reader(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    h, state = np.zeros((len(x), *h0.shape)), h0[:1]
    for n in range(x.shape[1]):
        for t in range(len(x)):
            state = rnn_step(x[t, n : n + 1], state, *weights)
            h[t, n] = state[0]
    return h


def _first_h0_for_all(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    return _by_steps(_input_first)(x, np.broadcast_to(h0[:1], h0.shape), *weights)


def _put_back_as_batch_first(
    x: np.ndarray, h0: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    T, N, _ = x.shape
    mixed = (x.reshape(T * N, -1) @ W_xh.T).reshape(N, T, -1).swapaxes(0, 1)
    return _by_steps(lambda a_t, h: np.tanh(a_t + h @ W_hh.T + b_h))(mixed, h0)


_TIME_FIRST = (
    "the loop runs along the second axis of x; time is the first one, and x[t] is the input of all "
    "sequences at step t"
)
_COLUMN_WITH_ROWS = (
    "the step is written as on paper, W h with columns; a row of the batch has the matrix on its right, "
    "h_prev @ W_hh.T"
)
_W_XH_NOT_TRANSPOSED = (
    "W_xh is not transposed: x_t (N, D) needs a matrix (D, H) on its right, and W_xh is (H, D)"
)
_FORWARD_MISTAKES = (
    *slips(steps.rnn_forward, steps.SEQUENCE | steps.RETURNS | steps.TANH | steps.AFFINE),
    Mistake(
        "returns after one step",
        "only the first step is taken, as a `return` inside the loop would do; the other rows are as the "
        "buffer was made",
        _first_step_only,
    ),
    Mistake(
        "carried from sequence to sequence",
        "the state goes on from one sequence to the next; each starts from its own row of h0",
        _from_reader_to_reader,
    ),
    Mistake(
        "first h0 for all",
        "every sequence starts from h0[0]; each has its own row",
        _first_h0_for_all,
    ),
    Mistake(
        "joined along the batch",
        "the states are joined end to end; they belong on an axis of their own, time (np.stack, not "
        "np.concatenate)",
        lambda x, *others: np.concatenate(list(_by_steps(_input_first)(x, *others))),
    ),
    Mistake("batch first, input's term first", _TIME_FIRST, _batch_first(_input_first)),
    Mistake("batch first, state's term first", _TIME_FIRST, _batch_first(_state_first)),
    Mistake("batch first, by rnn_step", _TIME_FIRST, _batch_first(rnn_step)),
    Mistake(
        "the column's order with rows, input first",
        _COLUMN_WITH_ROWS,
        _by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(W_xh @ x_t + W_hh @ h + b_h)),
    ),
    Mistake(
        "the column's order with rows, state first",
        _COLUMN_WITH_ROWS,
        _by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(W_hh @ h + W_xh @ x_t + b_h)),
    ),
    Mistake(
        "W_xh not transposed",
        _W_XH_NOT_TRANSPOSED,
        _by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh + h @ W_hh + b_h)),
    ),
    Mistake(
        "W_xh not transposed, by dot",
        _W_XH_NOT_TRANSPOSED,
        _by_steps(lambda x_t, h, W_xh, W_hh, b_h: np.tanh(x_t.dot(W_xh) + h.dot(W_hh) + b_h)),
    ),
)
_HOISTED_MISTAKES = (
    *_FORWARD_MISTAKES,
    Mistake(
        "tanh before the loop too",
        "tanh is taken of the input's term before the loop, and of the sum again inside; it belongs "
        "around the sum alone",
        _by_steps(
            lambda x_t, h, W_xh, W_hh, b_h: np.tanh(np.tanh(x_t @ W_xh.T + b_h) + h @ W_hh.T)
        ),
    ),
    Mistake(
        "rows put back as batch first",
        "the T·N rows are put back as (N, T, H), which mixes steps and sequences: they stand step by "
        "step, so time comes first in the reshape",
        _put_back_as_batch_first,
    ),
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
    forbids=(rnn_forward_hoisted,),
    contract=Contract(
        sizes="TNDH",
        edges=(_LARGE,),
    ),
    mistakes=_FORWARD_MISTAKES,
    diagnose=_wrong_start,
)


def count_input_products(function: Callable[..., Any], T: int) -> int:
    """Count in how many products W_xh takes part when a function runs over T steps."""
    rng = np.random.default_rng(0)
    given = _SEQUENCE(rng, {"T": T, "N": 2, "D": 3, "H": 4, "O": 5})
    watched = {name: given[name].view(Counted) for name in ("x", "W_xh")}
    products: list[str] = []
    watched["W_xh"].products = products
    try:
        function(*(given | watched).values())
    except Exception:  # a solution that insists on plain arrays is not held to the count
        return 0
    return len(products)


def _still_in_the_loop(function: Callable[..., Any]) -> str | None:
    short, long = (count_input_products(function, T) for T in (3, 9))
    if long > short:
        return (
            f"The values are right, but W_xh takes part in {short} products for 3 steps and in "
            f"{long} for 9: there is still one at every step, inside the loop or in one beside it. The "
            "input's product needs no state, so all steps can be had at once: x has three axes, and "
            "`@` takes them."
        )
    return None


_RNN_FORWARD_HOISTED = Exercise(
    name="rnn_forward_hoisted",
    lesson=_LESSON,
    points=1,
    reference=rnn_forward_hoisted,
    outputs={"h": "T N H"},
    draw=_SEQUENCE,
    forbids=(rnn_forward,),
    contract=Contract(
        sizes="TNDH",
        edges=(_LARGE,),
    ),
    mistakes=_HOISTED_MISTAKES,
    diagnose=_wrong_start,
    also=_still_in_the_loop,
)


# last_state --------------------------------------------------------------------------------------


def _states_and_lengths(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, H = (sizes[letter] for letter in "TNH")
    lengths = rng.integers(1, T + 1, N)
    lengths[0] = T
    lengths[-1] = 1 if N > 1 else lengths[-1]
    return {"h": rng.standard_normal((T, N, H)), "lengths": rng.permutation(lengths)}


def _real_steps(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return h * (np.arange(len(h))[:, None] < lengths)[..., None]


_LAST_STATE = Exercise(
    name="last_state",
    lesson=_LESSON,
    points=1,
    reference=last_state,
    outputs={"h_last": "N H"},
    draw=_states_and_lengths,
    contract=Contract(
        sizes="TNH",
    ),
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
            "length of the first for all",
            "every sequence is read where the first one ends; each has its own length",
            lambda h, lengths: h[lengths[0] - 1],
        ),
        Mistake(
            "axes exchanged",
            "the two indices are exchanged: time is the first axis of h, the batch is the second",
            lambda h, lengths: h[np.arange(len(lengths)), lengths - 1],
        ),
        Mistake(
            "batch index over the steps",
            "there is a batch index for every step; there should be one for every sequence, N of them",
            lambda h, lengths: h[lengths - 1, np.arange(len(h))],
        ),
        Mistake(
            "slice by an array",
            "an array of lengths is used as the end of a slice; a slice takes one number for everybody",
            lambda h, lengths: h[:lengths][-1],
        ),
        Mistake(
            "always the first sequence",
            "the first sequence is read at everybody's lengths; row n is about sequence n",
            lambda h, lengths: h[lengths - 1, 0],
        ),
        Mistake(
            "last sequence",
            "h[:, -1] is the last sequence of the batch; time is the first axis",
            lambda h, lengths: h[:, -1],
        ),
        Mistake(
            "masked, then the last step",
            "the padded states are set to zero, and then the last step is read: for a shorter sequence "
            "that is the zero",
            lambda h, lengths: _real_steps(h, lengths)[-1],
        ),
        Mistake(
            "sum of the states",
            "the states are added up over the real steps; asked is the last one of each sequence",
            lambda h, lengths: _real_steps(h, lengths).sum(axis=0),
        ),
        Mistake(
            "largest state",
            "the largest value over time is taken; asked is the last state of each sequence",
            lambda h, lengths: h.max(axis=0),
        ),
        Mistake(
            "joined end to end",
            "the states are joined end to end; each belongs in a row of its own (np.stack)",
            lambda h, lengths: np.concatenate([h[n - 1, k] for k, n in enumerate(lengths)]),
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
    if "no output layer" in made:
        return h[-1] if many_to_one else h
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
    if "sum of the outputs" in made:
        return y.sum(axis=0)
    if "sum of the states" in made:
        return h.sum(axis=0) @ W_hy.T + b_y
    if "last sequence instead of last step" in made:
        return y[:, -1]
    return y[-1:] if "time axis kept" in made else y[-1]


def _rows_for_steps(forward: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Return a prediction whose first state has a row for every step instead of every sequence."""

    def predict(x: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
        h = forward(x, np.zeros((len(x), len(parameters.b_h))), *parameters[:3])
        return _read(h, parameters, many_to_one)

    return predict


def _read(h: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
    return (h[-1] if many_to_one else h) @ parameters.W_hy.T + parameters.b_y


def _states(x: np.ndarray, parameters: RNNParameters) -> np.ndarray:
    h0 = np.zeros((x.shape[1], len(parameters.b_h)))
    return _by_steps(_input_first)(x, h0, *parameters[:3])


def _steps_joined(x: np.ndarray, parameters: RNNParameters, many_to_one: bool) -> np.ndarray:
    h = _states(x, parameters).reshape(-1, len(parameters.b_h))
    return _read(h, parameters, many_to_one)


_ROWS_FOR_STEPS = (
    "the first state has T rows; it needs one for each sequence, and N is the second axis of x"
)

_RNN_PREDICT = Exercise(
    name="rnn_predict",
    lesson=_LESSON,
    points=2,
    reference=rnn_predict,
    outputs={"y": ""},
    draw=_network,
    draws=2,
    contract=Contract(
        sizes="TNDHO",
        edges=(_network_for(True), _network_for(False)),
    ),
    mistakes=(
        Mistake(
            "first state of T rows, input's term first",
            _ROWS_FOR_STEPS,
            _rows_for_steps(_by_steps(_input_first)),
        ),
        Mistake(
            "first state of T rows, state's term first",
            _ROWS_FOR_STEPS,
            _rows_for_steps(_by_steps(_state_first)),
        ),
        Mistake(
            "first state of T rows, by rnn_forward", _ROWS_FOR_STEPS, _rows_for_steps(rnn_forward)
        ),
        Mistake(
            "W_hy not transposed",
            "W_hy is not transposed: a row of states (H,) needs a matrix (H, O) on its right, and W_hy "
            "is (O, H)",
            lambda x, parameters, many_to_one: _states(x, parameters) @ parameters.W_hy,
        ),
        Mistake(
            "parameters in another order",
            "b_h and W_hy are exchanged: the parameters come in the order W_xh, W_hh, b_h, W_hy, b_y",
            lambda x, parameters, many_to_one: _by_steps(_input_first)(
                x,
                np.zeros((x.shape[1], len(parameters.W_hh))),
                *(parameters.W_xh, parameters.W_hh, parameters.W_hy),
            ),
        ),
        Mistake(
            "steps and sequences joined",
            "steps and sequences are joined into one axis of T·N rows; the output keeps them apart, "
            "and its last row is then no step",
            _steps_joined,
        ),
        Mistake(
            "classes instead of scores",
            "the class with the largest score is returned; expected are the scores themselves",
            lambda x, parameters, many_to_one: _read(
                _states(x, parameters), parameters, many_to_one
            ).argmax(axis=-1),
        ),
        *slips(
            _predict,
            {
                "no output layer": "the states are returned; the output layer that reads them is missing",
                "sum of the outputs": "the outputs are added up; asked is the one after the last step",
                "sum of the states": "the states are added up and then read; asked is the last one alone",
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
    ),
)

EXERCISES = (_RNN_FORWARD, _RNN_FORWARD_HOISTED, _LAST_STATE, _RNN_PREDICT)
