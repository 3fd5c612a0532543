"""What an interactive picture of a page shows where a reader's own answer moves it.

In a notebook a play calls the learner's function whenever a slider moves. A page has the sliders and the
drawing already; what it asks its Python for is what the play computes, without any package of widgets.
"""

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_utils.checks.in_page import names_before

_WIDGETS = "rnn_utils.widgets"


def draw(request: str) -> str:
    """Compute what a picture shows.

    Args:
        request: as JSON, the picture's `module` in `rnn_utils.widgets`; the `call` that makes it, as its
            lesson has it; `setup` and `earlier` as `examine` takes them; `values`, the sliders' by name.

    Returns:
        as JSON, the picture's data.
    """
    asked = json.loads(request)
    values = {
        name: value if isinstance(value, str) else float(f"{value:.12g}")
        for name, value in asked.pop("values").items()
    }
    return json.dumps(_computing(json.dumps(asked))(**values), allow_nan=False)


@lru_cache(maxsize=4)  # a page has one or two of them, and a slider asks again and again
def _computing(asked: str) -> Callable[..., dict[str, Any]]:
    given = json.loads(asked)
    _without_widgets()
    module = import_module(f"{_WIDGETS}.{given['module']}")
    names = vars(module) | names_before(given["setup"], given["earlier"])
    compute: Callable[..., dict[str, Any]] = eval(given["call"], names).compute
    return compute


def _without_widgets() -> None:
    """Let the modules of the pictures be imported where neither ipywidgets nor anywidget is."""
    if _WIDGETS in sys.modules:
        return
    package = ModuleType(_WIDGETS)
    package.__path__ = [str(Path(__file__).parents[1] / "widgets")]
    picture: Any = ModuleType(f"{_WIDGETS}.picture")
    picture.Play = _Play
    picture.slider = picture.choice = picture.whose = lambda *_, **__: ""
    sys.modules |= {_WIDGETS: package, picture.__name__: picture}


class _Play:
    """As much of a play as a page lacks."""

    def __init__(self, *_: Any, compute: Callable[..., dict[str, Any]], **__: Any) -> None:
        self.compute = compute
