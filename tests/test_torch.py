"""rnn_utils against PyTorch: values stored from it everywhere, itself where it is installed."""

import numpy as np
import pytest
from reference_values.make import (
    CASES,
    draw_inputs,
    gated_values,
    pytorch_values,
    stored,
    stored_gated,
)
from rnn_arguments import INITIALISE, with_torch

from rnn_utils import (
    RNNParameters,
    Workspace,
    cross_entropy,
    cross_entropy_backward,
    gru_backward,
    gru_forward,
    initialise_rnn,
    loss_and_gradients,
    lstm_backward,
    lstm_forward,
    mean_squared_error,
    mean_squared_error_backward,
    output_layer_backward,
    rnn_backward,
    rnn_backward_plain,
    rnn_forward,
    rnn_forward_hoisted,
    rnn_predict,
    softmax,
    to_torch,
)


def compare(inputs, values, rtol, atol):
    """Hold every function to what PyTorch made of the same inputs."""

    def same(ours, name):
        assert np.shape(ours) == values[name].shape, name
        np.testing.assert_allclose(ours, values[name], rtol=rtol, atol=atol, err_msg=name)

    x, h0, W_xh, W_hh, b_h, W_hy, b_y, dh, targets = inputs.values()
    for forward in (rnn_forward, rnn_forward_hoisted):
        h = forward(x, h0, W_xh, W_hh, b_h)
        same(h, "h")
    for backward in (rnn_backward, rnn_backward_plain):
        gradients = backward(dh, x, h0, h, W_xh, W_hh)
        for name, gradient in zip(["dx", "dh0", "dW_xh", "dW_hh", "db_h"], gradients, strict=True):
            same(gradient, name)
    same(mean_squared_error(h, dh), "mse")
    same(mean_squared_error_backward(h, dh), "mse/dh")

    parameters = RNNParameters(W_xh, W_hh, b_h, W_hy, b_y)
    for kind, wanted in [("many_to_many", targets), ("many_to_one", targets[-1])]:
        y = rnn_predict(x, parameters, many_to_one=kind == "many_to_one")
        same(y, f"{kind}/y")
        same(softmax(y), f"{kind}/p")
        same(cross_entropy(y, wanted), f"{kind}/loss")
        same(cross_entropy_backward(y, wanted), f"{kind}/dy")
        loss, gradients = loss_and_gradients(parameters, x, wanted)
        same(loss, f"{kind}/loss")
        for name, gradient in gradients._asdict().items():
            same(gradient, f"{kind}/d{name}")
        h_from_zero = rnn_forward(x, np.zeros_like(h0), W_xh, W_hh, b_h)
        h_read = h_from_zero[-1] if kind == "many_to_one" else h_from_zero
        _, dW_hy, db_y = output_layer_backward(values[f"{kind}/dy"], h_read, W_hy)
        same(dW_hy, f"{kind}/dW_hy")
        same(db_y, f"{kind}/db_y")


@pytest.mark.parametrize("case", CASES)
def test_stored_values_of_pytorch(case):
    inputs, values = stored()[case]
    T, N, D, H, O = CASES[case]  # noqa: E741
    assert inputs["x"].shape == (T, N, D)
    assert values["many_to_many/y"].shape == (T, N, O)
    assert values["dW_hh"].shape == (H, H)
    compare(inputs, values, rtol=1e-9, atol=1e-12)


@with_torch
@pytest.mark.parametrize("case", CASES)
def test_the_stored_values_are_what_pytorch_gives(case):
    inputs, values = stored()[case]
    fresh = pytorch_values(inputs)
    assert fresh.keys() == values.keys()
    for name in fresh:
        np.testing.assert_allclose(fresh[name], values[name], rtol=1e-9, atol=1e-12)


@with_torch
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("seed", range(10))
def test_other_values_and_sizes_agree_with_pytorch(seed, dtype):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, size=5)
    inputs = {
        name: value if name == "targets" else value.astype(dtype)
        for name, value in draw_inputs(rng, *sizes).items()
    }
    exact = dtype == np.float64
    compare(inputs, pytorch_values(inputs), *((1e-9, 1e-12) if exact else (1e-3, 1e-4)))


@with_torch
def test_initial_parameters_have_the_range_of_pytorch():
    import torch

    D, H, O = 30, 64, 50  # noqa: E741
    rnn, linear = torch.nn.RNN(D, H), torch.nn.Linear(H, O)
    theirs = [rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, linear.weight, linear.bias]
    ours = initialise_rnn(D, H, O, np.random.default_rng(0))
    for their, our in zip(theirs, ours, strict=True):
        assert tuple(their.shape) == our.shape
        assert np.abs(our).max() == pytest.approx(their.abs().max().item(), rel=0.2)


@with_torch
@pytest.mark.parametrize("initialise", INITIALISE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parameters_load_into_pytorch_unchanged(initialise, dtype):
    import torch

    rng = np.random.default_rng(0)
    parameters = initialise(D=3, H=5, O=4, rng=rng, dtype=dtype)
    x = rng.normal(size=(7, 2, 3)).astype(dtype)
    rnn, linear = to_torch(parameters)
    with torch.no_grad():
        h, _ = rnn(torch.from_numpy(x))
        y = linear(h).numpy()
    np.testing.assert_array_equal(rnn.weight_hh_l0.detach().numpy(), parameters[1])
    assert y.dtype == dtype
    np.testing.assert_allclose(
        y, rnn_predict(x, parameters, many_to_one=False), rtol=1e-5, atol=1e-6
    )


@with_torch
@pytest.mark.parametrize("initialise", INITIALISE)
@pytest.mark.parametrize("many_to_one", [True, False])
def test_whole_models_have_the_gradients_of_pytorch(initialise, many_to_one):
    import torch

    rng = np.random.default_rng(1)
    parameters = initialise(D=3, H=5, O=4, rng=rng)
    x, targets = rng.normal(size=(7, 2, 3)), rng.integers(4, size=(7, 2))
    rnn, linear = to_torch(parameters)
    h, _ = rnn(torch.from_numpy(x))
    y = linear(h[-1] if many_to_one else h.flatten(0, 1))
    targets = targets[-1] if many_to_one else targets
    theirs = torch.nn.functional.cross_entropy(y, torch.from_numpy(targets).ravel())
    theirs.backward()
    expected = [p.grad.numpy() for p in [*rnn.parameters(), *linear.parameters()]]
    if len(expected) > len(parameters):  # a second bias there, which is added to the first
        del expected[3]
    for model in (loss_and_gradients, Workspace().loss_and_gradients):
        loss, gradients = model(parameters, x, targets)
        assert loss == pytest.approx(theirs.item(), rel=1e-10)
        for name, ours, wanted in zip(parameters._fields, gradients, expected, strict=True):
            np.testing.assert_allclose(ours, wanted, rtol=1e-8, atol=1e-12, err_msg=name)


@with_torch
def test_training_there_leaves_the_parameters_here_alone():
    import torch

    parameters = initialise_rnn(D=3, H=5, O=4, rng=np.random.default_rng(0))
    before = parameters.W_hh.copy()
    rnn, linear = to_torch(parameters)
    linear(rnn(torch.ones(2, 2, 3, dtype=torch.float64))[0]).sum().backward()
    torch.optim.SGD(rnn.parameters(), lr=1.0).step()
    np.testing.assert_array_equal(parameters.W_hh, before)


def compare_gated(kind, inputs, values, rtol, atol):
    dh = inputs["dh"]
    forward = {name: a for name, a in inputs.items() if name != "dh"}
    if kind == "lstm":
        h, _ = lstm_forward(**forward)
        gradients = lstm_backward(dh, **forward)
        names = ["dx", "dh0", "dc0", "dW_x", "dW_h", "db"]
    else:
        h = gru_forward(**forward)
        gradients = gru_backward(dh, **forward)
        names = ["dx", "dh0", "dW_x", "dW_h", "db_x", "db_h"]
    for name, ours in zip(["h", *names], [h, *gradients], strict=True):
        assert ours.shape == values[name].shape, name
        np.testing.assert_allclose(ours, values[name], rtol=rtol, atol=atol, err_msg=name)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_stored_values_of_gated_cells(kind, case):
    inputs, values = stored_gated(kind)[f"{kind}/{case}"]
    compare_gated(kind, inputs, values, rtol=1e-9, atol=1e-11)


@with_torch
@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gated_cells_of_pytorch_itself(kind, dtype):
    inputs, _ = stored_gated(kind)[f"{kind}/long"]
    inputs = {name: a[::-1].astype(dtype) for name, a in inputs.items()}  # others than those stored
    inputs = {name: np.ascontiguousarray(a) for name, a in inputs.items()}
    rtol, atol = (1e-9, 1e-11) if dtype == np.float64 else (2e-4, 2e-4)
    compare_gated(kind, inputs, gated_values(kind, inputs), rtol, atol)
