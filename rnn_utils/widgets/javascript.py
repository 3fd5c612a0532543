"""The modules of `js/` as one, for a widget or for a page without a kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

JS = Path(__file__).parent / "js"
CSS = (JS / "kit.css").read_text(encoding="utf-8")


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


def page_fragment(
    names: Sequence[str], key: str, words: Sequence[str], payload: dict[str, Any]
) -> str:
    """Return HTML that shows a widget without a kernel and without a network.

    The widget's data stand in its element, apart from the code, which `data_only` drops.

    Args:
        names: the modules of the widget, as `bundle` takes them.
        key: a name that no other widget of the page has.
        words: paragraphs to be read where scripts do not run.
        payload: the widget's `traits`, its `sliders` and what it computes from, `given`.
    """
    code = bundle(*names).replace("export default", "const displayed =")
    # Its names stay its own: a picture may have the same ones.
    embed = f"const embed = (() => {{\n{bundle('static')}\nreturn embed;\n}})();"
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    paragraphs = "".join(f"<p>{escape(word)}</p>" for word in dict.fromkeys(words))
    return (
        f"<style>{CSS}</style>\n"
        f'<div class="rnn-play rnn-static" id="rnn-{key}" data-widget="{names[-1]}">{paragraphs}'
        f'<script type="application/json">{text}</script></div>\n'
        f'<script type="module">\n{embed}\n{code}\n'
        f'const place = document.getElementById("rnn-{key}");\n'
        'embed(place, displayed, JSON.parse(place.querySelector("script").textContent));\n</script>'
    )


def data_only(html: str) -> str:
    """Return what `page_fragment` made without style and code, for a page that loads `js/` itself."""
    return re.sub(
        r'<style>.*?</style>\n|\n<script type="module">.*?</script>', "", html, flags=re.S
    )


def rounded(value: Any) -> Any:
    """Return plain data with every number to five digits, more than a picture can show."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value
