"""Arrays that count the products they take part in, for exercises that ask for few of them."""

from typing import Any

import numpy as np


class Counted(np.ndarray):
    """An array that counts the products it takes part in, its transpose and its parts included.

    A weight counts; an input does not, and is one of these only so that its method `dot` notices the
    weight.
    """

    __array_priority__ = 100.0  # what is put together from a weight and other arrays counts on
    products: list[str] | None

    def __array_finalize__(self, parent: Any) -> None:
        self.products = getattr(parent, "products", None)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        _count(inputs)
        if "out" in kwargs:
            kwargs["out"] = _plain(kwargs["out"])
        return getattr(ufunc, method)(*_plain(inputs), **kwargs)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function in (np.dot, np.einsum, np.tensordot, np.inner, np.vdot, np.kron):
            _count(arguments)
            return function(*_plain(arguments), **keywords)
        result = super().__array_function__(function, types, arguments, keywords)
        if isinstance(result, Counted):
            result.products = next(iter(_counting(arguments)), None)
        return result

    def dot(self, *arguments: Any, **keywords: Any) -> Any:
        _count((self, *arguments))
        return np.asarray(self).dot(*_plain(arguments), **keywords)


def _counting(values: Any) -> list[list[str]]:
    """Return the lists of the weights among some arrays, which may stand in lists themselves."""
    found = []
    for value in values:
        if isinstance(value, list | tuple):
            found += _counting(value)
        elif isinstance(value, Counted) and value.products is not None:
            found.append(value.products)
    return found


def _count(values: Any) -> None:
    for products in _counting(values)[:1]:
        products.append("product")


def _plain(values: Any) -> tuple[Any, ...]:
    return tuple(np.asarray(v) if isinstance(v, Counted) else v for v in values)
