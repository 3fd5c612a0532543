"""What the exercises of lesson 01, the state equation, share."""

from collections.abc import Callable
from typing import Any


def fold(f: Callable[[Any, Any], Any], h: Any, xs: Any) -> list[Any]:
    states = []
    for x in xs:
        h = f(h, x)
        states.append(h)
    return states
