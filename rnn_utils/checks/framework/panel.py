"""A verdict as a small panel in a notebook, and as a line of text elsewhere."""

from html import escape

from rnn_utils.checks.framework.exercise import Stage
from rnn_utils.checks.framework.judge import Verdict

_LOOK = {
    "passed": ("✓", "#228833"),
    "not done": ("…", "#777777"),
    "wrong": ("✗", "#AA3377"),
    "crashed": ("✗", "#AA3377"),
}


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


def as_text(verdict: Verdict, stage: Stage) -> str:
    """Return the verdict as plain text."""
    mark, _ = _LOOK[verdict.status]
    return f"{mark} {title(verdict, stage)}. {verdict.message}"


def as_html(verdict: Verdict, stage: Stage) -> str:
    """Return the verdict as a panel that is readable on light and dark pages."""
    mark, colour = _LOOK[verdict.status]
    printed = ""
    if verdict.printed and stage == "visible":
        shown = verdict.printed[:2000]
        printed = (
            "<details><summary>What your function printed in the first call</summary>"
            f"<pre>{escape(shown)}</pre></details>"
        )
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: 0.4em 0.9em; '
        'max-width: 46em; line-height: 1.5">'
        f'<strong><span aria-hidden="true">{mark}</span> {_inline(title(verdict, stage))}</strong>'
        f"<br>{_inline(verdict.message)}{printed}</div>"
    )


def _inline(text: str) -> str:
    """Escape a text and set what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if k % 2 else part for k, part in enumerate(parts))
