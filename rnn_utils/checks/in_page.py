"""An answer that was written in a page of the site, examined by the worker that runs Python there.

The worker (`course/site/static/exercises/worker.js`) passes text in and takes text out, so that nothing
of it depends on how a Python for the browser hands objects over.
"""

import contextlib
import io
import json
import linecache
from collections.abc import Iterable
from typing import Any

from rnn_utils.checks import Score, exercise
from rnn_utils.checks.framework import our_solution
from rnn_utils.checks.framework.judge import Verdict, judge
from rnn_utils.checks.framework.named_results import with_names_of
from rnn_utils.checks.framework.panel import as_html, printed_as_html
from rnn_utils.checks.framework.run import Crash

#: The learner's file: as a cell's, it is none of the disk's.
_FILE = "<answer to {}>"


def examine(request: str) -> str:
    """Check an answer that was written in a page.

    Args:
        request: as JSON, the exercise's `name`; the `answer`, its source; `setup`, the statements of the
            lesson's earlier cells that an answer may need; `earlier`, for each of the lesson's earlier
            exercises its name and the learner's answer, or null where none has passed.

    Returns:
        as JSON, `html`, the panel; `points` and `of`, what was earned and what can be; `passed`.

    Example:
        >>> answer = "def tanh_derivative(h):\\n    return 1 - h**2\\n"
        >>> request = {"name": "tanh_derivative", "answer": answer, "setup": [], "earlier": []}
        >>> said = json.loads(examine(json.dumps(request)))
        >>> said["passed"], said["points"], said["of"]
        (True, 1.0, 1)
    """
    asked = json.loads(request)
    record = exercise(asked["name"])
    names = names_before(asked["setup"], asked["earlier"])
    names.pop(record.name, None)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            _run(asked["answer"], record.name, names)
    except BaseException as error:
        verdict = Verdict(record.name, "crashed", 0.0, _in_words(error))
        folded = our_solution.as_html(record, record.reference, passed=False)
    else:
        function = names.get(record.name)
        if function is None:
            says = f"Nothing in the answer is called `{record.name}`. Keep the line that begins with `def`."
            verdict = Verdict(record.name, "not done", 0.0, says)
        else:
            verdict = judge(record, function)
        folded = our_solution.as_html(record, function or record.reference, verdict.passed)
    score = Score(record.points * verdict.share, record.points)
    html = printed_as_html(printed.getvalue()) + as_html(verdict, "visible") + folded
    said = {"html": html + score._repr_html_(), "passed": verdict.passed}
    return json.dumps(said | {"points": float(score), "of": record.points})


def names_before(setup: Iterable[str], earlier: Iterable[tuple[str, str | None]]) -> dict[str, Any]:
    """Return the names that an answer finds: what the lesson's cells before it would have left."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for statement in setup:
            # A page has no pictures: what they are drawn with is not there, and no answer needs it.
            with contextlib.suppress(Exception):
                exec(statement, names)
        for name, answer in earlier:
            record = exercise(name)
            names[name] = record.reference
            if answer is not None:
                with contextlib.suppress(BaseException):
                    _run(answer, name, names)
                    names[name] = with_names_of(record, names[name])
    return names


def _run(answer: str, name: str, names: dict[str, Any]) -> None:
    """Run a learner's source, and keep it where tracebacks and comparisons look for it."""
    file = _FILE.format(name)
    linecache.cache[file] = (len(answer), None, answer.splitlines(keepends=True), file)
    exec(compile(answer, file, "exec"), names)


def _in_words(error: BaseException) -> str:
    """Say what stopped an answer before its function was there."""
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        where = f"line {error.lineno}" + (f", `{line}`" if line else "")
        return f"Python cannot read {where}: {error.msg}."
    crash = Crash.of(error)
    says = f"Your answer raised {crash.kind.__name__} {crash.where}: {crash.text or 'no message'}".rstrip(
        "."
    )
    if isinstance(error, NameError):
        says += (
            ". In the page an answer finds NumPy as `np`, what the lesson has imported, and the functions "
            "of the exercises before it"
        )
    return f"{says}."
