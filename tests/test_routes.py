"""Nothing in the package does a learner's exercise for them: every way that there is, is known."""

import ast
import importlib
import inspect
import pkgutil
import signal
import sys
import warnings
from functools import cache, partial

import nbformat
import numpy as np
import pytest

from rnn_utils.checks import exercises
from rnn_utils.checks.framework.answer_holders import holding
from rnn_utils.checks.framework.comparison import compared
from rnn_utils.checks.framework.run import Outcome
from rnn_utils.course_folder import course_root
from rnn_utils.grading.sandbox.stripped_package import names_imported, package_without, withheld

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an alarm ends what takes too long")

#: What is in the jail and computes; pictures and the grader itself are not asked for numbers.
ROOMS = ("cells", "layers", "analysis", "training", "tasks", "experiments")

#: Seconds for one call: an exercise's own take milliseconds.
LONGEST = 0.5


class TooLong(BaseException):
    """Raised by the alarm."""


@cache
def callables():
    """Every function of the package's rooms, and every method of what can be made without arguments."""
    found = {}
    for room in ROOMS:
        package = importlib.import_module(f"rnn_utils.{room}")
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            for name, thing in vars(module).items():
                if getattr(thing, "__module__", None) != info.name:
                    continue
                if inspect.isfunction(thing):
                    found[info.name, name] = thing.__code__, lambda thing=thing: thing
                elif inspect.isclass(thing):
                    for part, method in vars(thing).items():
                        method = getattr(method, "__func__", method)
                        if inspect.isfunction(method) and not part.startswith("__"):
                            get = partial(bound, thing, part)
                            found[info.name, f"{name}.{part}"] = method.__code__, get
    return found


def bound(kind, part):
    return getattr(kind(), part)


def answers_of(value):
    """What somebody could hand in of a returned value: all of it, one part, some of its first parts."""
    yield value
    if isinstance(value, tuple | list):
        yield from value
        yield from (tuple(value)[:k] for k in range(2, len(value)))
        for part in value:
            if isinstance(part, tuple):
                yield from part
    elif isinstance(value, np.ndarray) and value.ndim and len(value):
        yield value[-1]
        yield value[0]


def arguments_of(given):
    """How somebody could hand on what an exercise is given."""
    yield given
    if given and isinstance(given[0], np.ndarray):
        yield (given[0][None], *given[1:])


def ring(number, frame):
    raise TooLong


def solves(record, get, case, number, way):
    """Whether a callable gives what an exercise asks for in a case, handed on and read in one way."""
    try:
        given = list(arguments_of(tuple(record.arguments(case, "hidden").values())))[number]
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        try:
            answers = list(answers_of(get()(*given)))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (Exception, SystemExit, TooLong):
        return []
    arguments = record.arguments(case, "hidden")
    return [
        k
        for k, answer in enumerate(answers)
        if way in (None, k) and is_right(record, case, arguments, answer)
    ]


def is_right(record, case, arguments, answer):
    try:
        return compared(record, case, "hidden", arguments, Outcome(answer, None)).ok
    except Exception:  # what came is nothing that a check reads
        return False


def routes(record):
    """Which callables, not held by the exercise's record, give what it asks for."""
    first, *others = record.cases[:3]
    for place, (code, get) in callables().items():
        if code in holding(record):
            continue
        for number in range(2):
            for way in solves(record, get, first, number, None):
                if all(solves(record, get, case, number, way) for case in others):
                    yield ".".join(place)


@pytest.mark.parametrize("name", [r.name for r in exercises().values() if r.trial is None])
def test_whatever_solves_an_exercise_is_known_to_its_check(name):
    before = signal.signal(signal.SIGALRM, ring)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = set(routes(exercises()[name]))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert found == set()


@pytest.mark.parametrize("lesson", sorted({record.lesson for record in exercises().values()}))
def test_what_a_check_knows_the_grader_withholds(lesson):
    path = course_root() / "notebooks" / lesson / f"{lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    functions, own = withheld(notebook)
    assert own == {name for name, record in exercises().items() if record.lesson == lesson}
    texts = package_without(functions)
    imported = names_imported(notebook)
    for name in own:
        record = exercises()[name]
        known = {f.__code__ for f in (record.reference, *record.forbids)}
        for (module, qualname), (code, _) in callables().items():
            if code not in holding(record):
                continue
            if code in known or qualname.partition(".")[0] not in imported:
                assert (module, qualname) in functions
                assert body_of(texts[module][1], qualname) == ["Import", "Return"]


def body_of(text, qualname):
    """What kinds of statements a function's body is made of."""
    place = ast.parse(text)
    for part in qualname.split("."):
        place = next(n for n in place.body if getattr(n, "name", "") == part)
    return [type(n).__name__.removesuffix("From") for n in place.body]
