"""The process outside the jail that executes one submission: it has the tests run, and the student's
code called.

The notebook's cells go to the jail one after the other, as the student left them. A test cell runs here,
in a namespace that only the instructor's cells have filled; the names that a solution cell is to define
stand for what is in the jail. They are read by value if they are data, and called through the wire if
they are functions.

A test judges what its names stand for in the student's notebook at its place. It is run again where the
student's own call of `check` passes, and at the end if something else has the name by then; what is
best counts. So an answer earns its points wherever it stands, and nothing pasted later takes them away.

What a test needs of the instructor's cells is run here. In the jail, cells that stand as they were handed
out are left out where nothing of the student's needs them, such as the lesson's own figures.

One file, since what a name stands for, when it is asked, and which answer counts depend on each other.
"""

import ast
import builtins
import json
import linecache
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from rnn_utils.checks import Verdict, exercise, exercises, judge, seeded
from rnn_utils.checks.framework.exercise import Stage
from rnn_utils.checks.framework.holding import holding
from rnn_utils.checks.framework.panel import as_html, as_text
from rnn_utils.checks.framework.run import Outcome, call
from rnn_utils.checks.framework.version import ANOTHER, OF
from rnn_utils.grading.intake import quiet
from rnn_utils.grading.intake.needed import Check, Names, checks_of, names, needed, only_checks
from rnn_utils.grading.intake.syntax import parse
from rnn_utils.grading.protocol.peer import Function, Peer
from rnn_utils.grading.protocol.wire import Channel, Gone
from rnn_utils.grading.sandbox import jail, prepared, score, work
from rnn_utils.grading.sandbox import outputs as outputs_of
from rnn_utils.grading.sandbox.alarm import Alarm
from rnn_utils.grading.sandbox.shell import Shell, Stream
from rnn_utils.grading.sandbox.withheld import function_at

#: How long one call of a student's function may take: longer than in a notebook, since the machine
#: grades on all of its cores. A judged call may be a thousand of them.
_CALL_SECONDS = 20.0

_HIDDEN = "BEGIN HIDDEN TESTS"

#: What everybody means by these names. A module is never taken from the student's process, where its
#: functions may be others.
_WELL_KNOWN = {
    "np": "numpy",
    "numpy": "numpy",
    "math": "math",
    "random": "random",
    "plt": "matplotlib.pyplot",
    "pytest": "pytest",
    "unittest": "unittest",
}

#: What of a test cell's outputs says its points.
_DECIDES = ("error", "execute_result")

#: The names of errors that a report may repeat; a student may give one any name.
_KINDS = {name for module in (builtins, np.exceptions, np.linalg) for name in dir(module)}

#: How many cells may print and show as much as one may.
_CELLS_SHOWN = 8

#: The part of a submission's time for cells of the student's own that no answer is seen to need.
_SPARE = 0.25

#: How often a test may be run: at its place, at the student's own checks, and at the end.
_TRIES = 8

_NO_MODULE = re.compile(r"No module named '([A-Za-z_]\w{0,60})\b")

#: How long the outputs of one cell may take to read: tags within tags take ever longer.
_CLEANING_SECONDS = 2.0


def prepare(layers: list[str], readable: list[Path]) -> Callable[[dict[str, Any], list[int]], None]:
    """Prepare all that is the same for every submission; return what is run for each."""
    shell = Shell.prepared()
    shell.tells = lambda file: file.startswith(("<cell", "<test"))
    shell.run("1", "<warm up>")
    judging = import_module("rnn_utils.checks.framework.judge")
    checks = import_module("rnn_utils.checks")

    def run(order: dict[str, Any], descriptors: list[int]) -> None:
        job_socket, data, control = (socket.socket(fileno=fd) for fd in descriptors)
        jail.go_in(layers, readable, order, descriptors)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.path.append(os.getcwd())
        job, _ = prepared.receive(job_socket)

        def execute(cells: dict[str, Any]) -> dict[str, Any]:
            grading = Grading(shell, data, control, cells)
            judging.call = grading.call  # type: ignore[attr-defined]
            judging.calls = grading.calls  # type: ignore[attr-defined]
            checks.judge = grading.judge  # type: ignore[attr-defined]
            found = grading.execute()
            return {"cells": found, "notes": grading.notes, "mistakes": grading.mistakes}

        answer = work.work(job, execute)._asdict() if "sheet" in job else execute(job)
        prepared.send(job_socket, answer)

    return run


def learn(lesson: dict[str, Any]) -> None:
    """Know a lesson, in this process and in all that are forked from it, for jobs that name it."""
    work.learn(lesson)
    for sheet in lesson["sheets"].values():
        for cell in work.parsed(sheet["source"]).cells:
            for check in checks_of(cell.source) if kind_of(cell) == "test" else ():
                _rehearse(check)


def _rehearse(check: Check) -> None:
    """Judge a wrong answer, so that what is expected, and what mistakes give, is known from then on."""
    if check.exercise.partition(OF)[0] not in exercises():
        return
    judging = import_module("rnn_utils.checks.framework.judge")
    vars(judging).update(call=partial(call, seconds=None))  # no thread that keeps the time
    record = seeded(check.exercise, check.seed) if check.seed else exercise(check.exercise)
    stage: Stage = "hidden" if check.called == "grade" else "visible"
    verdict = judge(record, lambda *arguments: None, stage)
    outputs_of.clean([outputs_of.result("0", as_html(verdict, stage))])


def kind_of(cell: Any) -> str:
    """Say whose cell it is: `"student"`, `"test"` or `"lesson"`; empty for a text."""
    if cell["cell_type"] != "code":
        return ""
    mark = cell["metadata"].get("nbgrader", {})
    if mark.get("solution"):
        return "student"
    return "test" if mark.get("grade") else "lesson"


def names_of(cell: Any) -> Names:
    """Return the names of a cell, none if it is a text; those of a lesson's cell are known already."""
    if (known := cell.get("names")) is not None:
        sets, everything = known
        return Names._make((*map(frozenset, sets), everything))
    return names(cell["source"]) if kind_of(cell) else Names()


class Grading:
    """The execution of one submission."""

    def __init__(
        self, shell: Shell, data: socket.socket, control: socket.socket, job: dict[str, Any]
    ) -> None:
        self.shell = shell
        self.notes: list[str] = []
        self.cells = job["cells"]
        self.python = tuple(job["python"])
        self.limits = job["limits"]
        self.own = frozenset(job["own"])
        self.withheld = {tuple(function) for function in job["withheld"]}
        self.every_cell = job["every_cell"]
        self.tests = {
            place: Test.of(cell, place, job["own"])
            for place, cell in enumerate(self.cells)
            if kind_of(cell) == "test"
        }
        self.graded: set[str] = set()
        self.testing = False
        self.passed: list[tuple[str, Any]] = []
        self.files: set[str] = set()  # by which the student's cells are named in tracebacks
        self.called: set[CodeType] = set()
        self.mistakes: dict[str, list[str]] = {}
        self.verdict: Verdict | None = None
        self.panels: set[str] = set()  # as the course's checks have shown them in this test
        self.room = _CELLS_SHOWN * self.limits["printed_bytes"]
        self.until = time.monotonic() + self.limits["seconds"]
        self.hides = False
        handlers: dict[str, Callable[..., Any]] = {
            "served": self._served,
            "check": self._check,
            "passes": self._passes,
        }
        self.peer = Peer(
            Channel(data),
            handlers,
            interrupt=lambda: self._interrupt(control),
            lines=lambda file: len(linecache.getlines(file)) if file in self.files else 0,
            heard=self._heard,
        )
        self.authored = bool(job["source"])
        source = job["source"] or self.cells
        self.ordinary = not all(only_checks(c["source"]) for c in source if kind_of(c) == "test")
        self.seeded = self.ordinary and any(
            "seed(" in cell["source"] for cell in source if kind_of(cell) == "lesson"
        )
        self.source = _Source(source, authors=self.authored, every_cell=self.ordinary)

    # the notebook

    def execute(self) -> list[dict[str, Any] | None]:
        """Execute the notebook and return each code cell's outputs and number, None if it was not run."""
        if not self.ordinary:
            self._ask_to_judge()
        surely, perhaps = self._to_be_run()
        spare = _SPARE * self.limits["seconds"]
        executed: list[list[dict[str, Any]] | None] = []
        left_out = 0
        for place, cell in enumerate(self.cells):
            outputs: list[dict[str, Any]] | None = None
            if place in self.tests:
                self._judge(self.tests[place])
                self._judge_with_the_rest(self.tests[place])
                self.graded |= self.tests[place].exercises
            elif place in surely:
                outputs = self._run_there(cell, place)
            elif place in perhaps and spare > 0:
                began = time.monotonic()
                outputs = self._run_there(cell, place)
                spare -= time.monotonic() - began
            elif place in perhaps:
                left_out += 1
            executed.append(outputs)
            self._judge_what_passed()
        self._judge_again()
        if left_out:
            self._note(
                "limit", f"{left_out} cells that no answer needs were not run: time was over"
            )
        if self.peer.gone and not any("process" in note for note in self.notes):
            forged = "code sent" in self.peer.gone
            self._note("suspicious" if forged else "limit", self.peer.gone)
        for place, test in self.tests.items():
            executed[place] = test.outputs
        return list(_numbered(executed))

    def _ask_to_judge(self) -> None:
        try:
            self.peer.ask("judge")
        except Exception:
            return  # it has ended already, as each cell will say

    def _to_be_run(self) -> tuple[set[int], set[int]]:
        """Return the places of the cells that are run in the jail: those that are needed, and the rest.

        Needed are the answers and what they, or tests, use by name. The rest is what else the student
        wrote or changed, and what that uses, since there are ways besides names.
        """
        kinds = [kind_of(cell) for cell in self.cells]
        if self.every_cell or self.ordinary:
            return {k for k, kind in enumerate(kinds) if kind in ("student", "lesson")}, set()
        found = [names_of(cell) for cell in self.cells]
        texts = [k for k, kind in enumerate(kinds) if kind == ""]
        answers = [k for k, kind in enumerate(kinds) if kind in ("student", "test")]
        own = [
            k
            for k, cell in enumerate(self.cells)
            if self.authored and kinds[k] == "lesson" and cell["names"] is None
        ]
        surely = needed(found, answers, through=texts)
        return surely, needed(found, [*answers, *own], through=texts) - surely

    def _note(self, kind: str, text: str) -> None:
        note = f"{kind}: {text}"
        if note not in self.notes and len(self.notes) < 20:
            self.notes.append(note)

    def _left(self) -> float:
        return min(self.limits["cell_seconds"], self.until - time.monotonic())

    # the student's cells

    def _run_there(self, cell: dict[str, Any], place: int) -> list[dict[str, Any]]:
        file = f"<cell {place + 1}>"
        lines = [line + "\n" for line in cell["source"].splitlines()]
        linecache.cache[file] = (len(cell["source"]), None, lines, file)
        self.files.add(file)
        seconds = self._left()
        if seconds <= 0:
            self._note("limit", "the time for the whole submission was over")
            return [_error("SubmissionTimeout", "The time for the whole submission was over.")]
        if self.peer.gone:
            return [_error("ProcessEnded", self.peer.gone)]
        self.peer.late = False
        try:
            with Alarm(seconds + 5):
                outputs = self.peer.ask("run", cell["source"], file, seconds=seconds)
        except KeyboardInterrupt:
            outputs = []
        except Gone as error:
            return [_error("ProcessEnded", str(error))]
        except Exception as error:
            return [_error(type(error).__name__, str(error))]
        try:
            with Alarm(_CLEANING_SECONDS):
                clean = outputs_of.clean(outputs)
        except KeyboardInterrupt:
            self._note("limit", f"cell {place + 1} showed HTML that took too long to read")
            clean = outputs_of.clean(outputs, html=False)
        for output in clean:
            if output["output_type"] == "error":
                self._machines(output["ename"], output["evalue"], place)
        if self.peer.late:
            self._note("limit", f"cell {place + 1} ran longer than {seconds:.0f} s")
            clean.append(_error("CellTimeoutError", f"It ran longer than {seconds:.0f} s."))
        self.room -= len(json.dumps(clean))
        if self.room < 0 and clean:
            self._note("limit", "all cells together printed and showed more than they may")
            clean = [output for output in clean if output["output_type"] == "error"][:1]
        if any("the rest was cut off" in output.get("text", "") for output in clean):
            self._note("limit", f"cell {place + 1} printed more than it may")
        return clean

    def _machines(self, kind: str, text: str, place: int | None = None) -> None:
        """Say what of an error is this machine's limit and not the student's."""
        if kind == "ModuleNotFoundError" and (found := _NO_MODULE.match(text)):
            if found[1] not in sys.stdlib_module_names and find_spec(found[1]) is None:
                self._note("machine", f"the grading machine lacks {found[1]}")
        elif kind == "SyntaxError" and self.python > sys.version_info[:2] and place is not None:
            theirs, ours = (".".join(map(str, v[:2])) for v in (self.python, sys.version_info))
            self._note(
                "machine",
                f"cell {place + 1} could not be read by Python {ours}, which the grading machine has; "
                f"the notebook was written with Python {theirs}",
            )

    # the tests

    def _judge(self, test: "Test", given: dict[str, Any] | None = None) -> None:
        """Run a test where the notebook is now, and keep what it says if that earns more.

        Args:
            test: the test.
            given: what the student's own call of `check` was given, by the name in the test.
        """
        if test.tries and (test.closed or test.earned >= test.points or test.tries >= _TRIES):
            return
        test.tries += 1
        self.testing = True
        try:
            outputs = self._test(test, given)
        finally:
            self.testing = False
        earned = score.earned(outputs, test.points)
        if test.tries == 1 or earned > test.earned:
            test.outputs, test.earned = outputs, earned
            self.mistakes[test.mark] = test.found

    def _judge_what_passed(self) -> None:
        """Run the tests of what has just passed the student's own call of `check`."""
        passed, self.passed = self.passed, []
        for name, function in passed:
            for test in self.tests.values():
                if name in test.checks:
                    self._judge(test, {test.checks[name]: function})

    def _judge_again(self) -> None:
        """At the end, run the tests again whose names stand for something else than they did."""
        for test in self.tests.values():
            before = test.judged
            if before is None or test.earned >= test.points or self.peer.gone:
                continue
            now = dict(zip(before, self._look_up(before), strict=True))
            if any(now[name] is not before[name] for name in before):
                self._judge(test)

    def _judge_with_the_rest(self, test: "Test") -> None:
        """Run a test again with what stands below lines that stopped their cells.

        Such a line may be an older edition's, or one that only fails here.
        """
        seconds, earned = self._left(), test.earned
        if self.ordinary or earned >= test.points or self.peer.gone or seconds <= 0:
            return
        try:
            with Alarm(seconds + 5):
                rested = self.peer.ask("rests", seconds=seconds)
            if rested is True:
                self._judge(test)
                self.peer.ask("back")
        except (KeyboardInterrupt, Exception):
            return
        if test.earned > earned:
            self._note(
                "limit", f"{test.mark} passed with the rest of a cell that an error had stopped"
            )

    def _test(self, test: "Test", given: dict[str, Any] | None) -> list[dict[str, Any]]:
        mark = test.mark
        seconds = self._left()
        if seconds <= 0:
            self._note("limit", "the time for the whole submission was over")
            return [_error("SubmissionTimeout", "The time for the whole submission was over.")]
        self.hides = _HIDDEN in test.source
        self.peer.shares_seeds = self.seeded or "seed(" in test.source
        computes = score.is_computed(test.source)
        self.shell.score = lambda value: score.shown(value, test.points, computes)
        self.verdict, self.panels = None, set()
        try:
            self._set_up(mark)
        except BaseException as error:
            return [_error(type(error).__name__, str(error))]
        seconds = self._left()
        alarm = Alarm(seconds)
        with alarm:
            try:
                self._bind_anew(test, given)
                outputs = self.shell.run(test.source, test.file)
            except BaseException as error:
                # The student's process may raise anything where names are bound: only an alarm that
                # rang may leave a test without an error of its own.
                outputs = [] if alarm.rang else [_error(type(error).__name__, str(error))]
        test.found = _recognised(self.verdict) if self.verdict is not None else []
        if ANOTHER in test.found:
            self._note(
                "suspicious", f"{mark} answers another student's version: copied, or misread"
            )
        self.hides = False
        try:
            with Alarm(_CLEANING_SECONDS):
                outputs = outputs_of.clean(outputs, panels=self.panels)
        except KeyboardInterrupt:
            outputs = outputs_of.clean(outputs, html=False)
        if computes and not any(one["output_type"] in _DECIDES for one in outputs):
            outputs.append(outputs_of.result("0.0"))  # it has become nothing that is shown
        for output in outputs:
            if output.get("name") == "stderr":
                output["name"] = "stdout"  # nbgrader takes any warning for a failed test
        if alarm.rang:
            self._note("limit", f"the tests of {mark} ran longer than {seconds:.0f} s")
            outputs.append(_error("CellTimeoutError", f"It ran longer than {seconds:.0f} s."))
        return outputs

    def _set_up(self, mark: str) -> None:
        """Bring the namespace to where a test cell finds it; a cell that takes too long is left there."""
        for step, found in self.source.before(mark):
            with Alarm(self._left()) as alarm:
                try:
                    if step is None and self.ordinary:
                        self._bind(found.bound & self.source.theirs & self.source.read)
                    elif step is not None:
                        self.shell.run(step, "<test>")
                except KeyboardInterrupt:
                    if not alarm.rang:
                        raise
            if alarm.rang:
                self._note("limit", f"a cell before the tests of {mark} ran too long")

    def _bind_anew(self, test: "Test", given: dict[str, Any] | None) -> None:
        """Let a test's names stand for what they stand for in the student's notebook now."""
        here, read = self.shell.user_ns, test.names.read - test.names.bound
        if given is not None:
            here.update(given)
        elif test.checks:
            names = sorted(test.checks.values())
            for name in names:
                here.pop(name, None)
            self._bind(names)
            test.judged = {name: here.get(name) for name in names}
        else:
            # What the instructor's cells make of an answer stays as they made it.
            self._bind(read & self.source.theirs - self.source.bound)
            self._bind({n for n in read if n not in here and not hasattr(builtins, n)})
            test.judged = {n: here.get(n) for n in read & self.source.theirs - self.source.bound}

    def _look_up(self, names: Iterable[str]) -> list[Any]:
        """Return what names stand for in the student's process; nothing where it has none."""
        asked = list(names)
        if not asked or self.peer.gone:
            return [None] * len(asked)
        try:
            answers = self.peer.ask("names", asked)
            return [value if found is True else None for found, value in answers]
        except (Gone, TypeError, ValueError):
            return [None] * len(asked)

    def _bind(self, wanted: Iterable[str]) -> None:
        """Let names stand for what the student's process has under them."""
        asked = sorted(wanted)
        for name, value in zip(asked, self._look_up(asked), strict=True):
            if value is not None:
                self.shell.user_ns[name] = value

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
            self._machines(crash.kind.__name__, crash.text)
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
        """Judge a function for a test, and remember what was recognised: nobody reads it from texts."""
        self.verdict = judge(record, function, stage)
        self.panels.add(as_html(self.verdict, stage))
        return self.verdict

    # what the student's process may ask for

    def _served(self, module: str, name: str, arguments: Any, keywords: Any) -> Any:
        if type(name) is not str or type(arguments) is not list or type(keywords) is not dict:
            raise TypeError("no call")
        records = exercises()
        if module == "" and name in records:
            function = records[name].reference
            module, name = function.__module__, function.__qualname__
        if (module, name) not in self.withheld:  # looked up among names of our own alone
            raise ValueError(f"{name:.100} is in your own package")
        function = function_at(module, name)
        self.called.add(function.__code__)
        if "." in name:
            raise PermissionError(f"{name} is not at hand in this lesson")
        owner = next((r.name for r in records.values() if r.reference is function), None)
        if owner is not None and owner not in self.own:
            raise RuntimeError(f"{name} belongs to a later lesson and is not at hand while grading")
        value = function(*arguments, **keywords)
        if owner is not None and owner not in self.graded:
            raise PermissionError(
                f"{name} is asked for in this lesson; rnn_utils' own is not at hand before its test"
            )
        for test in self.tests.values():
            # Whoever has seen the arguments of a test could have kept this for the next time. Where its
            # names stood for nothing yet, nobody has.
            seen = test.tries and any(value is not None for value in (test.judged or {}).values())
            asked = (records[n] for n in test.exercises if seen)
            test.closed |= any(function.__code__ in holding(r) for r in asked)
        return value

    def _check(self, name: str, function: Any) -> Any:
        verdict = judge(exercise(name), function)
        if verdict.passed and not self.testing:
            self.passed.append((name, function))
        panel = {
            "text/plain": as_text(verdict, "visible"),
            "text/html": as_html(verdict, "visible"),
        }
        return [panel, exercise(name).points * verdict.share]

    def _passes(self, name: str, function: Any) -> bool:
        return judge(exercise(name), function).passed

    def _heard(self, text: str) -> None:
        """Print what the student's function printed, where hidden tests do not show by it."""
        if not (self.hides and isinstance(sys.stdout, Stream)):
            print(text, end="")

    def _interrupt(self, control: socket.socket) -> None:
        try:
            control.setblocking(False)
            control.send(b"!")
        except OSError:
            pass


@dataclass
class Test:
    """A test cell and what came of it.

    Attributes:
        mark: its grade id.
        source: its text.
        file: the name of its file in tracebacks.
        points: what it gives at most.
        names: the names in it.
        exercises: the lesson's exercises that it is about.
        checks: by exercise, the name of the function that it has checked; none for another test.
        judged: what its names stood for when it was run last.
        tries: how often it was run.
        closed: whether it is not run again.
        outputs: those of the time that earned most.
        earned: the points for them.
        found: the mistakes that were recognised when it was run last.
    """

    mark: str
    source: str
    file: str
    points: float
    names: Names
    exercises: frozenset[str]
    checks: dict[str, str]
    judged: dict[str, Any] | None = None
    tries: int = 0
    closed: bool = False
    outputs: list[dict[str, Any]] | None = None
    earned: float = 0.0
    found: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, cell: dict[str, Any], place: int, own: Iterable[str]) -> "Test":
        """Read a test cell."""
        rules, source = cell["metadata"]["nbgrader"], cell["source"]
        return cls(
            mark=rules.get("grade_id", ""),
            source=source,
            file=f"<test {place + 1}>",
            points=float(rules.get("points", 0)),
            names=names_of(cell),
            exercises=frozenset(n for n in own if f'"{n}"' in source or f'"{n}{OF}' in source),
            checks={check.exercise: check.function for check in checks_of(source)},
        )


class _Source:
    """The instructor's cells that the tests need, and the names that are the student's to bind."""

    def __init__(self, cells: list[dict[str, Any]], authors: bool, every_cell: bool) -> None:
        parts = every_cell and authors
        self._cells = cells = _by_statement(cells) if parts else cells
        self._authors = authors
        self._kinds = [kind_of(cell) for cell in cells]
        self._names = [cell["read"] if "read" in cell else names_of(cell) for cell in cells]
        wanted = [
            k
            for k, kind in enumerate(self._kinds)
            if kind == "test" or (kind == "lesson" and cells[k].get("acts", every_cell))
        ]
        others = [k for k, kind in enumerate(self._kinds) if kind in ("student", "")]
        self._every_cell = every_cell
        self._needed = needed(self._names, wanted, through=others)
        self._next = 0
        self.read = frozenset[str]().union(*(self._names[k].read for k in self._needed))
        self.theirs = self._students_names(authors)
        self.bound = frozenset[str]().union(
            *(n.bound for n, kind in zip(self._names, self._kinds, strict=True) if kind == "lesson")
        )

    def _students_names(self, authors: bool) -> frozenset[str]:
        """Return the names that solution cells may bind.

        Those are what the author's own solutions bind. Where only the student's are known, it is what
        no instructor's cell before has bound: nobody may put something else in place of a test's data.
        """
        names_by_lesson: set[str] = set() if authors else set(dir(builtins))
        found: set[str] = set()
        for kind, cell in zip(self._kinds, self._names, strict=True):
            if kind == "student":
                found |= cell.bound - names_by_lesson - (cell.imported if authors else set())
            elif kind == "lesson" and not authors:
                names_by_lesson |= cell.bound - found
        return frozenset(found)

    def before(self, mark: str) -> list[tuple[str | None, Names]]:
        """Return what comes before a test cell and was not asked for yet, in order.

        Instructor's cells come as their text; a student's cell as None, with the names it binds.
        """
        place = next(
            (
                k
                for k, cell in enumerate(self._cells)
                if self._kinds[k] == "test" and cell["metadata"]["nbgrader"].get("grade_id") == mark
            ),
            self._next,
        )
        steps: list[tuple[str | None, Names]] = []
        for k in range(self._next, place):
            if self._kinds[k] == "student":
                if self._authors:
                    steps.append((only_imports(self._cells[k]["source"]), self._names[k]))
                steps.append((None, self._names[k]))
            elif self._kinds[k] == "lesson" and k in self._needed:
                source = self._cells[k]["source"]
                step = source if self._every_cell else imports_of(source, self.read)
                steps.append((step, self._names[k]))
        self._next = max(self._next, place)
        return steps


def _by_statement(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a lesson's cells with each of its own parted into statements, and how these act."""
    lessons = [cell["source"] for cell in cells if kind_of(cell) == "lesson"]
    modules = quiet.origins(lessons)
    parted = []
    for cell in cells:
        if kind_of(cell) != "lesson":
            parted.append(cell)
            continue
        for source in quiet.statements(cell["source"]):
            found, alone = quiet.read(source, modules)
            if not alone:  # nor do calls of what it makes
                modules |= dict.fromkeys(found.bound - modules.keys(), "")
            parted.append(cell | {"source": source, "read": found, "acts": not alone})
    return parted


def imports_of(source: str, read: frozenset[str]) -> str:
    """Return a cell that does nothing but import without the names that are not read.

    A lesson imports its figures and widgets in its first cell; no test needs them.
    """
    try:
        tree = parse(source)
    except SyntaxError:
        return source
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return source
        statement.names = [
            alias
            for alias in statement.names
            if alias.name == "*" or (alias.asname or alias.name).partition(".")[0] in read
        ]
    tree.body = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom) and s.names]
    return ast.unparse(tree)


def only_imports(source: str) -> str:
    """Return the imports of a cell."""
    try:
        tree = parse(source)
    except SyntaxError:
        return ""
    tree.body = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    return ast.unparse(tree)


def _numbered(
    executed: Iterable[list[dict[str, Any]] | None],
) -> Iterator[dict[str, Any] | None]:
    """Yield each cell's outputs with the number of the cell, None for those that were not run."""
    count = 0
    for outputs in executed:
        if outputs is None:
            yield None
            continue
        count += 1
        for output in outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
        yield {"outputs": outputs, "count": count}


def _recognised(verdict: Verdict) -> list[str]:
    """Return the names, all of them the course's own, of what a check recognised."""
    if verdict.status == "not done":
        return ["not done yet"]
    found = list(verdict.mistakes)
    if verdict.status == "crashed" and not found:
        said = re.match(r"[^`]*?Your function raised (\w+) ", verdict.message)
        found = [f"stops with {said[1]}"] if said and said[1] in _KINDS else ["never ends"]
    return found


def _error(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
