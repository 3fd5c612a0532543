"""Correct solutions of lesson 04 in different styles: every one must pass."""

import math

import numpy as np


def output_by_loops(h_t, W_hy, b_y):
    N, H = h_t.shape
    O = len(b_y)  # noqa: E741
    y_t = np.zeros((N, O))
    for n in range(N):
        for o in range(O):
            y_t[n, o] = b_y[o]
            for k in range(H):
                y_t[n, o] += W_hy[o, k] * h_t[n, k]
    return y_t


def output_by_einsum(h_t, W_hy, b_y):
    return b_y + np.einsum("nh,oh->no", h_t, W_hy)


def output_by_columns(h_t, W_hy, b_y):
    return (np.dot(W_hy, h_t.T) + b_y[:, np.newaxis]).T


def output_by_concatenation(h_t, W_hy, b_y):
    ones = np.ones((len(h_t), 1))
    return np.hstack([h_t, ones]) @ np.hstack([W_hy, b_y.reshape(-1, 1)]).T


def output_row_by_row(h_t, W_hy, b_y):
    return np.array([W_hy @ state + b_y for state in h_t])


def softmax_by_loops(y):
    p = np.empty(y.shape)
    for n in range(len(y)):
        largest = max(y[n])
        powers = [math.exp(score - largest) for score in y[n]]
        print("sum of the powers:", sum(powers))
        for k, power in enumerate(powers):
            p[n, k] = power / sum(powers)
    return p


def softmax_from_the_logarithm(y):
    log_p = y - np.logaddexp.reduce(y, axis=1)[:, None]
    return np.exp(log_p)


def softmax_of_transposed(y):
    columns = y.T - np.max(y.T, axis=0)
    e = np.exp(columns)
    return (e / np.sum(e, axis=0)).T


def softmax_on_a_copy(y):
    input = y.astype(float)
    input -= input.max(axis=-1).reshape(-1, 1)
    np.exp(input, out=input)
    input /= np.einsum("no->n", input)[:, None]
    return input


def softmax_from_differences(y):
    with np.errstate(over="ignore"):  # an infinite sum means a probability of 0
        return 1 / np.exp(y[:, None, :] - y[:, :, None]).sum(axis=2)


def cross_entropy_by_loops(y, targets):
    total = 0.0
    for scores, target in zip(y, targets, strict=True):
        m = max(scores)
        total += m + math.log(sum(math.exp(s - m) for s in scores)) - scores[target]
    return total / len(targets)


def cross_entropy_by_one_hot(y, targets):
    shifted = y - np.max(y, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    one_hot = np.eye(y.shape[1])[targets]
    return -(one_hot * log_p).sum() / len(y)


def cross_entropy_by_logaddexp(y, targets):
    picked = np.take_along_axis(y, targets[:, None], axis=1)[:, 0]
    return float(np.mean(np.logaddexp.reduce(y, axis=1) - picked))


def cross_entropy_from_differences(y, targets):
    ahead = y - y[np.arange(len(y)), targets][:, None]  # by how much each class leads the target
    m = ahead.max(axis=1)
    return (m + np.log(np.exp(ahead - m[:, None]).sum(axis=1))).sum() / y.shape[0]


def squares_by_loops(y, targets):
    total = 0
    for row, wanted in zip(y, targets, strict=True):
        for a, b in zip(row, wanted, strict=True):
            total = total + (a - b) * (a - b)
    return total / (len(y) * len(y[0]))


def squares_by_dot(y, targets):
    error = (targets - y).ravel()
    return error @ error / error.size


def squares_by_norm(y, targets):
    return np.linalg.norm(y - targets) ** 2 / np.prod(y.shape)


def squares_by_average(y, targets):
    return np.average(np.square(np.subtract(y, targets)))


def accuracy_by_loops(y, targets):
    right = 0
    for n in range(len(targets)):
        best = 0
        for k in range(y.shape[1]):
            if y[n, k] > y[n, best]:
                best = k
        if best == targets[n]:
            right += 1
    return right / len(targets)


def accuracy_by_sum(y, targets):
    return sum(np.argmax(y, axis=-1) == targets) / targets.size


def accuracy_by_the_target_score(y, targets):
    return np.mean(y[np.arange(len(y)), targets] >= y.max(axis=1))


def accuracy_by_sorting(y, targets):
    answers = np.argsort(y, axis=1)[:, -1]
    return 1 - np.count_nonzero(answers - targets) / len(answers)


RIGHT_ANSWERS = {
    "output_layer": (
        output_by_loops,
        output_by_einsum,
        output_by_columns,
        output_by_concatenation,
        output_row_by_row,
    ),
    "softmax": (
        softmax_by_loops,
        softmax_from_the_logarithm,
        softmax_of_transposed,
        softmax_on_a_copy,
        softmax_from_differences,
    ),
    "cross_entropy": (
        cross_entropy_by_loops,
        cross_entropy_by_one_hot,
        cross_entropy_by_logaddexp,
        cross_entropy_from_differences,
    ),
    "mean_squared_error": (
        squares_by_loops,
        squares_by_dot,
        squares_by_norm,
        squares_by_average,
    ),
    "accuracy": (
        accuracy_by_loops,
        accuracy_by_sum,
        accuracy_by_the_target_score,
        accuracy_by_sorting,
    ),
}
