"""The training loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, NamedTuple

import numpy as np

from rnn_utils.training.browser import progress_bar
from rnn_utils.training.optimizers import SGD, Arrays, Optimizer, clip_by_global_norm, global_norm

Batch = tuple[np.ndarray, np.ndarray]

#: A loss this many times the first one for so many steps in a row, while the parameters have grown
#: as many times, does not come back by itself. (A tanh network need not reach infinity to be lost.)
TOO_LARGE, FOR_STEPS = 10, 20


class History(NamedTuple):
    """What was seen while training."""

    loss: np.ndarray  # (steps,), on the batch of each step, before its update
    gradient_norm: np.ndarray  # (steps,), before any clipping
    learning_rate: np.ndarray  # (steps,)
    validation: np.ndarray  # (epochs,), empty without a validation loss


class Trained(NamedTuple, Generic[Arrays]):
    """What `train` returns."""

    parameters: Arrays
    history: History
    stopped: str  # why it ended, a sentence


def train(
    loss_and_gradients: Callable[..., Any],
    parameters: Arrays,
    batches: Iterable[Batch] | Callable[[], Iterable[Batch]],
    learning_rate: float | Callable[[int], float],
    max_norm: float = math.inf,
    *,
    epochs: int = 1,
    optimizer: Optimizer = SGD,
    h0: np.ndarray | tuple[np.ndarray, ...] | None = None,
    validate: Callable[[Arrays], float] | None = None,
    patience: int = 5,
    progress: bool = True,
) -> Trained[Arrays]:
    """Return the parameters that training arrives at, and how it went.

    Each step takes one batch through the six steps of training: (1) feed one time step, (2) compute
    the state from it and the previous state, (3) carry the state over, and so for all time steps,
    (4) compute the output from the state, (5) compare it with the target, (6) send the error back
    and update the weights.

    Nothing in here is random. With seeded parameters and batches, the same seed gives the same
    result.

    Interrupting the kernel ends the training as if it were over: the parameters so far come back.
    So does a loss or a gradient that is no longer finite, and a loss that stays far above the first;
    the parameters are then the last ones that gave a finite loss. A printed sentence says so.

    Args:
        loss_and_gradients: the model, a function of (parameters, x, targets) that returns the loss
            and its gradients, for example `rnn_utils.loss_and_gradients` or your own.
        parameters: where to start, a tuple of arrays; they are not modified.
        batches: pairs of x and targets, gone through once per epoch: a list, or a function without
            arguments that returns the batches of the next epoch, for example shuffled anew.
        learning_rate: a number, or a function of the number of the step, which starts from 0.
        max_norm: gradients longer than this are clipped by their global norm.
        epochs: how often to go through the batches.
        optimizer: `SGD`, `MOMENTUM`, `ADAM`, or your own.
        h0: the state at the start of each epoch, to carry the state from batch to batch, in whatever
            form the model wants it; `zero_state` makes one. The model is then called with
            (parameters, x, targets, h0) and returns the last state as well, as
            `rnn_utils.stateful_loss_and_gradients` does.
        validate: a function of the parameters that returns the loss on data not trained on. It is
            called after each epoch, and the parameters with the lowest are returned.
        patience: after how many epochs without a lower validation loss to stop.
        progress: whether to show a bar with the loss and the time left.

    Returns:
        The parameters, the history, and why training stopped.

    Raises:
        ValueError: there are no batches, or a learning rate is negative or not finite.

    Example:
        >>> def loss_and_gradients(parameters, x, targets):  # a straight line through zero
        ...     error = parameters[0] * x - targets
        ...     return np.mean(error**2), (np.mean(2 * error * x, keepdims=True),)
        >>> batch = np.array([1.0, 2.0]), np.array([3.0, 6.0])
        >>> trained = train(
        ...     loss_and_gradients, (np.zeros(1),), [batch], 0.1, epochs=20, progress=False
        ... )
        >>> trained.parameters[0].round(3).tolist(), len(trained.history.loss), trained.stopped
        ([3.0], 20, 'All epochs are done.')
    """
    state = optimizer.start(parameters)
    start = last_finite = parameters
    best, lowest, best_epoch = None, math.inf, -1
    steps: list[tuple[float, float, float]] = []
    validation: list[float] = []
    stopped = done = "All epochs are done."

    bar = progress_bar(unit=" steps", disable=not progress)
    with bar, np.errstate(all="ignore"):  # what is not finite is said below, in words
        try:
            for epoch in range(epochs):
                h = h0
                for x, targets in _batches_of_epoch(batches, epoch, epochs, bar):
                    # (1) to (5), and the error sent back, are what the model does
                    if h is None:
                        loss, gradients = loss_and_gradients(parameters, x, targets)
                    else:
                        loss, gradients, h = loss_and_gradients(parameters, x, targets, h)

                    gradients, norm = clip_by_global_norm(gradients, max_norm)
                    rate = _rate_at(learning_rate, len(steps))
                    steps.append((float(loss), norm, rate))
                    _expect_no_divergence(steps, start, parameters, max_norm)
                    last_finite = parameters

                    # (6) update the weights
                    parameters, state = optimizer.update(parameters, gradients, state, rate)

                    bar.set_postfix_str(f"loss {steps[-1][0]:.4g}", refresh=False)
                    bar.update()

                if validate is not None:
                    validation.append(float(validate(parameters)))
                    if validation[-1] < lowest:
                        best, lowest, best_epoch = parameters, validation[-1], epoch
                    if epoch - best_epoch >= patience:
                        stopped = (
                            f"Stopped after epoch {epoch + 1} of {epochs}: for {patience} epochs "
                            f"the validation loss has not been lower than {lowest:.4g}."
                        )
                        break
        except KeyboardInterrupt:
            stopped = f"Interrupted after {len(steps)} steps. What was learnt so far is kept."
        except _DivergenceError as sentence:
            parameters, stopped = last_finite, str(sentence)

    if stopped != done:
        print(stopped)
    losses, norms, rates = np.array(steps).reshape(-1, 3).T
    history = History(losses, norms, rates, np.array(validation))
    return Trained(parameters if best is None else best, history, stopped)


def _batches_of_epoch(batches: Any, epoch: int, epochs: int, bar: Any) -> Iterator[Batch]:
    """Yield the batches of one epoch, and tell the bar how many steps there are in all."""
    batches_now = batches() if callable(batches) else batches
    if epoch == 0 and hasattr(batches_now, "__len__"):
        bar.reset(total=epochs * len(batches_now))
    seen = 0
    for seen, batch in enumerate(batches_now, start=1):  # noqa: B007
        yield batch
    if seen == 0:
        raise ValueError(
            f"train: there are no batches in epoch {epoch + 1}. Give a list, or a function that "
            f"returns the batches of an epoch; a generator can be gone through only once."
        )
    bar.total = epochs * seen


def _rate_at(learning_rate: float | Callable[[int], float], step: int) -> float:
    rate = float(learning_rate(step) if callable(learning_rate) else learning_rate)
    if not 0 <= rate < math.inf:
        raise ValueError(
            f"train: the learning rate should be a finite number that is not negative, but at step "
            f"{step} it is {rate}. Usual values lie between 0.0001 and 1."
        )
    return rate


class _DivergenceError(Exception):
    """Training has run away; the message says at which step and what to try."""


def _expect_no_divergence(
    steps: list[tuple[float, float, float]],
    start: tuple[np.ndarray, ...],
    parameters: tuple[np.ndarray, ...],
    max_norm: float,
) -> None:
    (loss, norm, rate), (first_loss, _, _) = steps[-1], steps[0]
    if not math.isfinite(loss):
        what = f"the loss is {loss}"
    elif not math.isfinite(norm):
        what = f"the length of the gradient is {norm}"
    elif (
        len(steps) > FOR_STEPS
        and min(loss for loss, _, _ in steps[-FOR_STEPS:]) > TOO_LARGE * abs(first_loss)
        and global_norm(parameters) > TOO_LARGE * global_norm(start)
    ):
        what = (
            f"the loss, {loss:.4g}, has been more than {TOO_LARGE} times the first one, "
            f"{first_loss:.4g}, for {FOR_STEPS} steps, and the parameters have grown as much"
        )
    else:
        return
    advice = f"Try a smaller learning rate, such as {rate / 10:.2g} in place of {rate:.2g}"
    if max_norm == math.inf:
        advice += ", or clip the gradients, for example with max_norm=1"
    if len(steps) == 1:
        advice = "It is the first step, so look at the data, the first parameters and the model"
    raise _DivergenceError(
        f"Stopped at step {len(steps) - 1} (the first is 0), because {what}. {advice}."
    )
