"""The derivative of tanh, with the mistakes made."""

import numpy as np

from rnn_utils.checks.shared_mistakes.step import Made


def slope(
    made: Made, h: np.ndarray, before: np.ndarray, total: np.ndarray | None = None
) -> np.ndarray:
    """Return the derivative of tanh from its output h, with the mistakes made.

    `before` is the state before h, or all of them if h holds a sequence; `total` is the gradient that
    arrives at h, where there is one already.
    """
    s = 1 - h**2
    wrong = {
        "tanh derivative missing": lambda: np.ones_like(h),
        "double derivative": lambda: 1 - np.tanh(h) ** 2,
        "derivative of the state before": lambda: 1 - before**2,
        "square missing": lambda: 1 - h,
        "bracket squared": lambda: (1 - h) ** 2,
        "plus for minus": lambda: 1 + h**2,
        "minus one": lambda: h**2 - 1,
        "square only": lambda: h**2,
        "derivative of the sigmoid": lambda: h * (1 - h),
        "derivative of a relu": lambda: (h > 0).astype(h.dtype),
        "divided by the derivative": lambda: 1 / s,
        "derivative twice": lambda: s**2,
        "tanh for its derivative": lambda: np.tanh(h),
        "state for the derivative": lambda: h,
        "one minus tanh": lambda: 1 - np.tanh(h),
        "derivative of the square": lambda: -2 * h,
        "root of the derivative": lambda: np.sqrt(s),
        "square inside tanh": lambda: 1 - np.tanh(h**2),
        "slope of the gradient": lambda: s if total is None else 1 - total**2,
        "matrix product for the square": lambda: 1 - h @ h.swapaxes(-1, -2),
        "last derivative at every step": lambda: np.broadcast_to(s[-1:], s.shape),
        "first derivative at every step": lambda: np.broadcast_to(s[:1], s.shape),
        "derivative of the next state": lambda: np.concatenate([s[1:], s[:1]]),
    }
    for name in made:
        if name in wrong:
            return wrong[name]()
    return s
