"""Two processes that call each other's functions, one call inside the other, over a `Channel`.

What a process hands over by number stays in its own table; the other side holds a proxy. The tester's
table holds only functions and iterators that a test passed as arguments, and all that the student's
side can do with them is to call them. The student's table may hold any object: its methods run in the
student's process, and what they return is plain data again, or the next proxy.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, NoReturn

from rnn_utils.grading.protocol.errors import TEXT, rebuilt, told
from rnn_utils.grading.protocol.frames import Channel, Gone, WireError
from rnn_utils.grading.protocol.proxies import ON_OBJECTS, Function, Table
from rnn_utils.grading.protocol.random_state import Streams, set_state, where
from rnn_utils.grading.protocol.wire import Reader, Writer, changed, put_back

#: How long the other side may take to stop when it is interrupted, in seconds.
_PATIENCE = 2.0

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
        # Whether the other side is asked what its objects that are neither data nor functions do.
        self.objects_answer = True
        self._streams = Streams()
        self._table = Table(self, objects)
        self._asked = 0

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
        writer = Writer(self._table)
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
        self, function: Function, many: Sequence[tuple[Any, ...]], seconds: float
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
        writers = [Writer(self._table, blobs) for _ in many]
        requests = [
            _request(writer, (function._number, *arguments), {})
            for writer, arguments in zip(writers, many, strict=True)
        ]
        answers, came, late = self._ask_each(requests, blobs, seconds)
        made: list[Callable[[], Any]] = [
            partial(self._take, one, came, writer.shared)
            for one, writer in zip(answers, writers, strict=False)
        ]
        if late and len(made) < 2:
            raise KeyboardInterrupt
        return made[:-1] if late else made

    def call_often(
        self, function: Function, arguments: tuple[Any, ...], times: int
    ) -> Iterator[Any]:
        """Have a function of the other side called again and again, in one message.

        Args:
            function: the function.
            arguments: what it gets each time, as the calls before have left it.
            times: how many calls.

        Yields:
            The values; where a call fails, its error is raised in its turn, and no more are made.
        """
        writer = Writer(self._table)
        request = _request(writer, (function._number, *arguments), {}) | {"times": times}
        answers, came, late = self._ask_each([request], writer.blobs, self.seconds)
        for answer in answers[:times]:
            yield self._take(answer, came, writer.shared)
        if late:
            raise KeyboardInterrupt
        for _ in range(len(answers), times):  # all were too large to be sent together
            yield function(*arguments)

    def _ask_each(
        self, requests: list[dict[str, Any]], blobs: list[bytes], seconds: float | None
    ) -> tuple[list[dict[str, Any]], list[memoryview], bool]:
        """Ask for several calls in one message; return the answers, and whether time was over."""
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
        return answers, came, late

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
        return Writer(self._table, writer.blobs).node(value)

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
        reader = Reader(self._table, blobs)
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
            self._heard(out[:TEXT])
        return value, rebuilt(text["error"], self._lines) if "error" in text else None

    # answering

    def serve(self) -> None:
        """Answer until the other side closes."""
        try:
            while True:
                self._handle(*self.channel.receive())
        except Gone:
            return

    def _handle(self, text: dict[str, Any], blobs: list[memoryview]) -> None:
        number = text.get("n") if type(text) is dict else None
        back: list[bytes] = []
        if type(number) is not int:
            raise WireError("a request without a number")
        if self._objects and text["do"] == "each":
            answers = list(self._answered_each(text["each"], blobs, back))
            answer: dict[str, Any] = {"re": number, "each": answers}
            too_large: dict[str, Any] = {"each": []}
        else:
            answer = {"re": number, **self._answered(text, blobs, back)[0][-1]}
            too_large = {}
        try:
            self.channel.send(answer, back)
        except TypeError as error:  # larger than a frame may be
            self.channel.send(
                {"re": number, **(too_large or {"error": told(error, self._own_file)})}, []
            )

    def _answered_each(
        self, requests: list[dict[str, Any]], blobs: list[memoryview], back: list[bytes]
    ) -> Iterator[dict[str, Any]]:
        """Make calls one after the other, up to one that is interrupted."""
        for request in requests:
            answers, stopped = self._answered(
                {"do": "call", **request}, blobs, back, request.get("times", 1)
            )
            yield from answers
            if stopped:
                return

    def _answered(
        self, text: dict[str, Any], blobs: list[memoryview], back: list[bytes], times: int = 1
    ) -> tuple[list[dict[str, Any]], bool]:
        """Do what is asked for; return the answers, and whether it was stopped on the way.

        Args:
            text: the request.
            blobs: the bytes of its arrays.
            back: gets the bytes of the answers' arrays.
            times: how often to do it, with the same values, unless it fails; what was changed in them
                is told with the last answer.
        """
        reader, writer = Reader(self._table, blobs), Writer(self._table, back)
        draws, before, stopped = self._objects and "draws" in text, None, False
        answers: list[dict[str, Any]] = [{}]
        try:
            values = [reader.value(node) for node in text.get("args", [])]
            named = {str(key): reader.value(node) for key, node in text.get("named", {}).items()}
            if "seeds" in text and self._objects:
                set_state(Reader(self._table, blobs).value(text["seeds"]))
            before = where() if draws else None
            for k in range(times):
                if k:
                    writer = Writer(self._table, back)
                    answers.append({})
                value, out = self._during(lambda: self._do(text["do"], values, named))
                answers[-1] |= {"out": out, "value": writer.node(value)}
        except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit) as error:
            if isinstance(error, Gone | WireError):
                raise
            writer = Writer(self._table, back)
            out = getattr(error, "_printed", "")
            answers[-1] = {"out": out, "error": told(error, self._own_file)}
            stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        last = answers[-1]
        if draws:
            last["drew"] = before != where()
        last["changed"], last["counted"] = [], []
        for place, (thing, mark) in enumerate(reader.shared):
            try:
                if changed(thing, mark):
                    last["changed"].append([place, writer.node(thing)])
            except TypeError:
                continue
            if counter := getattr(thing, "products", None):
                last["counted"].append([place, len(counter)])
        return answers, stopped

    def _do(self, what: str, values: list[Any], named: dict[str, Any]) -> Any:
        if what in self.handlers:
            return self.handlers[what](*values, **named)
        number, *values = values
        thing = self._table[number]
        if what == "call" and callable(thing):
            return thing(*values, **named)
        if what == "next" and isinstance(thing, Iterator):
            return list(islice(thing, 1))
        if self._objects:
            return ON_OBJECTS[what](thing, *values)
        raise AttributeError("what was handed over can only be called")


def _request(writer: Writer, values: Iterable[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "args": [writer.node(value) for value in values],
        "named": {key: writer.node(value) for key, value in named.items()},
    }


class _Stopped(BaseException):
    """The other side was interrupted; with its answer, if it gave one."""

    def __init__(self, answer: tuple[dict[str, Any], list[memoryview]] | None) -> None:
        self.answer = answer
