"""What holds for every function of the mathematics: dtypes, views, untouched inputs, errors."""

import ast
import inspect
import re
import textwrap

import numpy as np
import pytest
from rnn_arguments import CALLS, DIFFERENT, ONES, arrays_in, map_arrays

import rnn_utils
from rnn_utils import data, widgets
from rnn_utils.checks import check, exercise, exercises, grade, yours_or_ours

every_function = pytest.mark.parametrize("name", CALLS)
every_size = pytest.mark.parametrize(
    "sizes", [DIFFERENT, ONES, *({**DIFFERENT, letter: 1} for letter in "TNDHO")], ids=str
)


def draw(name, sizes=DIFFERENT, seed=1):
    return CALLS[name].draw(np.random.default_rng(seed), **sizes)


def floats_as(dtype):
    return lambda a: a.astype(dtype) if a.dtype.kind == "f" else a


def spread(a):
    """The same values in an array whose elements do not lie next to each other."""
    wide = np.full([2 * n for n in a.shape], 7, dtype=a.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
    view[...] = a
    return view


def protect(a):
    a.flags.writeable = False
    return a


@every_function
@every_size
def test_float32_in_gives_the_same_in_float32(name, sizes):
    function, arguments = CALLS[name].function, draw(name, sizes)
    wide = arrays_in(function(**arguments))
    narrow = arrays_in(function(**map_arrays(floats_as(np.float32), arguments)))
    assert {a.dtype for a in wide} <= {np.dtype(np.float64)}
    assert {a.dtype for a in narrow} <= {np.dtype(np.float32)}
    for w, n in zip(wide, narrow, strict=True):
        np.testing.assert_allclose(n, w, rtol=1e-3, atol=1e-4)


@every_function
@every_size
def test_read_only_arguments_are_accepted_and_left_alone(name, sizes):
    arguments = map_arrays(protect, draw(name, sizes))
    CALLS[name].function(**arguments)
    for after, before in zip(arrays_in(arguments), arrays_in(draw(name, sizes)), strict=True):
        np.testing.assert_array_equal(after, before)


@every_function
@every_size
def test_results_share_no_memory_with_arguments(name, sizes):
    arguments = draw(name, sizes)
    for result in arrays_in(CALLS[name].function(**arguments)):
        assert not any(np.shares_memory(result, a) for a in arrays_in(arguments))


@every_function
def test_views_with_gaps_give_the_same_values(name):
    arguments = draw(name)
    plain = CALLS[name].function(**arguments)
    for a, b in zip(
        arrays_in(CALLS[name].function(**map_arrays(spread, arguments))),
        arrays_in(plain),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@every_function
def test_integers_where_floats_belong_are_refused_by_name(name):
    arguments = draw(name)
    for key, value in arguments.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            wrong = arguments | {key: value.astype(int)}
            with pytest.raises(
                TypeError, match=rf"{name}: {key} .*dtype is int64.*astype\(float\)"
            ):
                CALLS[name].function(**wrong)


@every_function
def test_lists_where_arrays_belong_are_refused_by_name(name):
    arguments = draw(name)
    for key, value in arguments.items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            wrong = arguments | {key: value.tolist()}
            with pytest.raises(TypeError, match=rf"{name}: {key} .*is a list.*np\.asarray"):
                CALLS[name].function(**wrong)


def test_a_clash_of_sizes_names_function_argument_and_shapes():
    for name in CALLS:
        arguments = draw(name)
        arrays = [key for key, value in arguments.items() if isinstance(value, np.ndarray)]
        if len(arrays) < 2:
            continue  # a single array of any size is right
        for key in arrays:
            grown = np.pad(arguments[key], 1, mode="edge")
            message = rf"^{name}: \w+ should have shape .*\d.*\."
            with pytest.raises(ValueError, match=message) as error:
                CALLS[name].function(**arguments | {key: grown})
            assert key in str(error.value) or key == "targets", error.value
            assert str(grown.shape) in str(error.value), error.value


def test_a_wrong_number_of_axes_says_which_are_expected():
    a = draw("rnn_step")
    with pytest.raises(ValueError, match=r"rnn_step: b_h should have 1 axis, shape \(H,\)"):
        rnn_utils.rnn_step(**a | {"b_h": a["b_h"][None]})
    with pytest.raises(ValueError, match=r"x_t should have 2 axes, shape \(N, D\).*x_t\[None\]"):
        rnn_utils.rnn_step(**a | {"x_t": a["x_t"][0]})
    with pytest.raises(ValueError, match="y should have at least 1 axis"):
        rnn_utils.softmax(np.array(1.0))
    with pytest.raises(ValueError, match="w_hh should be a single number"):
        rnn_utils.half_life(np.ones(2))


def test_a_transposed_weight_is_told_so():
    a = draw("rnn_forward")
    with pytest.raises(ValueError, match=r"Weights are \(out, in\): W_xh\.T would fit"):
        rnn_utils.rnn_forward(**a | {"W_xh": a["W_xh"].T})
    with pytest.raises(ValueError, match="Change the one that is wrong") as error:
        rnn_utils.rnn_forward(**a | {"W_xh": a["W_xh"][:, :1]})
    assert "would fit" not in str(error.value)


def test_a_recurrent_weight_that_is_not_square_is_told_so():
    a = draw("rnn_predict")
    parameters = a["parameters"]._replace(W_hh=np.ones((5, 6)))
    with pytest.raises(ValueError, match="square, but H is both 5 and 6"):
        rnn_utils.rnn_predict(a["x"], parameters, many_to_one=True)


PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (rnn_utils, data, widgets)
    for name in module.__all__
} | {f"checks.{f.__name__}": f for f in (check, grade, exercise, exercises, yours_or_ours)}


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_says_what_it_takes_returns_and_raises_and_shows_an_example(name):
    public = PUBLIC[name]
    said = inspect.getdoc(public)
    assert said, "no docstring"
    if not inspect.isfunction(public):
        return
    assert ">>>" in said or not inspect.signature(public).parameters, "no example"
    assert "return" in public.__annotations__, "no type hints"
    taken = said.partition("Args:")[2].partition("\n\n")[0]
    for parameter in inspect.signature(public).parameters:
        assert re.search(rf"\b{parameter}\b", taken), f"{parameter} is not explained"
    if public.__annotations__["return"] not in (None, "None"):
        assert re.search(r"^(Returns|Yields):|^Return ", said, re.M), "what it returns is not told"
    body = ast.parse(textwrap.dedent(inspect.getsource(public))).body[0].body
    own = [
        part for part in body if not isinstance(part, ast.FunctionDef)
    ]  # what is called later is no error
    if any(isinstance(node, ast.Raise) for part in own for node in ast.walk(part)):
        assert "Raises:" in said, "its errors are not told"
