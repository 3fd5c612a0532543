"""Two processes that call each other's functions, one call inside the other, over a `Channel`.

What a process hands over by number stays in its own table; the other side holds a proxy. The tester's
table holds only functions and iterators that a test passed as arguments, and all that the student's
side can do with them is to call them. The student's table may hold any object: its methods run in the
student's process, and what they return is plain data again, or the next proxy.

One file, since the two ends of a call have to be seen side by side.
"""

import builtins
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import islice
from types import FunctionType, TracebackType
from typing import Any, NoReturn

import numpy as np

from rnn_utils.checks.framework.counting import Counted
from rnn_utils.grading.protocol.wire import (
    Channel,
    Gone,
    Reader,
    WireError,
    Writer,
    changed,
    put_back,
)

#: How long the other side may take to stop when it is interrupted, in seconds.
_PATIENCE = 2.0

#: How much of an error's text and of what a call printed is handed over.
_TEXT = 10_000

#: The longest name of a function or a kind that is handed over, and how many kinds of an error.
_NAME, _KINDS = 100, 50

_ENDED = "your code ended its own process or used more memory than it may, so nothing can be called"


class Peer:
    """One end of the wire.

    Args:
        channel: the connected channel.
        handlers: what the other side may ask for besides calls, by name.
        objects: whether objects that are neither data nor functions are handed over by number.
        interrupt: called to make the other side stop what it does.
        during: called around every call for the other side; returns what it printed.
        own_file: says whether a traceback's file is the student's, whose lines are told.
        lines: says how many lines a file of the student's has here; 0 of any other name. The other
            side may name any file there is: only those of which the lines are known already are
            spoken of, and none is ever opened.
        heard: called with what a call printed over there.
    """

    def __init__(
        self,
        channel: Channel,
        handlers: Mapping[str, Callable[..., Any]],
        objects: bool = False,
        interrupt: Callable[[], None] = lambda: None,
        during: Callable[[Callable[[], Any]], tuple[Any, str]] = lambda run: (run(), ""),
        own_file: Callable[[str], bool] = lambda name: False,
        lines: Callable[[str], int] = lambda name: 0,
        heard: Callable[[str], None] = lambda text: print(text, end=""),
    ) -> None:
        self.channel = channel
        self.handlers = dict(handlers)
        self.gone: str | None = None
        self._objects = objects
        self._interrupt = interrupt
        self._during = during
        self._own_file = own_file
        self._lines = lines
        self._heard = heard
        self.late = False
        # How long an answer may take unless it is asked for with a time of its own; if one took longer.
        self.seconds: float | None = None
        self.overdue = False
        self.shares_seeds = False
        self._streams = _Streams()
        self._mine: list[Any] = []
        self._places: dict[int, int] = {}
        self._theirs: dict[int, Any] = {}
        self._asked = 0

    # what stands for things that are not data

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
        name = str(getattr(named, "__name__", type(thing).__name__))[:_NAME]
        text = getattr(named, "__doc__", None)
        text = str(text)[:_TEXT] if isinstance(text, str) else None
        return ["thing", kind, self._places[id(thing)], name, text]

    def thing(self, node: list[Any]) -> Any:
        """Return what a node of the other side stands for."""
        kind, number, *label = node
        if type(number) is not int or number < 0:
            raise WireError("no number")
        if kind == "yours":
            return self._mine[number]
        made = self._theirs.get(number)
        if made is None or type(made)._kind != kind:
            remote = {c._kind: c for c in (Function, Class, Iteration, Thing)}[kind]
            name = re.sub(r"\W", "_", str(label[0]))[:_NAME] or "thing"
            made = self._theirs[number] = remote.named(self, number, name)
            made.__dict__["__doc__"] = str(label[1]) if label[1] is not None else None
        return made

    def error(self, kinds: list[str]) -> type[BaseException]:
        """Return the kind of error that stands for one of the other side's."""
        return _error_kind(*(str(kind)[:_NAME] for kind in kinds[:_KINDS]))

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

    # asking

    def ask(self, what: str, *values: Any, seconds: float | None = None, **named: Any) -> Any:
        """Ask the other side for something and wait for the answer.

        Args:
            what: the request: `"call"` and the like, or one of the other side's handlers.
            values: its values.
            seconds: after so long the other side is interrupted; by default, the peer's `seconds`.
            named: its values by name.

        Returns:
            what the other side returned.

        Raises:
            Gone: the other side has ended.
            Exception: what was raised there, with the lines that are told of it.
        """
        writer = Writer(self)
        text = {"do": what, **_request(writer, values, named)}
        if self.shares_seeds:
            text["draws"] = True
            if (seeds := self._streams.to_send()) is not None:
                text["seeds"] = self._sub(writer, seeds)
        seconds = self.seconds if seconds is None else seconds
        try:
            answer, blobs = self._exchange(text, writer.blobs, seconds)
        except _Stopped as stopped:
            if stopped.answer is not None:
                with suppress(Exception):
                    self._take(*stopped.answer, writer.shared)
            raise KeyboardInterrupt from None
        return self._take(answer, blobs, writer.shared)

    def call_each(
        self, function: "Function", many: Sequence[tuple[Any, ...]], seconds: float
    ) -> list[Callable[[], Any]]:
        """Have a function of the other side called with several sets of arguments, in one message.

        Args:
            function: the function.
            many: the sets of arguments.
            seconds: after so long the other side is interrupted.

        Returns:
            For each call that was made to its end what gives its value, or raises its error; the first
            ones only, where one of several took too long.

        Raises:
            Gone: the other side has ended.
            TypeError: the arguments cannot be sent together.
            KeyboardInterrupt: the first call took too long.
        """
        blobs: list[bytes] = []
        writers = [Writer(self, blobs) for _ in many]
        requests = [
            _request(writer, (function._number, *arguments), {})
            for writer, arguments in zip(writers, many, strict=True)
        ]
        late = False
        try:
            answer, came = self._exchange({"do": "each", "each": requests}, blobs, seconds)
        except _Stopped as stopped:
            if stopped.answer is None:
                raise KeyboardInterrupt from None
            late, (answer, came) = True, stopped.answer
        answers = answer.get("each")
        if type(answers) is not list or not all(type(one) is dict for one in answers):
            self._give_up_for_nonsense("no list of answers")
        made: list[Callable[[], Any]] = [
            partial(self._take, one, came, writer.shared)
            for one, writer in zip(answers, writers, strict=False)
        ]
        if late and len(made) < 2:
            raise KeyboardInterrupt
        return made[:-1] if late else made

    def _exchange(
        self, text: dict[str, Any], blobs: list[bytes], seconds: float | None
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """Send a request and wait for the answer, which nobody has looked at yet."""
        if self.gone:
            raise Gone(self.gone)
        self._asked += 1
        number = text["n"] = self._asked
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            self.channel.send(text, blobs)
            return self._answer(number, deadline)
        except KeyboardInterrupt:
            raise _Stopped(self._stop(number)) from None
        except TimeoutError:
            self.overdue = True
            raise _Stopped(self._stop(number)) from None
        except Gone:
            self.gone = self.gone or _ENDED
            raise Gone(self.gone) from None
        except WireError as error:
            self._give_up_for_nonsense(error)

    def _give_up_for_nonsense(self, what: object) -> NoReturn:
        self.give_up(f"your code sent what no answer is: {what}")
        raise Gone(self.gone) from None

    def _sub(self, writer: Writer, value: Any) -> Any:
        """Return the node of a value that is no argument, and so not looked at for changes."""
        return Writer(self, writer.blobs).node(value)

    def give_up(self, why: str) -> None:
        """Have no more to do with the other side."""
        self.gone = why
        self.channel.close()

    def _stop(self, number: int) -> tuple[dict[str, Any], list[memoryview]] | None:
        """Interrupt the other side; return what it answers then, or give it up."""
        self.late = True
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            self._interrupt()
            try:
                return self._answer(number, time.monotonic() + 0.4)
            except TimeoutError:
                continue
            except Gone:
                self.gone = self.gone or _ENDED
                return None
            except WireError as error:
                self.give_up(f"your code sent what no answer is: {error}")
                return None
        self.give_up("your code did not stop when its time was over, and was ended")
        return None

    def _answer(
        self, number: int, deadline: float | None
    ) -> tuple[dict[str, Any], list[memoryview]]:
        while True:
            text, blobs = self.channel.receive(deadline)
            if type(text) is not dict:
                raise WireError("neither a request nor an answer")
            if "do" in text:
                self._handle(text, blobs)
                continue
            if text.get("re") != number:
                raise WireError("an answer to what was not asked")
            return text, blobs

    def _take(self, text: dict[str, Any], blobs: list[memoryview], shared: list[Any]) -> Any:
        """Return the value in an answer, or raise the error in it."""
        try:
            value, error = self._read(text, blobs, shared)
        except WireError as nonsense:
            self._give_up_for_nonsense(nonsense)
        if error is not None:
            raise error
        return value

    def _read(
        self, text: dict[str, Any], blobs: list[memoryview], shared: list[Any]
    ) -> tuple[Any, BaseException | None]:
        reader = Reader(self, blobs)
        value = reader.value(text.get("value"))
        try:
            for place, node in text.get("changed", []):
                put_back(shared[place], reader.value(node))
            for place, count in text.get("counted", []):
                counter = getattr(shared[place], "products", None)
                if type(count) is int and 0 <= count < 1 << 20 and counter is not None:
                    counter += ["product"] * (count - len(counter))
            out = text.get("out", "")
            if self.shares_seeds and text.get("drew") is True:
                self._streams.jump()
        except (TypeError, ValueError, IndexError, AttributeError) as error:
            raise WireError(str(error)[:60]) from None
        if out and type(out) is str:
            self._heard(out[:_TEXT])
        return value, _rebuilt(text["error"], self._lines) if "error" in text else None

    # answering

    def serve(self) -> None:
        """Answer until the other side closes."""
        try:
            while True:
                self._handle(*self.channel.receive())
        except Gone:
            return

    def _handle(self, text: dict[str, Any], blobs: list[memoryview]) -> None:
        number, back = text.get("n"), list[bytes]()
        if type(number) is not int:
            raise WireError("a request without a number")
        if self._objects and text["do"] == "each":
            answers = list(self._answered_each(text["each"], blobs, back))
            answer: dict[str, Any] = {"re": number, "each": answers}
            too_large: dict[str, Any] = {"each": []}
        else:
            answer = {"re": number, **self._answered(text, blobs, back)[0]}
            too_large = {}
        try:
            self.channel.send(answer, back)
        except TypeError as error:  # larger than a frame may be
            self.channel.send({"re": number, **(too_large or {"error": self._told(error)})}, [])

    def _answered_each(
        self, requests: list[dict[str, Any]], blobs: list[memoryview], back: list[bytes]
    ) -> Iterator[dict[str, Any]]:
        """Make calls one after the other, up to one that is interrupted."""
        for request in requests:
            answer, stopped = self._answered({"do": "call", **request}, blobs, back)
            yield answer
            if stopped:
                return

    def _answered(
        self, text: dict[str, Any], blobs: list[memoryview], back: list[bytes]
    ) -> tuple[dict[str, Any], bool]:
        """Do what is asked for; return the answer, and whether it was stopped on the way.

        Args:
            text: the request.
            blobs: the bytes of its arrays.
            back: gets the bytes of the answer's arrays.
        """
        reader, writer = Reader(self, blobs), Writer(self, back)
        answer: dict[str, Any] = {}
        draws, before, stopped = self._objects and "draws" in text, None, False
        try:
            values = [reader.value(node) for node in text.get("args", [])]
            named = {str(key): reader.value(node) for key, node in text.get("named", {}).items()}
            if "seeds" in text and self._objects:
                _seed(Reader(self, blobs).value(text["seeds"]))
            before = _mark() if draws else None
            value, answer["out"] = self._during(lambda: self._do(text["do"], values, named))
            answer["value"] = writer.node(value)
        except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit) as error:
            if isinstance(error, Gone | WireError):
                raise
            writer = Writer(self, back)
            answer["out"] = getattr(error, "_printed", "")
            answer["error"] = self._told(error)
            stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        if draws:
            answer["drew"] = before != _mark()
        answer["changed"], answer["counted"] = [], []
        for place, (thing, mark) in enumerate(reader.shared):
            try:
                if changed(thing, mark):
                    answer["changed"].append([place, writer.node(thing)])
            except TypeError:
                continue
            if counter := getattr(thing, "products", None):
                answer["counted"].append([place, len(counter)])
        return answer, stopped

    def _do(self, what: str, values: list[Any], named: dict[str, Any]) -> Any:
        if what in self.handlers:
            return self.handlers[what](*values, **named)
        number, *values = values
        thing = self._mine[number]
        if what == "call" and callable(thing):
            return thing(*values, **named)
        if what == "next" and isinstance(thing, Iterator):
            return list(islice(thing, 1))
        if self._objects:
            return _ON_OBJECTS[what](thing, *values)
        raise AttributeError("what was handed over can only be called")

    def _told(self, error: BaseException) -> dict[str, Any]:
        """Describe an error: its kinds, its text, and the lines of the files that are told."""
        frames = []
        place: TracebackType | None = error.__traceback__
        while place is not None:
            code = place.tb_frame.f_code
            if self._own_file(code.co_filename):
                frames.append([code.co_filename, place.tb_lineno, code.co_name])
            place = place.tb_next
        kinds = [kind.__name__ for kind in type(error).__mro__]
        try:
            words = str(error)[:_TEXT]
        except Exception:
            words = ""
        plain = all(type(part) in (str, int, float, bool) for part in error.args)
        arguments = [
            part[:_TEXT] if isinstance(part, str) else part for part in error.args if plain
        ]
        return {"kinds": kinds, "text": words, "args": arguments, "frames": frames[-20:]}


def _request(writer: Writer, values: Iterable[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "args": [writer.node(value) for value in values],
        "named": {key: writer.node(value) for key, value in named.items()},
    }


class _Stopped(BaseException):
    """The other side was interrupted; with its answer, if it gave one."""

    def __init__(self, answer: tuple[dict[str, Any], list[memoryview]] | None) -> None:
        self.answer = answer


_ON_OBJECTS: dict[str, Callable[..., Any]] = {
    "get": lambda thing, name: getattr(thing, name),
    "set": lambda thing, name, value: setattr(thing, name, value),
    "len": lambda thing: len(thing),
    "item": lambda thing, key: thing[key],
    "put": lambda thing, key, value: thing.__setitem__(key, value),
    "iter": lambda thing: iter(thing),
    "text": lambda thing: str(repr(thing))[:_TEXT],
    "is": lambda thing, kind: isinstance(thing, kind),
    "equal": lambda thing, other: bool(thing == other),
    "calculate": lambda thing, name, *others: getattr(thing, name)(*others),
}


# The random numbers that Python and NumPy keep for a whole process, for tests that set their seed ------


def _seeds() -> Any:
    return np.random.get_state(), random.getstate()  # noqa: NPY002


def _seed(states: Any) -> None:
    np.random.set_state(states[0])  # noqa: NPY002
    random.setstate(states[1])


def _mark() -> tuple[Any, ...]:
    """What tells whether random numbers were drawn since."""
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    bits = (part[0] if isinstance(part, np.ndarray) else part for part in state["state"].values())
    return (*bits, state.get("has_gauss"), state.get("gauss"), random.getstate())


class _Streams:
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
        now = _mark()
        if not self._seeded and now == self._known:
            return None
        self._known, self._seeded = now, False
        return _seeds()

    def jump(self) -> None:
        """Move the test's streams on."""
        if not self._seeded:
            np.random.bytes(4 * self._AMOUNT)  # noqa: NPY002
            random.getrandbits(32 * self._AMOUNT)
            self._known = _mark()


# Errors ------------------------------------------------------------------------------------------

_ERRORS = {
    name: kind
    for module in (builtins, np.exceptions, np.linalg)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}


def _rebuilt(told: Any, lines: Callable[[str], int]) -> BaseException:
    """Make the error again that the other side tells of, with its lines as a traceback.

    Of the frames, those stay that name a line of a file whose lines are known here: a traceback that
    names another would have that file opened as soon as somebody prints it.
    """
    try:
        name, *others = (str(kind)[:_NAME] for kind in list(told["kinds"])[:_KINDS])
        words, frames = str(told["text"])[:_TEXT], list(told["frames"])[-20:]
        given = [part for part in told["args"][:_KINDS] if type(part) in (str, int, float, bool)]
        known = [
            (file, number, re.sub(r"\W", "_", str(function))[:_NAME])
            for file, number, function in frames
            if type(file) is str and type(number) is int and 0 < number <= lines(file)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise WireError(f"no error: {error}") from None
    made = _made(_error_kind(name, *others), given, words)
    return made.with_traceback(_traceback(known)) if known else made


#: Errors by which Python ends a loop: an answer that raises one must not end the test's.
_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)


def _made(kind: type[BaseException], given: list[Any], words: str) -> BaseException:
    if issubclass(kind, _ENDS):
        return RuntimeError(f"{kind.__name__} was raised where no iteration ends: {words}")
    try:
        made = kind(*given)
        return made if str(made) == words else kind(words)
    except Exception:
        return Exception(words)


@lru_cache(maxsize=256)
def _new_kind(name: str, base: type[BaseException]) -> type[BaseException]:
    return type(name or "Error", (base,), {})


def _error_kind(name: str, *others: str) -> type[BaseException]:
    """Return the kind of error of that name, or a new one of the first of the others that is known."""
    base = next((_ERRORS[kind] for kind in (name, *others) if kind in _ERRORS), Exception)
    name = re.sub(r"\W", "_", name)[:_NAME]
    return base if base.__name__ == name else _new_kind(name, base)  # type: ignore[arg-type]


def _traceback(lines: list[tuple[str, int, str]]) -> TracebackType | None:
    """Return a traceback through these lines, for the messages that quote the learner's line."""
    chain: TracebackType | None = None
    for file, line, name in reversed(lines):
        code = compile("\n" * (line - 1) + "raise _error", file, "exec").replace(co_name=name)
        try:
            exec(code, {"_error": RuntimeError()})
        except RuntimeError as error:
            here = error.__traceback__
            assert here is not None
            assert here.tb_next is not None
            there = here.tb_next
        chain = TracebackType(chain, there.tb_frame, there.tb_lasti, there.tb_lineno)
    return chain


# Proxies -----------------------------------------------------------------------------------------


class Remote:
    """What stands here for a thing of the other process."""

    _kind = ""
    _peer: Peer
    _number: int

    @classmethod
    def named(cls, peer: Peer, number: int, name: str) -> Any:
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
    def named(cls, peer: Peer, number: int, name: str) -> Any:
        return Remote.named.__func__(type(name, (cls,), {}), peer, number, name)  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        text = self._ask("text")
        return text if type(text) is str else "?"

    def __array__(self, *arguments: Any, **named: Any) -> Any:
        raise ValueError("a student's object is no array")

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Thing) and self._ask("equal", other) is True)

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
