"""Arrays that are made once and written again at every training step."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike

#: So many numbers of an array stay near the processor while a few operations go over them.
NEAR = 16384


class Keep:
    """Hand out arrays by name, each in the memory that its name had before, as long as it is enough.

    Example:
        >>> keep = Keep(np.float32)
        >>> a, smaller = keep("a", (2, 3)), keep("a", (2, 2))
        >>> smaller.shape, np.shares_memory(a, smaller)
        ((2, 2), True)
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._memory: dict[str, np.ndarray] = {}

    def __call__(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Return the array of that name, with whatever was last written to it."""
        size = math.prod(shape)
        memory = self._memory.get(name)
        if memory is None or memory.size < size:
            memory = self._memory[name] = np.empty(size, self.dtype)
        return memory[:size].reshape(shape)


def blocks_from_the_end(T: int, size: int) -> Iterator[range]:
    """Yield the steps in blocks, the last block first, its last step first.

    Args:
        T: the number of steps.
        size: how many numbers there are for one step, N·H.

    Returns:
        Ranges that together go through all steps once, each over as many as are `NEAR` numbers.

    Example:
        >>> [list(block) for block in blocks_from_the_end(T=5, size=NEAR // 2)]
        [[4, 3], [2, 1], [0]]
    """
    length = max(1, NEAR // size)
    for last in range(T - 1, -1, -length):
        yield range(last, max(last - length, -1), -1)
