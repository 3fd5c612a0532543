"""The kit of the interactive pictures: sliders beside one canvas, joined in the browser.

A picture's mathematics and drawing are plain ES modules in `js/`. The browser takes one module for each
widget, so `bundle` puts the few files of a picture one after the other; there is no build step.
"""

from __future__ import annotations

import inspect
import linecache
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from rnn_utils.widgets.javascript import CSS, bundle, page_fragment, rounded

PACKAGE = Path(__file__).parents[1]
KIT = ("maths", "canvas", "kit")
#: What all sliders and choices share: they fill the rows above the picture, the more of it the better.
LOOK: dict[str, Any] = {
    "style": {"description_width": "initial"},
    "layout": {"flex": "1 1 23em", "width": "auto", "max_width": "calc(100% - 4px)"},
}


class Picture(anywidget.AnyWidget):
    """A canvas that is computed and drawn in the browser from its sliders and its data.

    `sliders` are read in the browser itself, so that moving one sends a single message, its own. `at` is
    what they stood at when Python computed `data`, plain lists; empty where Python computes nothing.
    """

    _css = CSS

    question = traitlets.Unicode().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    at = traitlets.Dict().tag(sync=True)
    sliders = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, file: str, **traits: Any) -> None:
        self.file = file
        self._esm = bundle(*KIT, file)
        super().__init__(**traits)


class Slider(ipywidgets.FloatSlider):
    """A slider whose value is not sent back to the browser that has just sent it."""

    value = traitlets.CFloat(0.0).tag(sync=True, echo_update=False)


def slider(
    name: str, low: float, high: float, step: float, value: float, label: str | None = None
) -> tuple[str, Slider]:
    """A slider for the picture's trait `name`, with `label` (the name, unless given) before it."""
    decimals = max(0, len(f"{step:.10f}".rstrip("0").split(".")[1]))
    return name, Slider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label or name,
        readout_format=f".{decimals}f",
        **LOOK,
    )


def choice(name: str, options: Sequence[str], label: str) -> tuple[str, ipywidgets.Dropdown]:
    """A choice among named options for the picture's trait `name`; the first one stands there."""
    look = LOOK | {"layout": LOOK["layout"] | {"flex": "1 1 15em"}}
    return name, ipywidgets.Dropdown(options=list(options), description=label, **look)


class Play(ipywidgets.VBox):
    """Sliders above one picture; what they stand at can be read and set in Python.

    Every play is made by one function, such as `memory_slider`, and is one of these: the sliders' values
    are its attributes, `description` is the sentence under the picture.

    Example:
        >>> from rnn_utils.widgets import memory_slider
        >>> play = memory_slider()
        >>> play.w_hh = 0.5
        >>> play.w_hh
        0.5
    """

    def __init__(
        self,
        file: str,
        sliders: Sequence[
            tuple[str, ipywidgets.FloatSlider | ipywidgets.Dropdown | ipywidgets.Text]
        ],
        *,
        compute: Callable[..., dict[str, Any]] | None = None,
        given: dict[str, Any] | None = None,
        **traits: Any,
    ) -> None:
        # What a page without Python computes from, as plain lists: see `compute` in the picture's module.
        self.given = given
        self.sliders = dict(sliders)
        traits.setdefault("description", traits["question"])
        self.picture = Picture(file, sliders=self.sliders, **traits)
        box = ipywidgets.HBox(list(self.sliders.values()), layout={"flex_flow": "row wrap"})
        super().__init__([box, self.picture])
        self.add_class("rnn-play")
        self._taken: list[str] = []
        if compute is not None:
            self._compute = compute
            # A slider that the function does not take is the browser's alone.
            taken = inspect.signature(compute).parameters
            self._taken = [name for name in self.sliders if name in taken]
            for name in self._taken:
                self.sliders[name].observe(lambda _: self.refresh(), names="value")
            self.refresh()

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("sliders", {}):
            return self.sliders[name].value
        if name in ("description", "error", "data"):
            return getattr(self.__dict__["picture"], name)
        raise AttributeError(
            f"{type(self).__name__} has no {name!r}; its sliders are "
            f"{', '.join(self.__dict__.get('sliders', {}))}"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        sliders = self.__dict__.get("sliders", {})
        if name in sliders:
            sliders[name].value = value
        else:
            super().__setattr__(name, value)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return the widget, and beside it a live page for where there is no kernel."""
        names = ("question", "code", "description", "error", "data", "at")
        traits = {name: getattr(self.picture, name) for name in names}
        traits["sliders"] = {name: name for name in self.sliders}
        html = page_fragment(
            (*KIT, self.picture.file),
            self.picture.model_id,
            [self.picture.question, self.picture.description],
            {
                "traits": traits,
                "sliders": [_as_data(name, widget) for name, widget in self.sliders.items()],
                "given": rounded(self.given),
            },
        )
        return super()._repr_mimebundle_(**kwargs) | {"text/html": html}

    def _state(self) -> dict[str, Any]:
        """Call the function; return its data and no error, or the data of before and the error."""
        values = {name: _meant(self.sliders[name].value) for name in self._taken}
        try:
            return {"data": self._compute(**values), "at": values, "error": ""}
        except Exception as error:
            return {"data": self.picture.data, "at": values, "error": explain(error)}

    def refresh(self) -> None:
        """Call the learner's function with the sliders' values and show what it returns, or its error.

        The browser sends a slider's newest value only when the kernel has answered the one before, so a
        slow function never leaves a backlog.
        """
        with self.picture.hold_sync():
            for name, value in self._state().items():
                setattr(self.picture, name, value)


def _meant(value: float | str) -> float | str:
    """Return 6 where a slider has come to 5.999999999999999, of which int() would make 5."""
    return value if isinstance(value, str) else float(f"{value:.12g}")


def _as_data(name: str, widget: ipywidgets.DOMWidget) -> dict[str, Any]:
    """Return what a page without a kernel has to know of a slider, a choice or a field of text."""
    known = {"name": name, "label": widget.description, "value": widget.value}
    if isinstance(widget, ipywidgets.Text):
        return known | {"text": True}
    if isinstance(widget, ipywidgets.Dropdown):
        return known | {"options": list(widget.options)}
    return known | {
        "min": widget.min,
        "max": widget.max,
        "step": widget.step,
        "decimals": int(widget.readout_format[1]),
        "log": isinstance(widget, ipywidgets.FloatLogSlider),
    }


def explain(error: Exception) -> str:
    """An exception in a learner's function in words: its type, message, and the learner's own line."""
    if isinstance(error, NotImplementedError):
        return "Not written yet: the picture appears as soon as your function returns something."
    words = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not _installed(f.filename)]
    if theirs:
        last = theirs[-1]
        line = last.line or linecache.getline(last.filename, last.lineno or 0).strip()
        words += f"\n\nin {last.name}, line {last.lineno}:\n    {line}"
    return words + "\n\nThe picture comes back as soon as this runs."


def whose(function: Callable[..., Any]) -> str:
    """Return whose a function is, for the line under a picture: the learner's, or the package's."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "ours" if code is None or _installed(code.co_filename) else "yours"


def _installed(filename: str) -> bool:
    path = Path(filename)
    return PACKAGE in path.parents or "site-packages" in path.parts
