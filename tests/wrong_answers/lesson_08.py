"""Wrong answers of lesson 08 that are right almost everywhere: every one must fail."""

import numpy as np
from right_answers.lesson_08 import RIGHT_ANSWERS

from rnn_utils.training.models import RNNParameters
from rnn_utils.training.optimizers import AdamState


def sgd_small_steps_left_out(parameters, gradients, learning_rate):
    """Gradients below 1e-3 are taken for noise."""
    return RNNParameters(
        *[
            p - learning_rate * np.where(np.abs(g) < 1e-3, 0.0, g)
            for p, g in zip(parameters, gradients, strict=True)
        ]
    )


def _norm(gradients):
    return np.sqrt(sum(np.sum(g**2) for g in gradients))


def clip_with_a_small_number_in_the_denominator(gradients, max_norm):
    """1e-6 beside the norm, as torch.nn.utils.clip_grad_norm_ has it: wrong for tiny gradients."""
    norm = _norm(gradients)
    scale = min(1.0, max_norm / (norm + 1e-6))
    return RNNParameters(*[scale * g for g in gradients]), norm


def clip_norm_never_zero(gradients, max_norm):
    """The norm that is returned has 1e-8 added under its root."""
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients) + 1e-8)
    scale = min(1.0, max_norm / norm)
    return RNNParameters(*[scale * g for g in gradients]), norm


def clip_divides_by_the_norm_of_zeros(gradients, max_norm):
    """0 / 0 where all gradients are zero."""
    norm = _norm(gradients)
    return RNNParameters(*[g / norm * min(norm, max_norm) for g in gradients]), norm


def clip_bound_of_at_least_one(gradients, max_norm):
    """A bound below 1 is taken for 1."""
    norm = _norm(gradients)
    scale = min(1.0, max(max_norm, 1.0) / norm) if norm else 1.0
    return RNNParameters(*[scale * g for g in gradients]), norm


def adam_other_defaults(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.99, epsilon=1e-8
):
    """beta_2 is 0.99 where nobody says otherwise; the signature says 0.999."""
    return _adam(parameters, gradients, state, learning_rate, beta_1, beta_2, epsilon)


def adam_epsilon_under_the_root(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    """Epsilon² under the root: the same where the gradient is 0, and nearly where it is large."""
    t = state.t + 1
    m = [beta_1 * a + (1 - beta_1) * g for a, g in zip(state.m, gradients, strict=True)]
    v = [beta_2 * a + (1 - beta_2) * g**2 for a, g in zip(state.v, gradients, strict=True)]
    new = [
        p - learning_rate * a / (1 - beta_1**t) / np.sqrt(b / (1 - beta_2**t) + epsilon**2)
        for p, a, b in zip(parameters, m, v, strict=True)
    ]
    return RNNParameters(*new), AdamState(tuple(m), tuple(v), t)


def adam_no_step_without_gradient(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    """Where a gradient is 0 the parameter stays: the momentum would move it."""
    new, after = _adam(parameters, gradients, state, learning_rate, beta_1, beta_2, epsilon)
    kept = [np.where(g == 0, p, q) for p, q, g in zip(parameters, new, gradients, strict=True)]
    return RNNParameters(*kept), after


def adam_counts_to_a_hundred(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    """The correction stops at step 100; with β₂ = 0.999 it still matters then."""
    new, after = _adam(
        parameters,
        gradients,
        state._replace(t=min(state.t, 99)),
        learning_rate,
        beta_1,
        beta_2,
        epsilon,
    )
    return new, after._replace(t=state.t + 1)


def _adam(parameters, gradients, state, learning_rate, beta_1, beta_2, epsilon):
    t = state.t + 1
    new, ms, vs = [], [], []
    for p, g, m, v in zip(parameters, gradients, state.m, state.v, strict=True):
        ms.append(beta_1 * m + (1 - beta_1) * g)
        vs.append(beta_2 * v + (1 - beta_2) * g**2)
        rate = learning_rate / (1 - beta_1**t)
        new.append(p - rate * ms[-1] / (np.sqrt(vs[-1] / (1 - beta_2**t)) + epsilon))
    return RNNParameters(*new), AdamState(tuple(ms), tuple(vs), t)


def _trained(loss_and_gradients, parameters, batches, learning_rate, max_norm):
    losses = []
    for x, targets in batches:
        loss, gradients = loss_and_gradients(parameters, x, targets)
        norm = _norm(gradients)
        scale = learning_rate * min(1.0, max_norm / norm) if norm else learning_rate
        parameters = RNNParameters(
            *[p - scale * g for p, g in zip(parameters, gradients, strict=True)]
        )
        losses.append(loss)
    return parameters, np.array(losses)


def train_stops_when_the_loss_grows(
    loss_and_gradients, parameters, batches, learning_rate, max_norm
):
    """A batch whose loss is above the one before it is passed over."""
    losses, best = [], np.inf
    for batch in batches:
        new, (loss,) = _trained(loss_and_gradients, parameters, [batch], learning_rate, max_norm)
        parameters = new if loss < best else parameters
        best = min(best, loss)
        losses.append(loss)
    return parameters, np.array(losses)


def train_reads_equal_batches(loss_and_gradients, parameters, batches, learning_rate, max_norm):
    """All batches are put into one array, which they fit into if they have the same size."""
    x, targets = (np.stack(parts) for parts in zip(*batches, strict=True))
    return _trained(
        loss_and_gradients, parameters, list(zip(x, targets, strict=True)), learning_rate, max_norm
    )


WRONG_ANSWERS = {
    "sgd_update": [sgd_small_steps_left_out],
    "clip_by_global_norm": [
        clip_with_a_small_number_in_the_denominator,
        clip_norm_never_zero,
        clip_divides_by_the_norm_of_zeros,
        clip_bound_of_at_least_one,
    ],
    "adam_update": [
        adam_other_defaults,
        adam_epsilon_under_the_root,
        adam_no_step_without_gradient,
        adam_counts_to_a_hundred,
    ],
    "train": [train_stops_when_the_loss_grows, train_reads_equal_batches],
}
assert WRONG_ANSWERS.keys() == RIGHT_ANSWERS.keys()
