"""Lesson 05: how long calls take, one against the other."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np


def fastest(*calls: Callable[[], Any], rounds: int = 11) -> np.ndarray:
    """Run the calls in turn, round after round; return the shortest time of each, in seconds."""
    times = []
    for _ in range(rounds):
        marks = [perf_counter()]
        for call in calls:
            call()
            marks.append(perf_counter())
        times.append(np.diff(marks))
    return np.min(times, axis=0)
