"""Two directions side by side: h_t = [h→_t, h←_t], the second reading from the last input to the first."""

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_14.shared import IN_SEQUENCE, Layers
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.deep import bidirectional_forward


def draw_two_ways(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, H = (sizes[letter] for letter in "TNDH")
    one = arrays(W_xh="H D", W_hh="H H", b_h="H")
    return {
        "x": rng.standard_normal((T, N, D)),
        "h0": np.tanh(rng.standard_normal((2, N, H))),
        "layers": [tuple(one(rng, sizes).values()) for _ in range(2)],
    }


_CONTRACT = Contract(
    sizes="TNDH",
)


_BIDIRECTIONAL = {
    "states not turned back": (
        "the second direction's states are not turned back: it met the last input first, so its states "
        "come out from the last step to the first"
    ),
    "both read forwards": (
        "both directions read from the first step to the last; the second gets the inputs in reverse"
    ),
    "only its states turned": (
        "the second direction reads from the first step on, and its states are then turned round; the "
        "inputs are to be turned before, and the states after"
    ),
    "all axes turned": (
        "`np.flip` without an axis turns batch and features round as well; turn time alone, with "
        "`x[::-1]` or `np.flip(x, axis=0)`"
    ),
    "all axes of its states turned": (
        "`np.flip` without an axis turns the second direction's batch and units round as well; turn time "
        "alone, with `[::-1]` or `axis=0`"
    ),
    "both turned": (
        "the states of both directions are turned round; only the second's stand from the last step on"
    ),
    "second direction stops early": (
        "the second direction never reads the first step: does its loop end one too soon? "
        "`range(T - 1, -1, -1)` goes down to 0"
    ),
    "batch turned": "the batch is turned round in place of time; time is the first axis of x",
    "batch turned, states not turned back": (
        "the batch is turned round in place of time, and the states are not turned back; time is the first "
        "axis of both"
    ),
    "features turned": "the numbers of each input are turned round in place of time",
    "first weights for both": "layers[0] serves both directions; each has weights of its own",
    "weights exchanged": "the weights of the two directions have changed places",
    "first h0 for both": "both directions start from h0[0]; the second starts from h0[1]",
    "starts exchanged": "the starts of the two directions have changed places",
    "zeros instead of h0": "the directions start from zeros and not from their rows of h0",
    "second starts from the first's end": (
        "the second direction starts from the last state of the first; the two do not know each other"
    ),
    "halves exchanged": "the second direction's states come first in the last axis; they come second",
    "states added": "the states of the two directions are added; they stand side by side, (T, N, 2H)",
    "states averaged": "the states of the two directions are averaged; they stand side by side",
    "joined over the batch": "the two directions are joined over the batch; they share its rows",
    "joined over time": "the two directions are joined over time; each step has both",
    "on an axis of their own": "the directions have an axis of their own; they stand in the last one",
    "first direction only": "only the first direction's states are returned",
    "last state of the second everywhere": (
        "every step has the second direction's last state; step t has the one that has read x[T − 1], …, x[t]"
    ),
    "second direction one step off": (
        "the second direction's states are one step off: at step t it has read x[t] as well"
    ),
}


def _turned_inputs(made: Made, x: np.ndarray) -> np.ndarray:
    if made & {"both read forwards", "only its states turned"}:
        return x
    if "all axes turned" in made:
        return np.flip(x)
    if made & {"batch turned", "batch turned, states not turned back"}:
        return x[:, ::-1]
    if "features turned" in made:
        return x[..., ::-1]
    return x[::-1]


def starts(made: Made, h0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if "zeros instead of h0" in made:
        return 0 * h0[0], 0 * h0[1]
    if "first h0 for both" in made:
        return h0[0], h0[0]
    if "starts exchanged" in made:
        return h0[1], h0[0]
    return h0[0], h0[1]


def both_states(made: Made, x: np.ndarray, h0: np.ndarray, layers: Layers) -> np.ndarray:
    """Return the states of both directions, with the mistakes made."""
    ahead, back = layers
    if "first weights for both" in made:
        back = ahead
    if "weights exchanged" in made:
        ahead, back = back, ahead
    start, end = starts(made, h0)
    in_layer = frozenset(made & IN_SEQUENCE.keys())
    first = steps.rnn_forward(in_layer, x, start, *ahead)
    if "second starts from the first's end" in made:
        end = first[-1]
    second = steps.rnn_forward(in_layer, _turned_inputs(made, x), end, *back)
    last = second[-1:]
    if made & {"all axes turned", "all axes of its states turned"}:
        second = np.flip(second)
    elif "batch turned" in made:
        second = second[:, ::-1]
    elif "batch turned, states not turned back" in made:
        pass
    elif not made & {"states not turned back", "both read forwards", "features turned"}:
        second = second[::-1]
    if "last state of the second everywhere" in made:
        second = np.broadcast_to(last, second.shape)
    if "second direction one step off" in made:
        second = np.concatenate([second[1:], end[None]])
    if "second direction stops early" in made:
        second = np.concatenate([0 * second[:1], second[1:]])
    joined = {
        "both turned": lambda: np.concatenate([first[::-1], second], axis=2),
        "states added": lambda: first + second,
        "states averaged": lambda: (first + second) / 2,
        "joined over the batch": lambda: np.concatenate([first, second], axis=1),
        "joined over time": lambda: np.concatenate([first, second]),
        "on an axis of their own": lambda: np.stack([first, second]),
        "first direction only": lambda: first,
        "halves exchanged": lambda: np.concatenate([second, first], axis=2),
    }
    for name in made & joined.keys():
        return joined[name]()
    return np.concatenate([first, second], axis=2)


EXERCISE = Exercise(
    name="bidirectional_forward",
    lesson="14_deep_and_bidirectional",
    points=2,
    reference=bidirectional_forward,
    outputs={"h": "T N 2H"},
    draw=draw_two_ways,
    contract=_CONTRACT,
    mistakes=mistakes_in(both_states, _BIDIRECTIONAL | IN_SEQUENCE),
)
