"""A verdict as a small panel in a notebook, and as a line of text elsewhere."""

from html import escape
from textwrap import fill, indent

from rnn_utils.checks.framework.exercise import Stage
from rnn_utils.checks.framework.judge import Verdict

_LOOK = {
    "passed": ("✓", "#228833"),
    "not done": ("…", "#777777"),
    "wrong": ("✗", "#AA3377"),
    "crashed": ("✗", "#AA3377"),
}

_EXAMPLE = "A small input that shows it, to copy and run:"
_PRINTED = "What your function printed in the first call:"

#: How much is shown of what a function printed.
_LINES, _CHARACTERS = 20, 2_000


def title(verdict: Verdict, stage: Stage) -> str:
    """Say the outcome in a few words; a visible check never claims to be all tests."""
    if verdict.passed:
        return f"{verdict.exercise}: {stage} checks passed"
    outcome = {
        "not done": "not done yet",
        "wrong": "not right yet",
        "crashed": "stops with an error",
    }
    return f"{verdict.exercise}: {outcome[verdict.status]}"


def as_text(verdict: Verdict, stage: Stage, width: int | None = None) -> str:
    """Return the verdict as plain text; if a width is given, with lines of no more characters."""
    mark, _ = _LOOK[verdict.status]
    says = f"{mark} {title(verdict, stage)}. {verdict.message}"
    parts = [fill(says, width, break_long_words=False) if width else says]
    if stage == "visible":
        if verdict.example:
            parts.append(f"{_EXAMPLE}\n{indent(verdict.example, '    ')}")
        if verdict.printed:
            parts.append(f"{_PRINTED}\n{indent(_bounded(verdict.printed), '    ')}")
    return "\n".join(parts)


def as_html(verdict: Verdict, stage: Stage) -> str:
    """Return the verdict as a panel that is readable on light and dark pages."""
    mark, colour = _LOOK[verdict.status]
    below = ""
    if stage == "visible":
        if verdict.example:
            below += f"<br>{_EXAMPLE}{_pre(verdict.example)}"
        if verdict.printed:
            below += f"<br>{_PRINTED}{_pre(_bounded(verdict.printed))}"
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: 0.4em 0.9em; '
        'max-width: 46em; line-height: 1.5">'
        f'<strong><span aria-hidden="true">{mark}</span> {_inline(title(verdict, stage))}</strong>'
        f"<br>{_inline(verdict.message)}{below}</div>"
    )


def printed_as_html(printed: str) -> str:
    """Return what a learner's cell printed by itself, outside of its function."""
    return f"Printed:{_pre(_bounded(printed))}" if printed.strip() else ""


def _bounded(printed: str) -> str:
    """Return the first lines of what was printed."""
    lines = printed[:_CHARACTERS].splitlines()
    shown = lines[:_LINES]
    more = len(printed) > _CHARACTERS or len(lines) > _LINES
    return "\n".join([*shown, "… (the rest is left out)"] if more else shown)


def _pre(text: str) -> str:
    style = "margin: 0.3em 0; padding: 0.4em; overflow-x: auto; border: 1px solid #8886"
    return f'<pre style="{style}">{escape(text)}</pre>'


def _inline(text: str) -> str:
    """Escape a text and set what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if k % 2 else part for k, part in enumerate(parts))
