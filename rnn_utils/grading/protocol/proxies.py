"""What one process hands to the other by number, and the proxies that stand there for it."""

import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Protocol

import numpy as np

from rnn_utils.checks.framework.behaviour import repeated
from rnn_utils.checks.framework.counting import Counted
from rnn_utils.grading.protocol.errors import KINDS, NAME, TEXT, error_kind
from rnn_utils.grading.protocol.wire import WireError


class Asked(Protocol):
    """Whom proxies ask: the end of the wire that they came in at, a `calls.Peer`."""

    objects_answer: bool
    shares_seeds: bool

    def ask(self, what: str, *values: Any, **named: Any) -> Any: ...

    def call_often(
        self, function: Any, arguments: tuple[Any, ...], times: int
    ) -> Iterator[Any]: ...


class Table:
    """What is handed over by number, and back: the `Exports` of a peer.

    Args:
        peer: what proxies ask.
        objects: whether objects that are neither data nor functions are handed over, as on the student's
            side.
    """

    def __init__(self, peer: Asked, objects: bool) -> None:
        self._peer = peer
        self._objects = objects
        self._mine: list[Any] = []
        self._places: dict[int, int] = {}
        self._theirs: dict[int, Any] = {}

    def __getitem__(self, number: int) -> Any:
        """Return what was handed over by this number."""
        return self._mine[number]

    def number(self, thing: Any) -> list[Any]:
        """Return the node of a thing: a number in this table, or the one in the other's."""
        if isinstance(thing, Remote):
            return ["thing", "yours", thing._number]
        if isinstance(thing, type) and issubclass(thing, BaseException):
            return ["error", [kind.__name__ for kind in thing.__mro__]]
        if not self._objects and isinstance(thing, FunctionType) and "text" in vars(thing):
            return ["formula", thing.text]  # type: ignore[attr-defined]  # of the course's own
        if isinstance(thing, type):
            kind = "class"
        elif callable(thing):
            kind = "function"
        elif isinstance(thing, Iterator):
            kind = "iterator"
        elif self._objects:
            kind = "object"
        else:
            raise TypeError(f"a {type(thing).__name__} cannot be handed to the student's code")
        if id(thing) not in self._places:
            self._places[id(thing)] = len(self._mine)
            self._mine.append(thing)
        named = thing if kind in ("class", "function") else type(thing)
        name = str(getattr(named, "__name__", type(thing).__name__))[:NAME]
        text = getattr(named, "__doc__", None)
        text = str(text)[:TEXT] if isinstance(text, str) else None
        return ["thing", kind, self._places[id(thing)], name, text]

    def thing(self, node: list[Any]) -> Any:
        """Return what a node of the other side stands for."""
        kind, number, *label = node
        if type(number) is not int or not 0 <= number < 1 << 32:
            raise WireError("no number")
        if kind == "yours":
            return self._mine[number]
        made = self._theirs.get(number)
        if made is None or type(made)._kind != kind:
            remote = {c._kind: c for c in (Function, Class, Iteration, Thing)}[kind]
            name = re.sub(r"\W", "_", str(label[0]))[:NAME] or "thing"
            made = self._theirs[number] = remote.named(self._peer, number, name)
            made.__dict__["__doc__"] = str(label[1]) if label[1] is not None else None
        return made

    def error(self, kinds: list[str]) -> type[BaseException]:
        """Return the kind of error that stands for one of the other side's."""
        return error_kind(*(str(kind)[:NAME] for kind in kinds[:KINDS]))

    def formula(self, text: str) -> Callable[..., Any]:
        """Return a function of the course's from its text, on the student's side."""
        if not self._objects:
            raise WireError("only tests send formulas")
        function: Callable[..., Any] = eval(text, {"np": np})
        return function

    def counts(self, array: np.ndarray) -> bool | None:
        """Say whether an array that goes to the student's side counts its products."""
        if self._objects or not isinstance(array, Counted):
            return None
        return array.products is not None

    def counted(self, array: np.ndarray, counts: bool) -> np.ndarray:
        """Return an array that counts the products it takes part in, on the student's side."""
        if not self._objects:
            raise WireError("only tests count products")
        counting = array.view(Counted)
        counting.products = [] if counts else None
        return counting


class Remote:
    """What stands here for a thing of the other process."""

    _kind = ""
    _peer: Asked
    _number: int

    @classmethod
    def named(cls, peer: Asked, number: int, name: str) -> Any:
        """Return a proxy whose kind has the name that it has over there."""
        proxy = cls.__new__(cls)
        proxy.__dict__.update(_peer=peer, _number=number, __name__=name, __qualname__=name)
        return proxy

    def _ask(self, what: str, *values: Any) -> Any:
        return self._peer.ask(what, self._number, *values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._ask("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", name, value)

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a student's object cannot be pickled")


class Function(Remote):
    """A function of the other process; its body runs there, on copies of the arguments."""

    _kind = "function"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._peer.ask("call", self._number, *arguments, **named)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


#: How many calls go in one message, which has the time that one call alone would have.
_TOGETHER = 100


@repeated.register
def _(function: Function, *arguments: Any, times: int) -> Iterator[Any]:
    # The first is made alone: it shows most of what is wrong.
    alone = times if function._peer.shares_seeds else min(times, 1)
    for _ in range(alone):
        yield function(*arguments)
    for made in range(alone, times, _TOGETHER):
        together = min(_TOGETHER, times - made)
        yield from function._peer.call_often(function, arguments, together)


class Class(Function):
    """A class of the other process: calling it makes an object there."""

    _kind = "class"

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Thing) and self._peer.ask("is", instance._number, self) is True

    def __repr__(self) -> str:
        return f"<class {self.__name__}>"


class Iteration(Remote):
    """An iterator of the other process, such as a generator."""

    _kind = "iterator"

    def __iter__(self) -> "Iteration":
        return self

    def __next__(self) -> Any:
        came = self._ask("next")
        if came == []:
            raise StopIteration
        (value,) = came
        return value


class Thing(Remote):
    """An object of the other process that is neither data nor a function.

    Its methods run there. Here it is equal to no data, greater and smaller than none, and no array,
    whatever it says of itself: what a test compares with numbers must be numbers.
    """

    _kind = "object"

    @classmethod
    def named(cls, peer: Asked, number: int, name: str) -> Any:
        return Remote.named.__func__(type(name, (cls,), {}), peer, number, name)  # type: ignore[attr-defined]

    def _ask(self, what: str, *values: Any) -> Any:
        if not self._peer.objects_answer:
            raise TypeError("only numbers, arrays and functions can be handed over here")
        return super()._ask(what, *values)

    def __repr__(self) -> str:
        text = self._ask("text")
        return text if type(text) is str else "?"

    def __array__(self, *arguments: Any, **named: Any) -> Any:
        raise ValueError("a student's object is no array")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Thing):
            return False
        # Those with the same number are one; a set, which compares what has one hash, asks nobody.
        return other._number == self._number or self._ask("equal", other) is True

    def __hash__(self) -> int:
        return hash(self._number)

    def __len__(self) -> int:
        n = self._ask("len")
        if type(n) is not int:
            raise TypeError("no length")
        return n

    def __iter__(self) -> Any:
        return self._ask("iter")

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("put", key, value)

    def __bool__(self) -> bool:
        return True


def _calculation(name: str, compares: bool) -> Callable[..., Any]:
    def calculate(self: Thing, *others: Any) -> Any:
        if compares and not all(isinstance(other, Thing) for other in others):
            return NotImplemented
        return self._ask("calculate", name, *others)

    return calculate


# What compares with an expected value, as in abs(f(x) - expected) < 1e-9, must not tell it.
for _name in ("sub", "truediv", "floordiv", "mod"):
    setattr(Thing, f"__{_name}__", _calculation(f"__{_name}__", compares=True))
for _name in ("add", "mul", "matmul", "pow", "radd", "rmul", "neg", "abs"):
    setattr(Thing, f"__{_name}__", _calculation(f"__{_name}__", compares=False))


#: What a proxy asks of an object, by the name of the request.
ON_OBJECTS: dict[str, Callable[..., Any]] = {
    "get": lambda thing, name: getattr(thing, name),
    "set": lambda thing, name, value: setattr(thing, name, value),
    "len": lambda thing: len(thing),
    "item": lambda thing, key: thing[key],
    "put": lambda thing, key, value: thing.__setitem__(key, value),
    "iter": lambda thing: iter(thing),
    "text": lambda thing: str(repr(thing))[:TEXT],
    "is": lambda thing, kind: isinstance(thing, kind),
    "equal": lambda thing, other: bool(thing == other),
    "calculate": lambda thing, name, *others: getattr(thing, name)(*others),
}
