"""Arrays that are made once and written again at every training step."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike

#: So many numbers of an array stay near the processor while a few operations go over them.
NEAR = 16384


class Buffers:
    """Hand out arrays by name, each in the memory that its name had before, as long as it is enough.

    Example:
        >>> buffers = Buffers(np.float32)
        >>> a, smaller = buffers("a", (2, 3)), buffers("a", (2, 2))
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


def blocks_from_the_end(T: int, size: int) -> Iterator[slice]:
    """Yield slices that together are all steps, the last ones first.

    Args:
        T: the number of steps.
        size: how many numbers there are for one step, N·H.

    Returns:
        Slices, each over as many steps as are `NEAR` numbers.

    Example:
        >>> list(blocks_from_the_end(T=5, size=NEAR // 2))
        [slice(3, 5, None), slice(1, 3, None), slice(0, 1, None)]
    """
    length = max(1, NEAR // size)
    for end in range(T, 0, -length):
        yield slice(max(end - length, 0), end)
