"""Correct solutions of lesson 08 in different styles: every one must pass."""

import math
from functools import reduce

import numpy as np

from rnn_utils.training.models import RNNParameters
from rnn_utils.training.optimizers import AdamState


def sgd_by_list(parameters, gradients, learning_rate):
    new = []
    for p, g in zip(parameters, gradients, strict=True):
        new.append(p - learning_rate * g)
    return RNNParameters(*new)


def sgd_by_names(parameters, gradients, learning_rate):
    return RNNParameters(
        W_xh=parameters.W_xh - learning_rate * gradients.W_xh,
        W_hh=parameters.W_hh - learning_rate * gradients.W_hh,
        b_h=parameters.b_h - learning_rate * gradients.b_h,
        W_hy=parameters.W_hy - learning_rate * gradients.W_hy,
        b_y=parameters.b_y - learning_rate * gradients.b_y,
    )


def sgd_on_copies(parameters, gradients, learning_rate):
    new = [p.copy() for p in parameters]
    for k in range(len(new)):
        new[k] -= learning_rate * gradients[k]
    return tuple(new)


def sgd_by_map(parameters, gradients, learning_rate):
    return list(map(lambda p, g: p + (-learning_rate) * g, parameters, gradients))


def clip_by_if(gradients, max_norm):
    total = 0.0
    for g in gradients:
        total += np.sum(g**2)
    norm = np.sqrt(total)
    if norm > max_norm:
        gradients = RNNParameters(*[g * max_norm / norm for g in gradients])
    return gradients, norm


def clip_by_one_vector(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    scale = min(1.0, max_norm / (norm + 1e-8))
    return tuple(scale * g for g in gradients), float(norm)


def clip_by_norm_of_norms(gradients, max_norm):
    norm = math.hypot(*[np.linalg.norm(g) for g in gradients])
    if norm <= max_norm:
        return gradients, norm
    return [g / norm * max_norm for g in gradients], norm


def clip_by_scalars(gradients, max_norm):
    squares = [value * value for g in gradients for value in g.ravel().tolist()]
    norm = math.sqrt(math.fsum(squares))
    clipped = [g.copy() for g in gradients]
    if norm >= max_norm:
        for g in clipped:
            g *= max_norm / norm
    return RNNParameters(*clipped), norm


def adam_by_loop(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    t = state.t + 1
    new, ms, vs = [], [], []
    for p, g, m, v in zip(parameters, gradients, state.m, state.v, strict=True):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat = m / (1 - beta_1**t)
        v_hat = v / (1 - beta_2**t)
        new.append(p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon))
        ms.append(m)
        vs.append(v)
    return RNNParameters(*new), AdamState(RNNParameters(*ms), RNNParameters(*vs), t)


def adam_by_moving_averages(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    m, v, t = state
    m = [a + (1 - beta_1) * (g - a) for a, g in zip(m, gradients, strict=True)]
    v = [a + (1 - beta_2) * (g * g - a) for a, g in zip(v, gradients, strict=True)]
    t = t + 1
    first, second = 1 / (1 - beta_1**t), 1 / (1 - beta_2**t)
    steps = [
        learning_rate * (first * a) / ((second * b) ** 0.5 + epsilon)
        for a, b in zip(m, v, strict=True)
    ]
    return tuple(np.subtract(p, s) for p, s in zip(parameters, steps, strict=True)), (m, v, t)


def adam_in_one_rate(
    parameters, gradients, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8
):
    t = 1 + state.t
    root = math.sqrt(1 - beta_2**t)
    rate = learning_rate * root / (1 - beta_1**t)
    m = tuple(beta_1 * state.m[k] + (1 - beta_1) * gradients[k] for k in range(5))
    v = tuple(beta_2 * state.v[k] + (1 - beta_2) * np.square(gradients[k]) for k in range(5))
    new = tuple(parameters[k] - rate * m[k] / (np.sqrt(v[k]) + epsilon * root) for k in range(5))
    return new, AdamState(m=m, v=v, t=t)


def _shortened(gradients, max_norm):
    norm = np.sqrt(sum(float((g * g).sum()) for g in gradients))
    return [g * min(1, max_norm / norm) for g in gradients] if norm > 0 else gradients


def train_by_loop(loss_and_gradients, parameters, batches, learning_rate, max_norm):
    losses = []
    for x, targets in batches:
        loss, gradients = loss_and_gradients(parameters, x, targets)
        gradients = _shortened(gradients, max_norm)
        new = [p - learning_rate * g for p, g in zip(parameters, gradients, strict=True)]
        parameters = RNNParameters(*new)
        losses.append(loss)
    return parameters, np.array(losses)


def train_on_own_copies(loss_and_gradients, parameters, batches, learning_rate, max_norm):
    mine = RNNParameters(*[p.copy() for p in parameters])
    losses = np.zeros(len(batches))
    for k in range(len(batches)):
        losses[k], gradients = loss_and_gradients(mine, batches[k][0], batches[k][1])
        for p, g in zip(mine, _shortened(gradients, max_norm), strict=True):
            p -= learning_rate * g
    return mine, losses


def train_by_reduce(loss_and_gradients, parameters, batches, learning_rate, max_norm):
    def one(so_far, batch):
        theta, losses = so_far
        loss, g = loss_and_gradients(theta, *batch)
        g = _shortened(g, max_norm)
        return tuple(p - learning_rate * d for p, d in zip(theta, g, strict=True)), [*losses, loss]

    return reduce(one, batches, (parameters, []))


RIGHT_ANSWERS = {
    "sgd_update": (sgd_by_list, sgd_by_names, sgd_on_copies, sgd_by_map),
    "clip_by_global_norm": (
        clip_by_if,
        clip_by_one_vector,
        clip_by_norm_of_norms,
        clip_by_scalars,
    ),
    "adam_update": (adam_by_loop, adam_by_moving_averages, adam_in_one_rate),
    "train": (train_by_loop, train_on_own_copies, train_by_reduce),
}
