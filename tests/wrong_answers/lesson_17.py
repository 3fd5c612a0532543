"""Wrong answers to lesson 17 in one respect only."""

import numpy as np


def rounds_are_rounded_down(a, b, h0):
    """Right where T is a power of two."""
    a, h = a.copy(), b.copy()
    h[0] += a[0] * h0
    for k in range(int(np.log2(len(a)))):
        s = 2**k
        joined = a[s:] * a[:-s], a[s:] * h[:-s] + h[s:]
        a[s:], h[s:] = joined
    return h


def factors_are_written_first(a, b, h0):
    """The addends of a round are made with factors of the same round."""
    a, h, s = a.copy(), b.copy(), 1
    h[0] += a[0] * h0
    while s < len(a):
        a[s:] = a[s:] * a[:-s]
        h[s:] = a[s:] * h[:-s] + h[s:]
        s *= 2
    return h


def only_one_step_back(dh, a, h0, h):
    """The immediate gradient is carried where the total one belongs."""
    total, carried = np.zeros_like(dh), np.zeros_like(h0)
    for t in reversed(range(len(a))):
        total[t] = dh[t] + carried
        carried = a[t] * dh[t]
    return total * np.concatenate([h0[None], h[:-1]]), total, a[0] * total[0]


WRONG_ANSWERS = {
    "linear_scan": [rounds_are_rounded_down, factors_are_written_first],
    "linear_scan_backward": [only_one_step_back],
}
