"""Arguments for every function of the mathematics, drawn at any sizes, for the tests to share."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

import rnn_utils

quick = settings(max_examples=30, deadline=None)  # a shared machine may pause at any example
seeds = st.integers(0, 2**32 - 1)
sizes = st.fixed_dictionaries({letter: st.integers(1, 4) for letter in "TNDHO"})

with_torch = pytest.mark.skipif(
    find_spec("torch") is None,
    reason="PyTorch is not installed (pip install torch); its stored values are checked instead",
)

DIFFERENT = {"T": 6, "N": 3, "D": 2, "H": 5, "O": 4}
ONES = dict.fromkeys("TNDHO", 1)


def draw_rnn(rng: np.random.Generator, T: int, N: int, D: int, H: int, **_: int) -> dict[str, Any]:
    """The arguments of rnn_forward, with a nonzero initial state."""
    return {
        "x": rng.normal(size=(T, N, D)),
        "h0": rng.normal(size=(N, H)) / 2,
        "W_xh": rng.normal(size=(H, D)),
        "W_hh": rng.normal(size=(H, H)),
        "b_h": rng.normal(size=H),
    }


def draw_backward(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    """The arguments of rnn_backward, with h as the forward pass returned it."""
    forward = draw_rnn(rng, **n)
    h = rnn_utils.rnn_forward(**forward)
    dh = rng.normal(size=h.shape)
    return {"dh": dh, "x": forward["x"], "h0": forward["h0"], "h": h} | {
        name: forward[name] for name in ("W_xh", "W_hh")
    }


def draw_step(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    forward = draw_rnn(rng, **n)
    return {"x_t": forward["x"][0], "h_prev": forward["h0"]} | {
        name: forward[name] for name in ("W_xh", "W_hh", "b_h")
    }


def draw_step_backward(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    step = draw_step(rng, **n)
    h_t = rnn_utils.rnn_step(**step)
    del step["b_h"]
    dh_t = rng.normal(size=h_t.shape)
    return {"dh_t": dh_t, "x_t": step["x_t"], "h_prev": step["h_prev"], "h_t": h_t} | step


def draw_column(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    s = draw_step(rng, **n)
    return {
        "x": s["x_t"][0],
        "h": s["h_prev"][0],
        "W_xh": s["W_xh"],
        "W_hh": s["W_hh"],
        "b": s["b_h"],
    }


def draw_layers(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    forward = [draw_rnn(rng, **n) for _ in range(n["T"])]
    layers = [(f["W_xh"], f["W_hh"], f["b_h"]) for f in forward]
    return {"x": forward[0]["x"], "h0": forward[0]["h0"], "layers": layers}


def draw_scores(rng: np.random.Generator, T: int, N: int, O: int, **_: int) -> dict[str, Any]:  # noqa: E741
    return {"y": rng.normal(size=(T, N, O)), "targets": rng.integers(O, size=(T, N))}


def draw_values(rng: np.random.Generator, T: int, N: int, O: int, **_: int) -> dict[str, Any]:  # noqa: E741
    return {"y": rng.normal(size=(T, N, O)), "targets": rng.normal(size=(T, N, O))}


def draw_output(rng: np.random.Generator, T: int, N: int, H: int, O: int, **_: int) -> Any:  # noqa: E741
    return {
        "h_t": rng.normal(size=(T, N, H)),
        "W_hy": rng.normal(size=(O, H)),
        "b_y": rng.normal(size=O),
    }


def draw_output_backward(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    output = draw_output(rng, **n)
    dy = rng.normal(size=(n["T"], n["N"], n["O"]))
    return {"dy": dy, "h_t": output["h_t"], "W_hy": output["W_hy"]}


#: What draws the parameters of each model.
INITIALISE = (rnn_utils.initialise_rnn, rnn_utils.initialise_lstm, rnn_utils.initialise_gru)


def draw_model(
    rng: np.random.Generator, initialise: Callable[..., Any] = rnn_utils.initialise_rnn, **n: int
) -> dict[str, Any]:
    parameters = initialise(n["D"], n["H"], n["O"], rng)
    targets = rng.integers(n["O"], size=(n["T"], n["N"]))
    x = rng.normal(size=(n["T"], n["N"], n["D"]))
    return {"parameters": parameters, "x": x, "targets": targets}


#: What a model can be trained towards: classes at every step, at the last, from the middle on; or values.
TARGETS = ("each step", "last step", "last steps", "values")


def draw_targets(kind: str, rng: np.random.Generator, model: dict[str, Any], **n: int) -> Any:
    """The targets of a drawn model, or others for the same inputs."""
    if kind == "values":
        return rng.normal(size=(n["T"], n["N"], n["O"]))
    return {
        "each step": model["targets"],
        "last step": model["targets"][-1],
        "last steps": model["targets"][n["T"] // 2 :],
    }[kind]


def draw_model_and_state(
    rng: np.random.Generator, initialise: Callable[..., Any] = rnn_utils.initialise_rnn, **n: int
) -> dict[str, Any]:
    model = draw_model(rng, initialise, **n)
    zeros = rnn_utils.zero_state(model["parameters"], n["N"])
    return model | {"h0": map_arrays(lambda s: rng.uniform(-1, 1, size=s.shape), zeros)}


def draw_prediction(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    model = draw_model(rng, **n)
    return {"x": model["x"], "parameters": model["parameters"], "many_to_one": False}


def draw_last(rng: np.random.Generator, T: int, N: int, H: int, **_: int) -> dict[str, Any]:
    return {"h": rng.normal(size=(T, N, H)), "lengths": rng.integers(1, T + 1, size=N)}


def draw_series(rng: np.random.Generator, T: int, **_: int) -> dict[str, Any]:
    return {"x": rng.normal(size=T), "w_hh": 0.5, "w_xh": 2.0, "h0": 1.0}


def draw_lstm(rng: np.random.Generator, T: int, N: int, D: int, H: int, **_: int) -> dict[str, Any]:
    """The arguments of lstm_forward."""
    return {
        "x": rng.normal(size=(T, N, D)),
        "h0": rng.normal(size=(N, H)) / 2,
        "c0": rng.normal(size=(N, H)),
        "W_x": rng.normal(size=(4 * H, D)),
        "W_h": rng.normal(size=(4 * H, H)),
        "b": rng.normal(size=4 * H),
    }


def draw_gru(rng: np.random.Generator, T: int, N: int, D: int, H: int, **_: int) -> dict[str, Any]:
    """The arguments of gru_forward."""
    return {
        "x": rng.normal(size=(T, N, D)),
        "h0": rng.normal(size=(N, H)) / 2,
        "W_x": rng.normal(size=(3 * H, D)),
        "W_h": rng.normal(size=(3 * H, H)),
        "b_x": rng.normal(size=3 * H),
        "b_h": rng.normal(size=3 * H),
    }


def first_step(sequence: dict[str, Any]) -> dict[str, Any]:
    """The arguments of one step, from those of a whole sequence."""
    names = {"h0": "h_prev", "c0": "c_prev"}
    step = {names.get(name, name): a for name, a in sequence.items() if name != "x"}
    return {"x_t": sequence["x"][0]} | step


def with_upstream(forward: dict[str, Any], rng: np.random.Generator, *names: str) -> dict[str, Any]:
    """The arguments of a backward function: gradients as large as the states, then the forward's."""
    state = forward["h0"] if "h0" in forward else forward["h_prev"]
    shape = (*forward["x"].shape[:-1], state.shape[1]) if "x" in forward else state.shape
    return {name: rng.normal(size=shape) for name in names} | forward


def draw_convolution(rng: np.random.Generator, T: int, N: int, D: int, H: int, O: int) -> Any:  # noqa: E741
    """The arguments of convolve2d, for images of T rows and O columns."""
    return {
        "x": rng.normal(size=(T, O, N, D)),
        "W": rng.normal(size=(H, D, 3, 3)),
        "b": rng.normal(size=H),
    }


def draw_convolution_backward(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    forward = draw_convolution(rng, **n)
    dh = rng.normal(size=rnn_utils.convolve2d(**forward).shape)
    return {"dh": dh, "x": forward["x"], "W": forward["W"]}


def draw_sweep(rng: np.random.Generator, T: int, N: int, D: int, H: int, O: int) -> Any:  # noqa: E741
    """The arguments of row_column_sweep, for images of T rows and O columns."""

    def both_ways(D: int) -> list[tuple[np.ndarray, ...]]:
        shapes = (H, D), (H, H), (H,)
        return [tuple(rng.normal(size=shape) for shape in shapes) for _ in range(2)]

    return {"x": rng.normal(size=(T, O, N, D)), "rows": both_ways(D), "columns": both_ways(2 * H)}


def draw_stack(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    """The arguments of stacked_forward, for three layers."""
    first, *upper = [draw_rnn(rng, **(n | {"D": n["H"] if k else n["D"]})) for k in range(3)]
    h0 = np.stack([f["h0"] for f in (first, *upper)])
    layers = [(f["W_xh"], f["W_hh"], f["b_h"]) for f in (first, *upper)]
    return {"x": first["x"], "h0": h0, "layers": layers}


def draw_two_ways(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    """The arguments of bidirectional_forward."""
    both = [draw_rnn(rng, **n) for _ in range(2)]
    layers = [(f["W_xh"], f["W_hh"], f["b_h"]) for f in both]
    return {"x": both[0]["x"], "h0": np.stack([f["h0"] for f in both]), "layers": layers}


def back_from(
    forward: Callable[..., Any], draw: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    """Draw the arguments of the way back, with h as the forward function returned it."""

    def drawn(rng: np.random.Generator, **n: int) -> dict[str, Any]:
        arguments = draw(rng, **n)
        h = forward(**arguments)
        dh = rng.normal(size=h.shape[-3:])
        return {"dh": dh, "x": arguments["x"], "h0": arguments["h0"], "h": h} | {
            "layers": arguments["layers"]
        }

    return drawn


def draw_states(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    """The arguments of gradient_norms: the states of one sequence, and the weight that made them."""
    forward = draw_rnn(rng, **n)
    return {"h": rnn_utils.rnn_forward(**forward)[:, 0], "W_hh": forward["W_hh"]}


def draw_state(rng: np.random.Generator, **n: int) -> dict[str, Any]:
    states = draw_states(rng, **n)
    return {"h_t": states["h"][-1], "W_hh": states["W_hh"]}


class Call(NamedTuple):
    """How to call one public function."""

    function: Callable[..., Any]
    draw: Callable[..., dict[str, Any]]


def _any_shape(name: str) -> Callable[..., dict[str, Any]]:
    return lambda rng, T, N, H, **_: {name: rng.uniform(-1, 1, size=(T, N, H))}


CALLS = {
    call.function.__name__: call
    for call in [
        Call(rnn_utils.tanh_derivative, _any_shape("h")),
        Call(rnn_utils.sigmoid, _any_shape("a")),
        Call(rnn_utils.sigmoid_derivative, _any_shape("s")),
        Call(rnn_utils.relu, _any_shape("a")),
        Call(rnn_utils.relu_derivative, _any_shape("h")),
        Call(rnn_utils.softmax, _any_shape("y")),
        Call(rnn_utils.running_mean, lambda rng, T, **_: {"xs": rng.normal(size=T)}),
        Call(rnn_utils.linear_rnn, draw_series),
        Call(rnn_utils.state_step_column, draw_column),
        Call(rnn_utils.state_step, draw_step),
        Call(rnn_utils.rnn_step, draw_step),
        Call(rnn_utils.rnn_step_backward, draw_step_backward),
        Call(rnn_utils.forward_layers, draw_layers),
        Call(rnn_utils.rnn_forward, draw_rnn),
        Call(rnn_utils.rnn_forward_hoisted, draw_rnn),
        Call(rnn_utils.rnn_backward, draw_backward),
        Call(rnn_utils.rnn_backward_plain, draw_backward),
        Call(rnn_utils.lstm_step, lambda rng, **n: first_step(draw_lstm(rng, **n))),
        Call(
            rnn_utils.lstm_step_backward,
            lambda rng, **n: with_upstream(first_step(draw_lstm(rng, **n)), rng, "dh_t", "dc_t"),
        ),
        Call(rnn_utils.lstm_forward, draw_lstm),
        Call(
            rnn_utils.lstm_backward, lambda rng, **n: with_upstream(draw_lstm(rng, **n), rng, "dh")
        ),
        Call(rnn_utils.gru_step, lambda rng, **n: first_step(draw_gru(rng, **n))),
        Call(
            rnn_utils.gru_step_backward,
            lambda rng, **n: with_upstream(first_step(draw_gru(rng, **n)), rng, "dh_t"),
        ),
        Call(rnn_utils.gru_forward, draw_gru),
        Call(rnn_utils.gru_backward, lambda rng, **n: with_upstream(draw_gru(rng, **n), rng, "dh")),
        Call(rnn_utils.convolve2d, draw_convolution),
        Call(rnn_utils.convolve2d_backward, draw_convolution_backward),
        Call(rnn_utils.row_column_sweep, draw_sweep),
        Call(
            rnn_utils.row_column_sweep_backward,
            lambda rng, **n: (
                {"dh": rng.normal(size=(n["T"], n["O"], n["N"], 2 * n["H"]))} | draw_sweep(rng, **n)
            ),
        ),
        Call(rnn_utils.stacked_forward, draw_stack),
        Call(rnn_utils.stacked_backward, back_from(rnn_utils.stacked_forward, draw_stack)),
        Call(rnn_utils.bidirectional_forward, draw_two_ways),
        Call(
            rnn_utils.bidirectional_backward,
            back_from(rnn_utils.bidirectional_forward, draw_two_ways),
        ),
        Call(rnn_utils.last_state, draw_last),
        Call(rnn_utils.output_layer, draw_output),
        Call(rnn_utils.output_layer_backward, draw_output_backward),
        Call(rnn_utils.cross_entropy, draw_scores),
        Call(rnn_utils.cross_entropy_backward, draw_scores),
        Call(rnn_utils.mean_squared_error, draw_values),
        Call(rnn_utils.mean_squared_error_backward, draw_values),
        Call(rnn_utils.accuracy, draw_scores),
        Call(rnn_utils.rnn_predict, draw_prediction),
        Call(rnn_utils.loss_and_gradients, draw_model),
        Call(rnn_utils.stateful_loss_and_gradients, draw_model_and_state),
        Call(rnn_utils.truncated_bptt, lambda rng, **n: draw_model(rng, **n) | {"window": 2}),
        Call(rnn_utils.checkpointed_loss_and_gradients, draw_model),
        Call(rnn_utils.step_jacobian, draw_state),
        Call(rnn_utils.gradient_norms, draw_states),
    ]
}


def map_arrays(change: Callable[[np.ndarray], Any], tree: Any) -> Any:
    """Apply a change to every array in nested dicts, lists and tuples."""
    if isinstance(tree, np.ndarray):
        return change(tree)
    if isinstance(tree, dict):
        return {name: map_arrays(change, value) for name, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(map_arrays(change, value) for value in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(map_arrays(change, value) for value in tree)
    return tree


def arrays_in(tree: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    map_arrays(found.append, tree)
    return found
