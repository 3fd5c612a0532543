"""The fast training step against the plain one, and what makes it fast."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from rnn_arguments import (
    INITIALISE,
    TARGETS,
    draw_model,
    draw_model_and_state,
    draw_targets,
    map_arrays,
    quick,
    seeds,
    sizes,
)

from rnn_utils import (
    ADAM,
    Workspace,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
    loss_and_gradients,
    stateful_loss_and_gradients,
    train,
)
from rnn_utils.training.fast.buffers import NEAR

each_cell = pytest.mark.parametrize("initialise", INITIALISE)


def same(ours, plain, rtol=1e-9, atol=1e-12):
    assert ours[0] == pytest.approx(plain[0], rel=max(rtol, 1e-9))
    for name, gradient in ours[1]._asdict().items():
        expected = getattr(plain[1], name)
        assert gradient.dtype == expected.dtype
        np.testing.assert_allclose(gradient, expected, rtol=rtol, atol=atol, err_msg=name)


@each_cell
@pytest.mark.parametrize("kind", TARGETS)
@quick
@given(seed=seeds, n=sizes)
def test_it_returns_what_the_plain_form_does(initialise, kind, seed, n):
    rng = np.random.default_rng(seed)
    m = draw_model(rng, initialise, **n)
    targets = draw_targets(kind, rng, m, **n)
    model = m["parameters"], m["x"], targets
    workspace = Workspace()
    same(workspace.loss_and_gradients(*model), loss_and_gradients(*model))
    same(workspace.loss_and_gradients(*model), loss_and_gradients(*model))  # in used arrays


@each_cell
@quick
@given(seed=seeds, n=sizes)
def test_it_carries_the_state_as_the_plain_form_does(initialise, seed, n):
    m = draw_model_and_state(np.random.default_rng(seed), initialise, **n)
    workspace = Workspace()
    h = h_plain = m.pop("h0")
    for _ in range(3):
        *ours, h = workspace.stateful_loss_and_gradients(**m, h0=h)
        *plain, h_plain = stateful_loss_and_gradients(**m, h0=h_plain)
        same(ours, plain)
        np.testing.assert_allclose(h, h_plain, rtol=1e-9, atol=1e-12)


@each_cell
def test_parameters_far_from_their_start_make_no_difference(initialise):
    """Gates that are nearly shut or open, and biases that differ."""
    rng = np.random.default_rng(0)
    m = draw_model_and_state(rng, initialise, T=6, N=3, D=2, H=5, O=4)
    m["parameters"] = map_arrays(lambda p: 3 * rng.normal(size=p.shape), m["parameters"])
    ours, plain = Workspace().stateful_loss_and_gradients(**m), stateful_loss_and_gradients(**m)
    same(ours, plain)


@each_cell
def test_sequences_of_several_blocks_are_like_those_of_one(initialise):
    T, N, H = 7, 85, 64
    assert NEAR // (N * H) == 3, "blocks of three steps, and one step left over"
    m = draw_model(np.random.default_rng(0), initialise, T=T, N=N, D=2, H=H, O=3)
    same(Workspace().loss_and_gradients(**m), loss_and_gradients(**m))


@each_cell
def test_sizes_and_cells_may_change_from_call_to_call(initialise):
    workspace = Workspace()
    rnn = draw_model(np.random.default_rng(0), T=3, N=2, D=2, H=3, O=2)
    for T, N in [(5, 3), (2, 7), (5, 3)]:
        m = draw_model(np.random.default_rng(0), initialise, T=T, N=N, D=2, H=4, O=3)
        same(workspace.loss_and_gradients(**m), loss_and_gradients(**m))
        same(workspace.loss_and_gradients(**rnn), loss_and_gradients(**rnn))


@each_cell
def test_float32_stays_float32(initialise):
    m = draw_model(np.random.default_rng(0), initialise, T=6, N=3, D=2, H=5, O=4)
    m["parameters"] = map_arrays(lambda p: p.astype(np.float32), m["parameters"])
    m["x"] = m["x"].astype(np.float32)
    same(Workspace().loss_and_gradients(**m), loss_and_gradients(**m), rtol=1e-4, atol=1e-6)


def test_scores_far_apart_do_not_overflow():
    m = draw_model(np.random.default_rng(0), T=6, N=3, D=2, H=5, O=4)
    m["parameters"] = m["parameters"]._replace(b_y=np.array([1000.0, -1000.0, 0.0, 500.0]))
    same(Workspace().loss_and_gradients(**m), loss_and_gradients(**m))


@each_cell
def test_arguments_are_left_alone(initialise):
    m = draw_model_and_state(np.random.default_rng(0), initialise, T=6, N=3, D=2, H=5, O=4)
    map_arrays(lambda array: array.setflags(write=False), m)
    Workspace().stateful_loss_and_gradients(**m)


@each_cell
def test_training_in_it_gives_the_same_parameters(initialise):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 12, 3))
    batch, start = (x, x[0].argmax(axis=1)), initialise(3, 8, 3, rng)
    options = {"epochs": 30, "optimizer": ADAM, "progress": False}
    plain = train(loss_and_gradients, start, [batch], 0.01, **options)
    fast = train(Workspace().loss_and_gradients, start, [batch], 0.01, **options)
    np.testing.assert_allclose(fast.history.loss, plain.history.loss, rtol=1e-7)
    np.testing.assert_allclose(fast.parameters.W_hy, plain.parameters.W_hy, rtol=1e-6)


@pytest.mark.parametrize(
    ("initialise", "units"), [(initialise_rnn, 4), (initialise_lstm, 13), (initialise_gru, 13)]
)
def test_it_takes_little_memory_and_no_more_at_the_next_step(initialise, units):
    T, N, H = 100, 16, 64
    m = draw_model(np.random.default_rng(0), initialise, T=T, N=N, D=8, H=H, O=8)
    unit = T * N * H * m["x"].itemsize
    workspace = Workspace()
    tracemalloc.start()
    workspace.loss_and_gradients(**m)
    held, peak = tracemalloc.get_traced_memory()
    assert peak <= units * unit
    tracemalloc.reset_peak()
    workspace.loss_and_gradients(**m)
    assert tracemalloc.get_traced_memory()[1] - held < 0.2 * unit
    tracemalloc.stop()
