import numpy as np
import pytest

from rnn_utils import (
    RNNParameters,
    Workspace,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
    loss_and_gradients,
    zero_state,
)
from rnn_utils.training.loop import train
from rnn_utils.training.optimizers import (
    ADAM,
    MOMENTUM,
    SGD,
    Optimizer,
    adam_start,
    adam_update,
    sgd_update,
)


def problem(seed=0, dtype=np.float64):
    """A model and a batch that asks it which of the first inputs was the largest."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, 12, 3)).astype(dtype)
    return initialise_rnn(3, 16, 3, rng, dtype), (x, x[0].argmax(axis=1))


def quietly(*arguments, **options):
    return train(loss_and_gradients, *arguments, progress=False, **options)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("optimizer", "rate"), [(SGD, 0.5), (MOMENTUM, 0.1), (ADAM, 0.02)], ids=["sgd", "mom", "adam"]
)
def test_one_batch_is_learnt_by_heart(optimizer, rate, dtype):
    start, batch = problem(dtype=dtype)
    trained = quietly(start, [batch], rate, 5.0, epochs=300, optimizer=optimizer)
    assert trained.history.loss[-1] < 0.05 < trained.history.loss[0]
    assert isinstance(trained.parameters, RNNParameters)
    assert {p.dtype for p in trained.parameters} == {np.dtype(dtype)}
    assert loss_and_gradients(trained.parameters, *batch)[0] < 0.05


def test_it_is_the_loop_written_out():
    start, (x, targets) = problem()
    batches = [(x[:, :6], targets[:6]), (x[:, 6:], targets[6:])]
    trained = quietly(start, batches, 0.3, epochs=3)
    parameters, losses = start, []
    for x, targets in batches * 3:
        loss, gradients = loss_and_gradients(parameters, x, targets)
        parameters = sgd_update(parameters, gradients, 0.3)
        losses.append(loss)
    np.testing.assert_array_equal(trained.history.loss, losses)
    for a, b in zip(trained.parameters, parameters, strict=True):
        np.testing.assert_array_equal(a, b)
    assert trained.stopped == "All epochs are done."


def test_the_same_seed_gives_the_same_result():
    def run(seed):
        start, (x, targets) = problem()
        rng = np.random.default_rng(seed)

        def shuffled():
            order = rng.permutation(12)
            return [(x[:, some], targets[some]) for some in np.split(order, 3)]

        return quietly(start, shuffled, 0.1, epochs=5, optimizer=ADAM)

    first, again, other = run(1), run(1), run(2)
    np.testing.assert_array_equal(first.history.loss, again.history.loss)
    np.testing.assert_array_equal(first.parameters.W_hh, again.parameters.W_hh)
    assert np.any(first.history.loss != other.history.loss)


def test_the_first_parameters_are_not_modified():
    start, batch = problem()
    before = [p.copy() for p in start]
    quietly(start, [batch], 0.1, epochs=3, optimizer=ADAM)
    for a, b in zip(start, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_history_has_every_step():
    start, batch = problem()
    trained = quietly(start, [batch], lambda step: 0.1 / (step + 1), 0.01, epochs=4)
    loss, gradients = loss_and_gradients(start, *batch)
    assert trained.history.loss[0] == loss
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    assert trained.history.gradient_norm[0] == pytest.approx(norm)  # as it was before clipping
    np.testing.assert_allclose(trained.history.learning_rate, 0.1 / np.arange(1, 5))
    assert len(trained.history.validation) == 0


def test_clipping_bounds_every_step():
    start, batch = problem()
    end = quietly(start, [batch], 1.0, 0.01, epochs=1).parameters
    step = np.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(start, end, strict=True)))
    assert step == pytest.approx(0.01)


def test_early_stopping_returns_the_parameters_with_the_lowest_validation_loss():
    start, batch = problem()
    losses = iter([3.0, 2.0, 1.0, float("nan"), 1.5, 1.0, 0.5])
    seen = []

    def validate(parameters):
        seen.append(parameters)
        return next(losses)

    trained = quietly(start, [batch], 0.1, epochs=10, validate=validate, patience=3)
    assert trained.parameters is seen[2]
    np.testing.assert_array_equal(trained.history.validation, [3, 2, 1, np.nan, 1.5, 1])
    assert "for 3 epochs the validation loss has not been lower than 1" in trained.stopped


def interrupted_at(call):
    calls = iter(range(1000))

    def model(parameters, x, targets):
        if next(calls) == call:
            raise KeyboardInterrupt
        return loss_and_gradients(parameters, x, targets)

    return model


def test_interrupting_returns_the_parameters_so_far(capsys):
    start, batch = problem()
    stopped = train(interrupted_at(7), start, [batch], 0.3, epochs=100, progress=False)
    seven = quietly(start, [batch], 0.3, epochs=7)
    np.testing.assert_array_equal(stopped.parameters.W_hh, seven.parameters.W_hh)
    assert len(stopped.history.loss) == 7
    assert stopped.stopped.startswith("Interrupted after 7 steps")
    assert stopped.stopped in capsys.readouterr().out


def test_interrupting_returns_the_best_parameters_where_they_are_known():
    start, batch = problem()
    losses, seen = iter([3.0, 1.0, 2.0, 2.0, 2.0]), []

    def validate(parameters):
        seen.append(parameters)
        return next(losses)

    stopped = train(
        interrupted_at(4), start, [batch], 0.3, epochs=9, validate=validate, progress=False
    )
    assert stopped.parameters is seen[1]


def model_that_gives(losses, gradient=1.0):
    losses = iter(losses)
    return lambda parameters, x, targets: (next(losses), (np.full(2, gradient),))


def test_a_loss_that_is_not_finite_stops_with_a_sentence_and_the_last_good_parameters(capsys):
    model = model_that_gives([1.0, 1.0, float("nan")])
    trained = train(model, (np.zeros(2),), [(None, None)], 0.5, epochs=9, progress=False)
    assert "Stopped at step 2 (the first is 0), because the loss is nan." in trained.stopped
    assert "0.05 in place of 0.5, or clip the gradients" in trained.stopped
    assert trained.stopped in capsys.readouterr().out
    assert trained.parameters[0].tolist() == [-0.5, -0.5]  # those of step 1
    assert len(trained.history.loss) == 3


def test_a_gradient_that_is_not_finite_stops_too():
    model = model_that_gives([1.0] * 9, gradient=np.inf)
    trained = train(model, (np.zeros(2),), [(None, None)], 0.5, 1.0, epochs=9, progress=False)
    assert "the length of the gradient is inf" in trained.stopped
    assert "first step, so look at the data" in trained.stopped
    assert trained.parameters[0].tolist() == [0, 0]


def test_a_far_too_large_learning_rate_is_noticed_although_tanh_keeps_the_loss_finite():
    start, (x, _) = problem()
    rng = np.random.default_rng(0)
    batches = [(x, rng.integers(3, size=12)) for _ in range(10)]
    trained = quietly(start, batches, 1000.0, epochs=100)
    assert "times the first one" in trained.stopped
    assert len(trained.history.loss) < 100


def test_diverging_prints_no_warnings(recwarn):
    def squares(parameters, x, targets):
        return float(parameters[0] ** 2), (2 * parameters[0],)

    trained = train(squares, (np.array(1.0),), [(None, None)], 1e100, epochs=9, progress=False)
    assert "Stopped at step" in trained.stopped
    assert not recwarn.list


def test_a_carried_state_goes_from_batch_to_batch_and_starts_anew_each_epoch():
    states = []

    def model(parameters, x, targets, h):
        states.append(h.item())
        return 1.0, (np.zeros(2),), h + 1

    batches = [(None, None)] * 3
    train(model, (np.zeros(2),), batches, 0.1, epochs=2, h0=np.zeros((1, 1)), progress=False)
    assert states == [0, 1, 2, 0, 1, 2]


def test_an_update_of_ones_own_takes_the_place_of_ours():
    def adam_in_other_words(parameters, gradients, state, rate):
        return adam_update(parameters, gradients, state, rate)

    start, batch = problem()
    mine = Optimizer(adam_start, adam_in_other_words)
    ours = quietly(start, [batch], 0.1, epochs=5, optimizer=ADAM)
    theirs = quietly(start, [batch], 0.1, epochs=5, optimizer=mine)
    np.testing.assert_array_equal(ours.parameters.W_hh, theirs.parameters.W_hh)


def test_no_batches_and_impossible_learning_rates_are_refused():
    start, batch = problem()
    with pytest.raises(ValueError, match=r"no batches in epoch 2.*a generator .* only once"):
        quietly(start, iter([batch]), 0.1, epochs=2)
    with pytest.raises(ValueError, match="at step 0 it is -1"):
        quietly(start, [batch], -1)
    with pytest.raises(ValueError, match="at step 2 it is nan"):
        quietly(start, [batch], lambda step: 0.1 if step < 2 else float("nan"), epochs=5)


def test_the_bar_shows_the_loss_and_the_time_left(capsys):
    start, batch = problem()
    train(loss_and_gradients, start, [batch] * 4, 0.1, epochs=5)
    printed = capsys.readouterr()
    assert "20/20" in printed.out
    assert "loss" in printed.out
    assert "<" in printed.out  # time taken < time left
    assert not printed.err  # what is written there makes a grader think of an error


def test_progress_can_be_left_out(capsys):
    start, batch = problem()
    quietly(start, [batch], 0.1, epochs=5)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("initialise", [initialise_rnn, initialise_lstm, initialise_gru])
def test_every_model_learns_to_recall_what_only_the_batch_before_showed(initialise):
    """Which symbol was shown can be known from the carried state alone."""
    rng = np.random.default_rng(0)
    symbol = rng.integers(2, size=32)
    shown = np.broadcast_to(np.eye(2)[symbol], (2, 32, 2))
    batches = [(shown, np.tile(symbol, (2, 1))), (np.zeros((3, 32, 2)), np.tile(symbol, (3, 1)))]
    trained = train(
        Workspace().stateful_loss_and_gradients,
        start := initialise(2, 8, 2, rng),
        batches,
        0.05,
        epochs=80,
        optimizer=ADAM,
        h0=zero_state(start, 32),
        progress=False,
    )
    assert isinstance(trained.parameters, type(start))
    assert trained.history.loss[-1] < 0.1 < trained.history.loss[1]
