"""The tests' process: prepared once, and forked for each submission that it reads, executes and writes."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from rnn_utils.checks import exercise, exercises, judge, seeded
from rnn_utils.checks.framework.exercise import Stage
from rnn_utils.checks.framework.panel import as_html
from rnn_utils.checks.framework.run import call
from rnn_utils.checks.framework.version import OF
from rnn_utils.grading.intake.dependencies import Check, checks_of
from rnn_utils.grading.sandbox import jail, pipeline, prepared
from rnn_utils.grading.sandbox import outputs as outputs_of
from rnn_utils.grading.sandbox.execution import Execution
from rnn_utils.grading.sandbox.lesson_cells import kind_of
from rnn_utils.grading.sandbox.shell import Shell


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
            execution = Execution(shell, data, control, cells)
            judging.call = execution.referee.call  # type: ignore[attr-defined]
            judging.calls = execution.referee.calls  # type: ignore[attr-defined]
            checks.judge = execution.referee.judge  # type: ignore[attr-defined]
            found = execution.execute()
            return {"cells": found, "notes": execution.notes, "mistakes": execution.mistakes}

        answer = pipeline.work(job, execute)._asdict() if "sheet" in job else execute(job)
        prepared.send(job_socket, answer)

    return run


def learn(lesson: dict[str, Any]) -> None:
    """Know a lesson, in this process and in all that are forked from it, for jobs that name it."""
    pipeline.learn(lesson)
    for sheet in lesson["sheets"].values():
        for cell in pipeline.parsed(sheet["source"]).cells:
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
