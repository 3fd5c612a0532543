"""Executing one submission: the tests are run here, and the student's code is called in its process.

The notebook's cells go to the jail one after the other, as the student left them. A test cell runs here,
in a namespace that only the instructor's cells have filled; the names that a solution cell is to define
stand for what is in the jail. They are read by value if they are data, and called through the wire if
they are functions.

A test judges what its names stand for in the student's notebook at its place. It is run again where the
student's own call of `check` passes, and at the end if something else has the name by then; what is
best counts. So an answer earns its points wherever it stands, and nothing pasted later takes them away.

What a test needs of the instructor's cells is run here. In the jail, cells that stand as they were handed
out are left out where nothing of the student's needs them, such as the lesson's own figures.
"""

import builtins
import json
import linecache
import re
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from rnn_utils.checks.framework.version import ANOTHER
from rnn_utils.grading.intake.dependencies import needed, only_checks
from rnn_utils.grading.protocol.calls import Peer
from rnn_utils.grading.protocol.frames import Channel, Gone
from rnn_utils.grading.sandbox import outputs as outputs_of
from rnn_utils.grading.sandbox import score
from rnn_utils.grading.sandbox.alarm import Alarm
from rnn_utils.grading.sandbox.lesson_cells import Source, Test, kind_of, names_of
from rnn_utils.grading.sandbox.referee import Referee, recognised
from rnn_utils.grading.sandbox.shell import Shell, Stream

_HIDDEN = "BEGIN HIDDEN TESTS"

#: What of a test cell's outputs says its points.
_DECIDES = ("error", "execute_result")

#: How many cells may print and show as much as one may.
_CELLS_SHOWN = 8

#: The part of a submission's time for cells of the student's own that no answer is seen to need.
_SPARE = 0.25

#: How often a test may be run: at its place, at the student's own checks, and at the end.
_TRIES = 8

_NO_MODULE = re.compile(r"No module named '([A-Za-z_]\w{0,60})\b")

#: How long the outputs of one cell may take to read: tags within tags take ever longer.
_CLEANING_SECONDS = 2.0


class Execution:
    """The execution of one submission."""

    def __init__(
        self, shell: Shell, data: socket.socket, control: socket.socket, job: dict[str, Any]
    ) -> None:
        self.shell = shell
        self.notes: list[str] = []
        self.cells = job["cells"]
        self.python = tuple(job["python"])
        self.limits = job["limits"]
        self.every_cell = job["every_cell"]
        self.tests = {
            place: Test.of(cell, place, job["own"])
            for place, cell in enumerate(self.cells)
            if kind_of(cell) == "test"
        }
        withheld = ((module, name) for module, name in job["withheld"])
        tests = self.tests.values()
        self.referee = Referee(tests, frozenset(job["own"]), withheld, self._machines)
        self.files: set[str] = set()  # by which the student's cells are named in tracebacks
        self.mistakes: dict[str, list[str]] = {}
        self.room = _CELLS_SHOWN * self.limits["printed_bytes"]
        self.until = time.monotonic() + self.limits["seconds"]
        self.hides = False
        handlers: dict[str, Callable[..., Any]] = {
            "served": self.referee.served,
            "check": self.referee.check,
            "passes": self.referee.passes,
        }
        self.peer = self.referee.peer = Peer(
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
        self.source = Source(source, authors=self.authored, every_cell=self.ordinary)

    # the notebook

    def execute(self) -> list[dict[str, Any] | None]:
        """Execute the notebook and return each code cell's outputs and number, None if it was not run."""
        if not self.ordinary:
            with suppress(Exception):  # it has ended already, as each cell will say
                self.peer.ask("judge")
        (surely, perhaps), spare = self._to_be_run(), _SPARE * self.limits["seconds"]
        executed: list[list[dict[str, Any]] | None] = []
        left_out = 0
        for place, cell in enumerate(self.cells):
            outputs: list[dict[str, Any]] | None = None
            if place in self.tests:
                self._judge(self.tests[place])
                self._judge_with_the_rest(self.tests[place])
                self.referee.graded |= self.tests[place].exercises
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
        return list(outputs_of.numbered(executed))

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
            return [
                outputs_of.error("SubmissionTimeout", "The time for the whole submission was over.")
            ]
        if self.peer.gone:
            return [outputs_of.error("ProcessEnded", self.peer.gone)]
        self.peer.late = False
        try:
            with Alarm(seconds + 5):
                outputs = self.peer.ask("run", cell["source"], file, seconds=seconds)
        except KeyboardInterrupt:
            outputs = []
        except Gone as error:
            return [outputs_of.error("ProcessEnded", str(error))]
        except Exception as error:
            return [outputs_of.error(type(error).__name__, str(error))]
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
            clean.append(
                outputs_of.error("CellTimeoutError", f"It ran longer than {seconds:.0f} s.")
            )
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

    def _judge(self, test: Test, given: dict[str, Any] | None = None) -> None:
        """Run a test where the notebook is now, and keep what it says if that earns more.

        Args:
            test: the test.
            given: what the student's own call of `check` was given, by the name in the test.
        """
        if test.tries and (test.closed or test.earned >= test.points or test.tries >= _TRIES):
            return
        test.tries += 1
        self.referee.testing = True
        try:
            outputs = self._test(test, given)
        finally:
            self.referee.testing = False
        earned = score.earned(outputs, test.points)
        if test.tries == 1 or earned > test.earned:
            test.outputs, test.earned = outputs, earned
            self.mistakes[test.mark] = test.found

    def _judge_what_passed(self) -> None:
        """Run the tests of what has just passed the student's own call of `check`."""
        passed, self.referee.passed = self.referee.passed, []
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

    def _judge_with_the_rest(self, test: Test) -> None:
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

    def _test(self, test: Test, given: dict[str, Any] | None) -> list[dict[str, Any]]:
        mark = test.mark
        seconds = self._left()
        if seconds <= 0:
            self._note("limit", "the time for the whole submission was over")
            return [
                outputs_of.error("SubmissionTimeout", "The time for the whole submission was over.")
            ]
        self.hides = _HIDDEN in test.source
        self.peer.shares_seeds = self.seeded or "seed(" in test.source
        computes = score.is_computed(test.source)
        self.shell.score = lambda value: score.shown(value, test.points, computes)
        self.referee.verdict, self.referee.panels = None, set()
        try:
            self._set_up(mark)
        except BaseException as error:
            return [outputs_of.error(type(error).__name__, str(error))]
        seconds = self._left()
        alarm = Alarm(seconds)
        with alarm:
            try:
                self._bind_anew(test, given)
                outputs = self.shell.run(test.source, test.file)
            except BaseException as error:
                # The student's process may raise anything where names are bound: only an alarm that
                # rang may leave a test without an error of its own.
                outputs = [] if alarm.rang else [outputs_of.error(type(error).__name__, str(error))]
        test.found = recognised(self.referee.verdict) if self.referee.verdict is not None else []
        if ANOTHER in test.found:
            self._note(
                "suspicious", f"{mark} answers another student's version: copied, or misread"
            )
        self.hides = False
        try:
            with Alarm(_CLEANING_SECONDS):
                outputs = outputs_of.clean(outputs, panels=self.referee.panels)
        except KeyboardInterrupt:
            outputs = outputs_of.clean(outputs, html=False)
        if computes and not any(one["output_type"] in _DECIDES for one in outputs):
            outputs.append(outputs_of.result("0.0"))  # it has become nothing that is shown
        for output in outputs:
            if output.get("name") == "stderr":
                output["name"] = "stdout"  # nbgrader takes any warning for a failed test
        if alarm.rang:
            self._note("limit", f"the tests of {mark} ran longer than {seconds:.0f} s")
            outputs.append(
                outputs_of.error("CellTimeoutError", f"It ran longer than {seconds:.0f} s.")
            )
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

    def _bind_anew(self, test: Test, given: dict[str, Any] | None) -> None:
        """Let a test's names stand for what they stand for in the student's notebook now."""
        here, read = self.shell.user_ns, test.names.read - test.names.bound
        if given is not None:
            here.update(given)
            test.judged = (test.judged or {}) | given
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

    def _heard(self, text: str) -> None:
        """Print what the student's function printed, where hidden tests do not show by it."""
        if not (self.hides and isinstance(sys.stdout, Stream)):
            print(text, end="")

    def _interrupt(self, control: socket.socket) -> None:
        with suppress(OSError):
            control.setblocking(False)
            control.send(b"!")
