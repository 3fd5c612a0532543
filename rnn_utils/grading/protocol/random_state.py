"""The random numbers that Python and NumPy keep for a whole process, for tests that set their seed."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def _state() -> Any:
    return np.random.get_state(), random.getstate()  # noqa: NPY002


def set_state(states: Any) -> None:
    """Go on with NumPy's and Python's numbers from a state."""
    np.random.set_state(states[0])  # noqa: NPY002
    random.setstate(states[1])


def where() -> tuple[Any, ...]:
    """Return where the numbers are, which tells whether random numbers were drawn since."""
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    bits = (part[0] if isinstance(part, np.ndarray) else part for part in state["state"].values())
    return (*bits, state.get("has_gauss"), state.get("gauss"), random.getstate())


def same_state(a: Any, b: Any) -> bool:
    """Say whether two states of a generator, or parts of them, are alike."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same_state(a[key], b[key]) for key in a)
    return bool(np.array_equal(a, b))


#: How many numbers a call may draw so that the generator it was given goes on right behind them.
_DRAWN = 1 << 17

#: How many most calls draw, among which it is looked for first.
_FEW = 64

#: By how many numbers a stream is moved on where an answer could have chosen where.
_AMOUNT = 10_007


def go_on(bits: Any, state: Mapping[str, Any]) -> None:
    """Move a test's generator on to where drawing from a copy has led; if it cannot have, anywhere.

    Whoever chooses where it goes on chooses the numbers that the test draws next.

    Args:
        bits: the bit generator, which is changed.
        state: where the copy is said to be.
    """
    before = bits.state
    leads_there = _leads_to(bits, state)
    bits.state = state if leads_there else before
    if not leads_there:
        bits.random_raw(_AMOUNT, output=False)


def _leads_to(bits: Any, state: Mapping[str, Any]) -> bool:
    """Say whether a generator, which is moved on, comes to a state by drawing."""
    before = bits.state
    if state.get("bit_generator") != before["bit_generator"]:
        return False
    there = type(bits)()
    there.state = state
    ahead = there.random_raw()
    for most in (_FEW, _DRAWN):
        bits.state = before
        drawn = bits.random_raw(most)
        for n in np.flatnonzero(drawn == ahead):
            bits.state = before
            bits.random_raw(int(n), output=False)
            if same_state(_whole_numbers(bits.state), _whole_numbers(state)):
                # What is left of a number of which one half was drawn.
                half, halves = state.get("uinteger"), (drawn[:n] >> np.uint64(32))
                return not state.get("has_uint32") or half == before["uinteger"] or half in halves
    return False


def _whole_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in state.items() if key not in ("has_uint32", "uinteger")}


class Streams:
    """The numbers that a test draws, and those that the student's process goes on with.

    The test's stream goes over when the test has set or drawn it, and the student's process goes on
    from there by itself. Nothing of it ever comes back: whoever chooses where a test's stream goes on
    chooses the test's numbers. Where an answer has drawn, the test's own stream is moved on by an
    amount that nobody chooses, so that the same numbers are not drawn twice.
    """

    def __init__(self) -> None:
        self._known: Any = None
        self._seeded = False
        self._watches = False

    def _watch(self) -> None:
        """Notice that a stream is set, also to where it has been before."""

        def noticed(set_it: Callable[..., Any]) -> Callable[..., Any]:
            def seed(*arguments: Any, **named: Any) -> Any:
                self._seeded = True
                return set_it(*arguments, **named)

            return seed

        for module, names in ((np.random, ("seed", "set_state")), (random, ("seed", "setstate"))):
            for name in names:
                setattr(module, name, noticed(getattr(module, name)))
        self._watches = True

    def to_send(self) -> Any:
        """Return the streams if the test has changed them since they were sent."""
        if not self._watches:
            self._watch()
            self._seeded = True
        now = where()
        if not self._seeded and now == self._known:
            return None
        self._known, self._seeded = now, False
        return _state()

    def jump(self) -> None:
        """Move the test's streams on."""
        if not self._seeded:
            np.random.bytes(4 * _AMOUNT)  # noqa: NPY002
            random.getrandbits(32 * _AMOUNT)
            self._known = where()
