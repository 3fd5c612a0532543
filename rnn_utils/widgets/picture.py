"""The kit of the interactive pictures: sliders joined in the browser to one canvas.

A picture's mathematics and drawing are plain ES modules in `js/`. The browser takes one module for each
widget, so `bundle` puts the few files of a picture one after the other; there is no build step.
"""

from __future__ import annotations

import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

JS = Path(__file__).parent / "js"
PACKAGE = Path(__file__).parents[1]
KIT = ("maths", "canvas", "kit")


def bundle(*names: str) -> str:
    """Join the modules `js/<name>.js`, lower before upper, into the one that a widget takes.

    Imports among them are dropped and names are no longer exported, but for the last file's default.
    """
    parts = []
    for name in names:
        text = (JS / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)
        parts.append(re.sub(r"^export (?!default)", "", text, flags=re.MULTILINE))
    return "\n".join(parts)


class Picture(anywidget.AnyWidget):
    """A canvas that is computed and drawn in the browser from its sliders and its data.

    `sliders` are read in the browser itself, so that moving one sends a single message, its own. `at` is
    what they stood at when Python computed `data`, plain lists; empty where Python computes nothing.
    """

    _css = (JS / "kit.css").read_text(encoding="utf-8")

    question = traitlets.Unicode().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    at = traitlets.Dict().tag(sync=True)
    sliders = traitlets.Dict().tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, file: str, **traits: Any) -> None:
        self._esm = bundle(*KIT, file)
        super().__init__(**traits)


def slider(
    name: str, low: float, high: float, step: float, value: float, label: str | None = None
) -> tuple[str, ipywidgets.FloatSlider]:
    """A slider for the picture's trait `name`, with `label` (the name, unless given) before it."""
    decimals = max(0, len(f"{step:.10f}".rstrip("0").split(".")[1]))
    return name, ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label or name,
        readout_format=f".{decimals}f",
        style={"description_width": "9em"},
        layout={"width": "26em", "max_width": "100%"},
    )


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
        sliders: Sequence[tuple[str, ipywidgets.FloatSlider | ipywidgets.Text]],
        *,
        compute: Callable[..., dict[str, Any]] | None = None,
        **traits: Any,
    ) -> None:
        self.sliders = dict(sliders)
        traits.setdefault("description", traits["question"])
        self.picture = Picture(file, sliders=self.sliders, **traits)
        box = ipywidgets.HBox(list(self.sliders.values()), layout={"flex_flow": "row wrap"})
        super().__init__([box, self.picture])
        self.add_class("rnn-play")
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

    def refresh(self) -> None:
        """Call the learner's function with the sliders' values and show what it returns, or its error.

        The browser sends a slider's newest value only when the kernel has answered the one before, so a
        slow function never leaves a backlog.
        """
        values = {name: self.sliders[name].value for name in self._taken}
        try:
            data, error = self._compute(**values), ""
        except Exception as raised:
            data, error = self.picture.data, explain(raised)
        with self.picture.hold_sync():
            self.picture.data = data
            self.picture.at = values
            self.picture.error = error


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


def _installed(filename: str) -> bool:
    path = Path(filename)
    return PACKAGE in path.parents or "site-packages" in path.parts
