"""The random numbers that Python and NumPy keep for a whole process, for tests that set their seed."""

import random
from collections.abc import Callable
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


class Streams:
    """The numbers that a test draws, and those that the student's process goes on with.

    The test's stream goes over when the test has set or drawn it, and the student's process goes on
    from there by itself. Nothing of it ever comes back: whoever chooses where a test's stream goes on
    chooses the test's numbers. Where an answer has drawn, the test's own stream is moved on by an
    amount that nobody chooses, so that the same numbers are not drawn twice.
    """

    _AMOUNT = 10_007

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
            np.random.bytes(4 * self._AMOUNT)  # noqa: NPY002
            random.getrandbits(32 * self._AMOUNT)
            self._known = where()
