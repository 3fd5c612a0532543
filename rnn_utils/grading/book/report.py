"""What came of grading a class: a table, JSON for scripts, and a page to begin the next lecture with."""

import io
import json
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from rnn_utils.checks import exercises
from rnn_utils.grading.book.content_security_policy import as_meta
from rnn_utils.grading.book.records import (
    GRADED,
    LOOK,
    NOT_GRADED,
    NOTED,
    STATUSES,
    Record,
)
from rnn_utils.grading.book.summary import Summary
from rnn_utils.grading.protocol.safe_text import line

#: How many characters of what is to be said of a submission the table shows.
_LONGEST = 1500

#: How many mistakes of an exercise the page lists.
_LISTED = 5


def table(summary: Summary, records: Iterable[Record], student: str | None = None) -> str:
    """Return what an instructor reads at the end of a run.

    Args:
        summary: what the run did.
        records: of all submissions.
        student: tell of this one only, if given.

    Returns:
        Lines: whoever is not simply graded, with the reasons; what each status means; whose penalty
        changed; what waits for a person; how many there are of each status.
    """
    told = [r for r in records if student is None or r.student == student]
    counts = Counter(record.status for record in told)
    counts[NOT_GRADED] += len(summary.failed)
    rows = [(r.student, r.status, "; ".join(r.notes)) for r in told if r.status != GRADED]
    rows += [
        (who, NOT_GRADED, f"the grader failed, not the student: {why}. Run it again.")
        for who, why in summary.failed.items()
    ]
    rows = [(line(who), status, line(why, _LONGEST)) for who, status, why in rows]
    wide = [max((len(row[k]) for row in rows), default=0) for k in (0, 1)]
    order = (NOT_GRADED, LOOK, NOTED)
    rows.sort(key=lambda row: (order.index(row[1]), row[0]))
    lines = [f"{who:{wide[0]}}  {status:{wide[1]}}  {why}" for who, status, why in rows]
    lines += ["", *(f"{status}: {STATUSES[status]}" for status in order if counts[status])]
    lines += [
        f"{line(who)}: {before:g} points were taken off for lateness, now {after:g}."
        for who, (before, after) in sorted(summary.penalties.items())
        if student in (None, who)
    ]
    if undated := summary.lesson.undated:
        who = ", ".join(map(line, undated))
        lines.append(f"When they handed in is not known, so that it counts as in time: {who}.")
    if waiting := summary.lesson.waiting:
        lines.append(
            f"Answers that wait to be marked by a person, in the formgrader: {sum(waiting.values())}, "
            f"of students: {len(waiting)}."
        )
    head = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
    if summary.unchanged:
        head += f" ({summary.unchanged} of them before, and unchanged since)"
    return "\n".join([*lines, head + "."]).lstrip("\n")


def as_json(lesson: str, summary: Summary, records: Iterable[Record]) -> str:
    """Return the same for scripts.

    Args:
        lesson: the lesson's name.
        summary: what the run did.
        records: of all submissions.

    Returns:
        An object with the lesson, the counts, and a list of all submissions.
    """
    return json.dumps(
        {
            "lesson": lesson,
            "graded": summary.graded,
            "unchanged": summary.unchanged,
            "not_graded": summary.failed,
            "submissions": [record._asdict() for record in records],
        },
        indent=1,
    )


def write(root: Path, lesson: str, summary: Summary, records: Iterable[Record]) -> Path:
    """Write the page on the class, which names no student.

    Args:
        root: the course's folder.
        lesson: the lesson's name.
        summary: what the run did.
        records: of all submissions.

    Returns:
        Where the page is.
    """
    scores, mistakes = _by_exercise(records)
    scores |= summary.lesson.by_hand
    best = {_exercise(cell): most for cell, most in summary.lesson.points.items()}
    scores = {name: scores[name] for name in best if scores.get(name)}
    path = root / "class_reports" / f"{lesson}.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_page(lesson, scores, best, mistakes), "utf-8")
    return path


def _by_exercise(
    records: Iterable[Record],
) -> tuple[dict[str, list[float]], dict[str, Counter[str]]]:
    """Collect, by exercise: everybody's points, and the mistakes recognised."""
    scores: dict[str, list[float]] = {}
    mistakes: dict[str, Counter[str]] = {}
    for record in records:
        if record.status == NOT_GRADED:
            continue
        for notebook, by_cell in record.scores.items():
            for cell, score in by_cell.items():
                if score is not None:
                    scores.setdefault(_exercise(cell), []).append(score)
            for cell, names in record.mistakes.get(notebook, {}).items():
                mistakes.setdefault(_exercise(cell), Counter()).update(names)
    return scores, mistakes


def _exercise(cell: str) -> str:
    return cell.removeprefix("test_")


def _page(
    lesson: str,
    scores: dict[str, list[float]],
    best: dict[str, float],
    mistakes: dict[str, Counter[str]],
) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{len(points)}</td>"
        f"<td>{_passed(points, best[name]):.0%}</td>"
        f"<td>{sum(points) / len(points):.2f} of {best[name]:g}</td></tr>"
        for name, points in scores.items()
    )
    said = "".join(
        f"<h3><code>{escape(name)}</code></h3><ol>"
        + "".join(
            f"<li>{_times(count)}: <strong>{escape(mistake)}</strong>{_explained(name, mistake)}</li>"
            for mistake, count in counted.most_common(_LISTED)
        )
        + "</ol>"
        for name, counted in mistakes.items()
        if name in scores
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
{as_meta()}
<title>{escape(lesson)}: the class at a glance</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
td, th {{ text-align: left; padding: 0.2rem 1.2rem 0.2rem 0; }}
svg {{ max-width: 100%; height: auto; }}
</style></head><body>
<h1>{escape(lesson)}: the class at a glance</h1>
<p>{max(map(len, scores.values()), default=0)} submissions were graded.</p>
<h2>How many solved what</h2>
{_plot(scores, best)}
<table><thead><tr><th>exercise</th><th>handed in</th><th>all points</th><th>points on average</th></tr>
</thead><tbody>{rows}</tbody></table>
<h2>The commonest mistakes</h2>
{said or "<p>None was recognised.</p>"}
</body></html>
"""


def _passed(points: list[float], best: float) -> float:
    return sum(score >= best for score in points) / len(points)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _explained(exercise: str, name: str) -> str:
    record = exercises().get(exercise)
    if record is None:
        return ""
    records = (record, *(version.record() for version in record.versions))
    says = (m.says for one in records for m in one.mistakes if m.name == name and m.says)
    return f", {escape(said)}" if (said := next(says, "")) else ""


def _plot(scores: dict[str, list[float]], best: dict[str, float]) -> str:
    """Draw the shares of all points, of some, and of none, as an SVG with a text alternative."""
    if not scores:
        return ""
    from matplotlib.figure import Figure

    parts: dict[str, tuple[list[float], str]] = {
        "all points": ([_passed(points, best[n]) for n, points in scores.items()], "#228833"),
        "some": (
            [sum(0 < s < best[n] for s in points) / len(points) for n, points in scores.items()],
            "#4477AA",
        ),
        "none": (
            [sum(s <= 0 for s in points) / len(points) for points in scores.values()],
            "#AA3377",
        ),
    }
    figure = Figure(figsize=(7, 0.45 * len(scores) + 1.1), layout="constrained")
    figure.patch.set_alpha(0)
    axes: Any = figure.subplots()
    axes.patch.set_alpha(0)
    left = [0.0] * len(scores)
    for hatch, (label, (shares, colour)) in zip(("", "//", ".."), parts.items(), strict=True):
        percent = [100 * share for share in shares]
        axes.barh(
            list(scores),
            percent,
            left=left,
            color=colour,
            label=label,
            hatch=hatch,
            edgecolor="white",
        )
        left = [a + b for a, b in zip(left, percent, strict=True)]
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("submissions (%)", color="#777777")
    axes.tick_params(colors="#777777")
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False, labelcolor="#777777")
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    svg = drawn.getvalue()
    said = "; ".join(
        f"{name}: {_passed(points, best[name]):.0%} got all points"
        for name, points in scores.items()
    )
    return svg[svg.index("<svg") :].replace(
        "<svg", f'<svg role="img" aria-label="{escape(said)}"', 1
    )
