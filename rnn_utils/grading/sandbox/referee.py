"""Who judges functions that are in the student's process, and says what that process may ask for."""

import builtins
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from types import CodeType
from typing import Any

import numpy as np

from rnn_utils.checks import Verdict, exercise, exercises, judge
from rnn_utils.checks.framework.answer_holders import holding
from rnn_utils.checks.framework.judge import hands_over
from rnn_utils.checks.framework.panel import as_html, as_text
from rnn_utils.checks.framework.run import Outcome, call
from rnn_utils.checks.framework.version import OF
from rnn_utils.grading.protocol.calls import Peer
from rnn_utils.grading.protocol.frames import Gone
from rnn_utils.grading.protocol.proxies import Function
from rnn_utils.grading.sandbox.lesson_cells import Test
from rnn_utils.grading.sandbox.stripped_package import function_at

#: How long one call of a student's function may take: longer than in a notebook, since the machine
#: grades on all of its cores. A judged call may be a thousand of them.
_CALL_SECONDS = 20.0

#: The names of errors that a report may repeat; a student may give one any name.
_KINDS = {name for module in (builtins, np.exceptions, np.linalg) for name in dir(module)}


class Referee:
    """Judges the functions of one submission.

    Args:
        tests: the submission's test cells.
        own: the names of the lesson's exercises.
        withheld: the functions of the package that the student's process has not, by module and name.
        missing: called with the kind and the text of an error that may be this machine's limit.

    Attributes:
        peer: the way to the student's process.
        testing: whether a test runs.
        graded: the exercises that have been graded.
        passed: what has passed the student's own calls of `check` since somebody looked.
        shown: the exercises whose visible cases such calls have shown to a function that failed them.
        verdict: what a test has judged last.
        panels: the HTML of the course's checks in this test.
    """

    peer: Peer

    def __init__(
        self,
        tests: Collection[Test],
        own: frozenset[str],
        withheld: Iterable[tuple[str, str]],
        missing: Callable[[str, str], None],
    ) -> None:
        self._tests = tests
        self._own = own
        self._withheld = frozenset(withheld)
        self._missing = missing
        self.testing = False
        self.graded: set[str] = set()
        self.passed: list[tuple[str, Any]] = []
        self.shown: set[str] = set()
        self.called: set[CodeType] = set()
        self.verdict: Verdict | None = None
        self.panels: set[str] = set()

    def call(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        watched: frozenset[CodeType] = frozenset(),
    ) -> Outcome:
        """Call a judged function as `checks.run.call` does.

        Its code is in the other process. So no profiler is needed here, which would slow the wire, to
        see whom it calls: that has to be asked for. And the wire keeps the time.
        """
        # A judged function may ask for a check itself: that must not end what is kept of its own call.
        called, seconds, overdue = self.called, self.peer.seconds, self.peer.overdue
        self.called, self.peer.overdue, self.peer.seconds = set(), False, _CALL_SECONDS
        try:
            outcome = call(function, arguments, seconds=None)
        finally:
            called, self.called = self.called, called | self.called
            self.peer.seconds = seconds
        late, self.peer.overdue = self.peer.overdue, overdue
        crash = outcome.crash
        if crash is not None:
            self._missing(crash.kind.__name__, crash.text)
        if crash is not None and late:
            crash = replace(crash, endless=True)
        return replace(outcome, crash=crash, called=frozenset(called & watched))

    def calls(
        self,
        function: Callable[..., Any],
        many: Iterable[tuple[Any, ...]],
        watched: frozenset[CodeType] = frozenset(),
    ) -> Iterator[Outcome]:
        """Call a judged function as the judge's own `calls` does, with all arguments in one message.

        Where that cannot be, or one of the calls took too long, those that are left are made one by one.
        """
        waiting = list(many)
        made: list[Callable[[], Any]] = []
        called, self.called = self.called, set()
        if isinstance(function, Function) and not self.peer.shares_seeds:
            self.peer.overdue = False
            try:
                made = self.peer.call_each(function, waiting, _CALL_SECONDS)
            except KeyboardInterrupt:
                made = [partial(self._interrupted, self.peer.overdue)]
            except (Gone, TypeError):
                made = []
        used, self.called = self.called, called | self.called
        for k, arguments in enumerate(waiting):
            if k < len(made):
                outcome = self.call(made[k], ())
                yield replace(outcome, called=frozenset(used & watched))
            else:
                yield self.call(function, arguments, watched)

    def _interrupted(self, late: bool) -> None:
        self.peer.overdue = late
        raise KeyboardInterrupt

    def judge(self, record: Any, function: Any, stage: Any = "visible") -> Verdict:
        """Judge a function for a test, and remember what was recognised: nobody reads it from texts.

        What a function returned may be an object whose parts are asked for as they are looked at, which
        is after the call. So whom it calls counts until the verdict is there.
        """
        called, self.called = self.called, set()
        try:
            self.verdict = judge(record, function, stage)
            if self.called & holding(record):
                self.verdict = hands_over(record)
        finally:
            self.called |= called
        self.panels.add(as_html(self.verdict, stage))
        return self.verdict

    # what the student's process may ask for

    def served(self, module: str, name: str, arguments: Any, keywords: Any) -> Any:
        """Return what a withheld function of the package gives, where it may be asked for."""
        if type(name) is not str or type(arguments) is not list or type(keywords) is not dict:
            raise TypeError("no call")
        records = exercises()
        if module == "" and name in records:
            function = records[name].reference
            module, name = function.__module__, function.__qualname__
        if (module, name) not in self._withheld:  # looked up among names of our own alone
            raise ValueError(f"{name:.100} is in your own package")
        function = function_at(module, name)
        self.called.add(function.__code__)
        if "." in name:
            raise PermissionError(f"{name} is not at hand in this lesson")
        owner = next((r.name for r in records.values() if r.reference is function), None)
        if owner is not None and owner not in self._own:
            raise RuntimeError(f"{name} belongs to a later lesson and is not at hand while grading")
        if owner is not None and owner not in self.graded:
            raise PermissionError(
                f"{name} is asked for in this lesson; rnn_utils' own is not at hand before its test"
            )
        # An object of the student's would be asked for each step of the computation: an answer.
        before, self.peer.objects_answer = self.peer.objects_answer, False
        try:
            value = function(*arguments, **keywords)
        finally:
            self.peer.objects_answer = before
        for test in self._tests:
            # Whoever has seen the arguments of a test could have kept this for the next time. Where its
            # names stood for nothing yet, and no check of one's own failed, nobody has.
            judged = any(value is not None for value in (test.judged or {}).values())
            seen = test.tries and (judged or not self.shown.isdisjoint(test.exercises))
            asked = (records[n] for n in test.exercises if seen)
            test.closed |= any(function.__code__ in holding(r) for r in asked)
        return value

    def check(self, name: str, function: Any) -> Any:
        """Return what the student's own call of `check` shows, and its points."""
        verdict = self._own_check(name, function)
        if verdict.passed and not self.testing:
            self.passed.append((name, function))
        panel = {
            "text/plain": as_text(verdict, "visible"),
            "text/html": as_html(verdict, "visible"),
        }
        return [panel, exercise(name).points * verdict.share]

    def passes(self, name: str, function: Any) -> bool:
        """Say whether a function passes the visible check."""
        return self._own_check(name, function).passed

    def _own_check(self, name: str, function: Any) -> Verdict:
        """Judge a function that the student asks about: one that fails was shown what it did not know."""
        record, passed = exercise(name), False
        try:
            verdict = judge(record, function)
            passed = verdict.passed
            return verdict
        finally:
            if not passed:
                self.shown.add(name.partition(OF)[0])


def recognised(verdict: Verdict) -> list[str]:
    """Return the names, all of them the course's own, of what a check recognised."""
    if verdict.status == "not done":
        return ["not done yet"]
    found = list(verdict.mistakes)
    if verdict.status == "crashed" and not found:
        said = re.match(r"[^`]*?Your function raised (\w+) ", verdict.message)
        found = [f"stops with {said[1]}"] if said and said[1] in _KINDS else ["never ends"]
    return found
