"""Which functions of the package hold the answer to an exercise: all that the learner was not given."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import CodeType, FunctionType
from typing import Any

from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.framework.registry import exercises

#: Where the mathematics is.
_MATHEMATICS = ("cells", "layers", "analysis", "training")

#: What is applied to one number holds no answer but its own.
_ELEMENTWISE = "rnn_utils.cells.activations"


@cache
def holding(exercise: Exercise) -> frozenset[CodeType]:
    """Return the code of the functions that an answer may not call.

    These are all functions of the package's mathematics, but not the solutions of earlier exercises
    with what these are made of, and not what the lesson hands out.
    """
    given: set[CodeType] = set()
    for record in exercises().values():
        if record.name == exercise.name:
            break
        given |= _made_of(record.reference)
    for function in exercise.hands_out:
        given |= _made_of(function)
    own = {f.__code__ for f in (exercise.reference, *exercise.forbids)}
    return frozenset((_mathematics() - given) | own)


@cache
def _mathematics() -> frozenset[CodeType]:
    """Return the code of every function and method of the mathematics."""
    found = set()
    for part in _MATHEMATICS:
        package = import_module(f"rnn_utils.{part}")
        names = [m.name for m in walk_packages(package.__path__, f"{package.__name__}.")]
        for module in map(import_module, names):
            if module.__name__ == _ELEMENTWISE:
                continue
            found |= {f.__code__ for f in _functions(module) if f.__module__ == module.__name__}
    return frozenset(found)


def _functions(owner: Any) -> Iterator[FunctionType]:
    for thing in vars(owner).values():
        thing = getattr(thing, "__func__", thing)  # of a class's method
        if isinstance(thing, FunctionType):
            yield thing
        elif _holds_functions(thing, owner):
            yield from _functions(thing)


def _holds_functions(thing: Any, owner: Any) -> bool:
    """Whether it is a class of this module that does more than to name its parts."""
    here = isinstance(thing, type) and thing.__module__ == getattr(owner, "__name__", "")
    return here and not issubclass(thing, tuple)


def _made_of(function: Callable[..., Any]) -> set[CodeType]:
    """Return the code of a function and of the functions of the package that it calls by name."""
    found: set[CodeType] = set()
    waiting: list[Any] = [function]
    while waiting:
        one = waiting.pop()
        code = getattr(one, "__code__", None)
        if code is None or code in found:
            continue
        found.add(code)
        named = (getattr(one, "__globals__", {}).get(name) for name in code.co_names)
        waiting += [f for f in named if getattr(f, "__module__", "").startswith("rnn_utils.")]
    return found
