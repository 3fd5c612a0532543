"""What people say about RNNs, and what the lessons measured.

A lesson ends an experiment with `measured`, which shows the claim, the number and the verdict under
the cell. `rnn-course claims` runs the solved lessons and keeps what they showed; `table` sets it out,
so that no number in it was typed.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, NamedTuple

MIME_TYPE = "application/vnd.rnn-course.claim+json"
KEPT = files("rnn_utils.data") / "claims.json"


class Claim(NamedTuple):
    """A sentence that is repeated about RNNs, and how the course puts it to the test."""

    sentence: str
    experiment: str


CLAIMS = {
    "remembers_everything": Claim(
        "An RNN remembers all information about what it has calculated.",
        "recall of an input against lag and state size",
    ),
    "fewer_parameters": Claim(
        "Using the same parameters for every input reduces the complexity.",
        "parameters counted; data needed to reach a given error",
    ),
    "dependent_activations": Claim(
        "It converts independent activations into dependent ones.",
        "∂h_t/∂x_s for s ≤ t, against a net without a state",
    ),
    "three_layers_one": Claim(
        "The three layers can be joined into a single recurrent layer.",
        "the states of both, compared to rounding",
    ),
    "final_state": Claim(
        "The final state is used to calculate the output.",
        "which states the outputs of both shapes depend on",
    ),
    "long_short_term": Claim(
        "Remembering every earlier input is called Long Short Term Memory.",
        "recall of marked and of unmarked inputs by a trained LSTM",
    ),
    "pixel_neighbourhood": Claim(
        "RNNs are used with convolutional layers to extend the effective pixel neighbourhood.",
        "receptive fields, measured by gradient, and accuracy",
    ),
    "vanishing_exploding": Claim(
        "RNNs have vanishing and exploding gradients.",
        "the norm of the gradient against lag, in both regimes",
    ),
    "training_difficult": Claim(
        "Training an RNN is very difficult.",
        "how many seeds succeed, by learning rate, clipping and start",
    ),
    "very_long_sequences": Claim(
        "An RNN cannot process very long sequences if it uses tanh or ReLU.",
        "processing against learning: the longest lag learnt",
    ),
    "attention_replaced": Claim(
        "Attention has replaced recurrence.",
        "accuracy over length, trained on short texts, with and without attention",
    ),
    "not_parallel": Claim(
        "RNNs cannot be parallelised.",
        "time of a loop and of a parallel scan against length",
    ),
    "linear_loses_nothing": Claim(
        "A linear recurrence loses nothing.",
        "parity over length, with factors that are shares and factors with a sign",
    ),
    "remembers_all": Claim(
        "State-space models remember everything.",
        "associative recall, trained, against the number of pairs and the numbers kept",
    ),
}


class Measured(NamedTuple):
    """What one experiment found out about a claim."""

    key: str  # of CLAIMS
    number: str  # what came out, with its unit
    verdict: str  # one sentence

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {text}" for name, text in self._lines())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        text = "  \n".join(f"**{name}:** {text}" for name, text in self._lines())
        return {MIME_TYPE: self._asdict(), "text/markdown": text}

    def _lines(self) -> list[tuple[str, str]]:
        claim = f"“{CLAIMS[self.key].sentence}”"
        return [("Claim", claim), ("Measured here", self.number), ("Verdict", self.verdict)]


def measured(key: str, number: str, verdict: str) -> Measured:
    """Say what an experiment found out about a claim; as a cell's last line it is shown.

    Args:
        key: which claim, one of `CLAIMS`.
        number: what came out, computed in the cell, with its unit.
        verdict: one sentence, kind to those who repeat the claim.

    Returns:
        What is shown, and kept by `rnn-course claims`.

    Raises:
        ValueError: there is no such claim.

    Example:
        >>> measured("three_layers_one", f"difference {0.0:.1f}", "It holds.")
        Claim: “The three layers can be joined into a single recurrent layer.”
        Measured here: difference 0.0
        Verdict: It holds.
    """
    if key not in CLAIMS:
        raise ValueError(
            f"measured: key should be one of {', '.join(CLAIMS)}, but is {key!r}. "
            f"A new claim is first added to rnn_utils.claims.CLAIMS."
        )
    return Measured(key, number, verdict)


class Table(str):
    """Markdown that a notebook shows as a table."""

    def _repr_markdown_(self) -> str:
        return str(self)


def table() -> Table:
    """Return the table of all claims: the experiment, what came out, the verdict.

    What stands in it was measured by the solved lessons; `rnn-course claims` runs them again.

    Example:
        >>> table().splitlines()[0]
        '| people say | the experiment | what came out | verdict |'
    """
    lines = ["| people say | the experiment | what came out | verdict |", "|---|---|---|---|"]
    kept = json.loads(KEPT.read_text("utf-8"))
    for key, claim in CLAIMS.items():
        found = [row for row in kept if row["key"] == key]
        numbers = [f"{row['number']} ({_link(row['lesson'])})" for row in found]
        cells = [
            f"“{claim.sentence}”",
            claim.experiment,
            "<br>".join(numbers),
            "<br>".join(row["verdict"] for row in found),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return Table("\n".join(lines))


def _link(lesson: str) -> str:
    return f"[lesson {lesson[:2]}](../{lesson}/{lesson}.ipynb)"
