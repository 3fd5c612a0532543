"""The picture that other sites show of the course: states of two neurons, by the course's own step."""

from pathlib import Path

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.drawings.sketch import BLUE, GREEN, PURPLE, RED

#: What social networks ask for, in pixels.
WIDTH, HEIGHT = 1200, 630


def draw(path: Path, title: str) -> None:
    """Draw the picture.

    Args:
        path: the PNG to write.
        title: what stands on it.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="#16181d")
    axes = figure.add_axes((0.44, 0.02, 0.55, 0.96))
    axes.axis("off")
    for k, colour in enumerate((BLUE, GREEN, PURPLE, RED) * 3):
        start = 2 * np.pi * k / 12
        states = spiral(np.array([np.cos(start), np.sin(start)]))
        for t in range(len(states) - 1):
            axes.plot(*states[t : t + 2].T, color=colour, alpha=0.25 + 0.6 * t / len(states), lw=3)
        axes.plot(*states[-1], "o", color=colour, markersize=9)
    axes.set_aspect("equal")
    first, _, rest = title.partition(", ")
    lines = "\n".join([*first.split(" "), *([rest] if rest else [])])
    figure.text(
        0.06, 0.56, lines, color="white", size=46, weight="bold", va="center", linespacing=1.25
    )
    figure.text(0.06, 0.12, "a notebook course that runs in your browser", color="#c8ccd4", size=20)
    figure.savefig(path, metadata={"Software": None})


def spiral(start: np.ndarray, steps: int = 40) -> np.ndarray:
    """Return the states of two neurons that turn into their limit cycle, shape (steps + 1, 2).

    Example:
        >>> spiral(np.array([0.5, 0.0])).shape
        (41, 2)
    """
    angle = np.radians(17)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    h, states = start[None], [start]
    for _ in range(steps):
        h = rnn_step(np.zeros((1, 1)), h, np.zeros((2, 1)), 1.12 * turn, np.zeros(2))
        states.append(h[0])
    return np.array(states)
