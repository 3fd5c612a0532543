"""Arrays that are made once and written again at every training step."""

import numpy as np
from numpy.typing import DTypeLike


class Keep:
    """Hand out arrays by name: the same one again as long as shape and dtype stay.

    Example:
        >>> keep = Keep(np.float32)
        >>> a = keep("a", (2, 3))
        >>> keep("a", (2, 3)) is a, keep("a", (3, 2)) is a
        (True, False)
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._arrays: dict[str, np.ndarray] = {}

    def __call__(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Return the array of that name, with whatever was last written to it."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape:
            array = self._arrays[name] = np.empty(shape, self.dtype)
        return array
