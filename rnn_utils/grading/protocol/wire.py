"""Plain values between two processes that do not trust each other, and calls in both directions.

A frame is a header of two lengths, a JSON text and the bytes of its arrays; never a pickle. What a
frame may hold is written out in `Reader`: numbers, strings, arrays of plain dtypes, lists, tuples,
dictionaries, sets, ranges, random generators by their state, and functions, which stay where they are
and are called through the wire. Everything else stays where it is too and is known by a number.

Whoever receives a frame gets copies. What a call changed in its arguments is sent back with the
answer, so that a change in place is seen where the originals are, and nothing else of the two
processes is shared.
"""

import math
import re
from collections import namedtuple
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, Protocol

import numpy as np

from rnn_utils.grading.protocol.frames import WireError
from rnn_utils.grading.protocol.random_state import go_on, same_state

_DEPTH = 60
_DTYPE = re.compile(
    r"[|]b1|[|<>][iu][1248]|[<>]f(?:2|4|8|16)|[<>]c(?:8|16|32)|[|]S[0-9]{1,7}|[<>]U[0-9]{1,7}"
    r"|[<>][mM]8(?:\[[0-9]{0,6}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
)
_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_PLAIN = (type(None), bool, str, float)


class Exports(Protocol):
    """How what is not plain is handed over: by a number, and back."""

    def number(self, thing: Any) -> list[Any]:
        """Return the node that stands for a thing of this process, or for one of the other's."""

    def thing(self, node: list[Any]) -> Any:
        """Return the thing that a node of the other process stands for."""

    def error(self, kinds: list[str]) -> type[BaseException]:
        """Return the kind of error that stands for one of the other side's."""

    def formula(self, text: str) -> Callable[..., Any]:
        """Return a function of the course's from its text."""

    def counts(self, array: np.ndarray) -> bool | None:
        """Say whether an array counts its products; None if it is an ordinary one."""

    def counted(self, array: np.ndarray, counts: bool) -> np.ndarray:
        """Return an array that may count its products."""


#: What both processes have and know by its name: Python's and NumPy's kinds and functions of arrays.
_BY_NAME: dict[str, Any] = {
    **{kind.__name__: kind for kind in (bool, int, float, complex, str, list, tuple, dict, set)},
    **{
        f"np.{name}": thing
        for name, thing in vars(np).items()
        if isinstance(thing, np.ufunc)
        or (isinstance(thing, type) and issubclass(thing, np.generic))
    },
}


_KNOWN = {id(thing): name for name, thing in _BY_NAME.items()}


# Values ------------------------------------------------------------------------------------------


class Writer:
    """Turns values into a tree that JSON can hold, and the bytes of arrays beside it.

    Args:
        exports: how what is not plain is handed over.
        blobs: where the bytes of the arrays go, with those of others.
    """

    def __init__(self, exports: Exports, blobs: list[bytes] | None = None) -> None:
        self.exports = exports
        self.blobs: list[bytes] = [] if blobs is None else blobs
        self.shared: list[Any] = []  # what can be changed in place, in the order of its numbers
        self._numbers: dict[int, int] = {}

    def node(self, value: Any, depth: int = 0) -> Any:
        """Return the node of a value."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            if value.bit_length() > 4096:
                raise TypeError("an integer of more than a thousand digits cannot be handed over")
            return value
        if depth > _DEPTH:
            raise TypeError("a value that is nested so deeply cannot be handed over")
        if id(value) in self._numbers:
            return ["again", self._numbers[id(value)]]
        if name := _KNOWN.get(id(value)):
            return ["known", name]
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            plain = np.asarray(value)
            if not _DTYPE.fullmatch(plain.dtype.str):
                return self.exports.number(value)
            return ["scalar", plain.dtype.str, self._blob(plain.tobytes())]
        if isinstance(value, np.random.Generator):
            return self._generator(value)
        if isinstance(value, bool | int | float | str) and kind not in (int, float, str):
            base = next(b for b in (int, float, str) if isinstance(value, b))
            return base(base.__repr__(value) if base is not str else str.__str__(value))
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, bytes | bytearray):
            return ["bytes", self._blob(bytes(value))]
        if isinstance(value, range):
            return ["range", value.start, value.stop, value.step]
        if isinstance(value, list):
            self._share(value)
            return ["list", [self.node(item, depth + 1) for item in list.__iter__(value)]]
        if isinstance(value, tuple):
            items = [self.node(item, depth + 1) for item in tuple.__iter__(value)]
            fields = getattr(kind, "_fields", None)
            return ["tuple", items] if fields is None else self._named(kind, fields, items)
        if isinstance(value, dict):
            self._share(value)
            pairs = [
                [self.node(key, depth + 1), self.node(item, depth + 1)]
                for key, item in dict.items(value)
            ]
            return ["dict", pairs]
        if kind in (set, frozenset):
            return [kind.__name__, [self.node(item, depth + 1) for item in value]]
        return self.exports.number(value)

    def _share(self, value: Any) -> None:
        self._numbers[id(value)] = len(self.shared)
        self.shared.append(value)

    def _blob(self, content: bytes) -> int:
        self.blobs.append(content)
        return len(self.blobs) - 1

    def _array(self, value: np.ndarray) -> Any:
        counts = self.exports.counts(value)
        plain = np.asarray(value)
        if not _DTYPE.fullmatch(plain.dtype.str):
            return self.exports.number(value)
        self._share(value)
        flags = plain.flags
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "gaps"
        content = self._blob(plain.tobytes())
        node = ["array", plain.dtype.str, list(plain.shape), content, layout, flags.writeable]
        return [*node, counts] if counts is not None else node

    def _generator(self, value: np.random.Generator) -> Any:
        self._share(value)
        state = Writer(self.exports, self.blobs)  # what is in it is no argument of the call
        return ["generator", state.node(value.bit_generator.state)]

    def _named(self, kind: type, fields: Any, items: list[Any]) -> Any:
        names = [str(name) for name in fields]
        return ["named", f"{kind.__module__}.{kind.__qualname__}", names, items]


class _DataAlone:
    """`Exports` for what holds nothing but data: to look at a thing would be to ask the other side."""

    def _refused(self, *parts: Any) -> Any:
        raise WireError("only data can be in here")

    number = thing = error = formula = counts = counted = _refused


class Reader:
    """Makes values of a tree that came; everything in it may be a lie and is looked at."""

    def __init__(self, exports: Exports, blobs: list[memoryview]) -> None:
        self.exports = exports
        self.blobs = blobs
        self.shared: list[tuple[Any, Any]] = []  # each with what tells whether it was changed

    def value(self, node: Any) -> Any:
        """Return the value of a node.

        Raises:
            WireError: no value has such a node.
        """
        if type(node) in (*_PLAIN, int):
            return node
        try:
            kind, *parts = node
            return self._readers[kind](self, *parts)
        except WireError:
            raise
        except (
            AttributeError,
            TypeError,
            ValueError,
            IndexError,
            KeyError,
            OverflowError,
            RecursionError,
            MemoryError,
        ) as error:
            raise WireError(f"no value: {str(node)[:60]} ({error})") from None

    def _share(self, value: Any, mark: Any) -> Any:
        self.shared.append((value, mark))
        return value

    def _read_again(self, number: int) -> Any:
        return self.shared[number][0]

    def _read_array(
        self,
        dtype: str,
        shape: list[int],
        blob: int,
        layout: str,
        writeable: bool,
        counts: bool | None = None,
    ) -> Any:
        content = self.blobs[blob]
        array = self._plain_array(dtype, shape, content).copy()
        if layout == "F":
            array = np.asfortranarray(array)
        elif layout == "gaps" and array.ndim and array.size:
            wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
            wide[..., 1::2] = np.nan if array.dtype.kind == "f" else array
            wide[..., ::2] = array
            array = wide[..., ::2]
        if counts is not None:
            array = self.exports.counted(array, bool(counts))
        array.flags.writeable = bool(writeable)
        return self._share(array, bytes(content))

    def _plain_array(self, dtype: str, shape: list[int], content: memoryview) -> np.ndarray:
        if not _DTYPE.fullmatch(dtype) or len(shape) > 32:
            raise WireError(f"no plain array: {dtype[:20]}")
        if not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("no shape")
        kind = np.dtype(dtype)
        if math.prod(shape) * kind.itemsize != len(content):
            raise WireError("an array whose bytes are not as many as its shape says")
        if kind.itemsize == 0:
            return np.zeros(shape, kind) if math.prod(shape) < 1 << 20 else np.zeros(0, kind)
        if kind.kind == "b":  # a byte that is neither 0 nor 1 would be a truth of its own
            return (np.frombuffer(content, np.uint8) != 0).reshape(shape)
        if kind.kind == "U" and np.any(np.frombuffer(content, kind.byteorder + "u4") > 0x10FFFF):
            raise WireError("no characters")
        return np.frombuffer(content, kind).reshape(shape)

    def _read_scalar(self, dtype: str, blob: int) -> Any:
        return self._plain_array(dtype, [], self.blobs[blob])[()]

    def _read_complex(self, real: float, imaginary: float) -> complex:
        return complex(float(real), float(imaginary))

    def _read_bytes(self, blob: int) -> bytes:
        return bytes(self.blobs[blob])

    def _read_range(self, start: int, stop: int, step: int) -> range:
        return range(start, stop, step)

    def _read_list(self, nodes: list[Any]) -> list[Any]:
        items: list[Any] = []
        mark: list[int] = []
        self._share(items, mark)
        items += [self.value(node) for node in nodes]
        mark += map(id, items)
        return items

    def _read_tuple(self, nodes: list[Any]) -> tuple[Any, ...]:
        return tuple(self.value(node) for node in nodes)

    def _read_named(self, path: str, fields: list[str], nodes: list[Any]) -> Any:
        kind = _named_tuple(path, tuple(fields))
        return kind(*(self.value(node) for node in nodes))

    def _read_dict(self, pairs: list[list[Any]]) -> dict[Any, Any]:
        items: dict[Any, Any] = {}
        mark: list[int] = []
        self._share(items, mark)
        items.update((self.value(key), self.value(item)) for key, item in pairs)
        mark += (id(part) for pair in items.items() for part in pair)
        return items

    def _read_set(self, nodes: list[Any]) -> set[Any]:
        return {self.value(node) for node in nodes}

    def _read_frozenset(self, nodes: list[Any]) -> frozenset[Any]:
        return frozenset(self._read_set(nodes))

    def _read_generator(self, state: Any) -> np.random.Generator:
        state = Reader(_DataAlone(), self.blobs).value(state)
        if state["bit_generator"] not in _GENERATORS:
            raise WireError("no generator")
        bits = getattr(np.random, state["bit_generator"])()
        bits.state = state
        return self._share(np.random.Generator(bits), state)

    def _read_known(self, name: str) -> Any:
        return _BY_NAME[name]

    def _read_error(self, kinds: list[str]) -> Any:
        return self.exports.error(kinds)

    def _read_formula(self, text: str) -> Any:
        return self.exports.formula(text)

    def _read_thing(self, *parts: Any) -> Any:
        return self.exports.thing(list(parts))

    _readers: ClassVar[dict[str, Callable[..., Any]]] = {
        name.removeprefix("_read_"): method
        for name, method in list(locals().items())
        if name.startswith("_read_")
    }


def changed(value: Any, mark: Any) -> bool:
    """Say whether a value that a `Reader` made is no longer what came."""
    if isinstance(value, np.ndarray):
        return np.asarray(value).tobytes() != mark
    if isinstance(value, np.random.Generator):
        return not same_state(value.bit_generator.state, mark)
    if isinstance(value, dict):
        return [id(part) for pair in value.items() for part in pair] != mark
    return [id(item) for item in value] != mark


def put_back(original: Any, new: Any) -> None:
    """Make a value what the other process made of its copy."""
    if isinstance(original, np.ndarray) and isinstance(new, np.ndarray):
        if original.shape != new.shape:  # its shape was changed in place: no longer what it was
            new = np.full(original.shape, np.nan if original.dtype.kind in "fc" else 0)
        writeable = original.flags.writeable
        if writeable and np.can_cast(new.dtype, original.dtype, "unsafe"):
            original[...] = new
    elif isinstance(original, np.random.Generator) and isinstance(new, np.random.Generator):
        go_on(original.bit_generator, new.bit_generator.state)
    elif isinstance(original, list) and isinstance(new, list):
        original[:] = new
    elif isinstance(original, dict) and isinstance(new, dict):
        original.clear()
        original.update(new)


@lru_cache(maxsize=256)
def _named_tuple(path: str, fields: tuple[str, ...]) -> type:
    """Return the named tuple of this package of that name, or a new one with these fields."""
    known = _package_tuples().get(path)
    if known is not None and known._fields == fields:  # type: ignore[attr-defined]
        return known
    if len(fields) > 100 or len(path) > 200:
        raise WireError("too many fields")
    return namedtuple(re.sub(r"\W", "_", path.rsplit(".", 1)[-1]), fields)


@lru_cache(maxsize=1)
def _package_tuples() -> dict[str, type]:
    import sys

    return {
        f"{kind.__module__}.{kind.__qualname__}": kind
        for name, module in list(sys.modules.items())
        if name == "rnn_utils" or name.startswith("rnn_utils.")
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")
        if kind.__module__.startswith("rnn_utils")
    }
