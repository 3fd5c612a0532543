"""Links from the works that a lesson names to where they can be read."""

import re
import tomllib
from functools import cache
from pathlib import Path

HEADING = re.compile(r"^## Further reading$", re.M)
TITLE = re.compile(r"(?<![\[*])\*([^*]+)\*(?![*\]])")


@cache
def dois() -> dict[str, str]:
    """Return the DOI of each known work by its title in small letters."""
    known = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        title: doi.replace("arXiv:", "10.48550/arXiv.", 1) if doi.startswith("arXiv:") else doi
        for title, doi in known.items()
    }


def with_dois(text: str) -> str:
    """Let the titles under "Further reading" lead to their DOIs.

    Args:
        text: Markdown.

    Example:
        >>> with_dois("## Further reading\\n\\n- J. L. Elman (1990), *Finding structure in time*.")
        '## Further reading\\n\\n- J. L. Elman (1990), [*Finding structure in time*](https://doi.org/10.1207/s15516709cog1402_1).'
    """
    found = HEADING.search(text)
    if not found:
        return text

    def linked(title: re.Match[str]) -> str:
        doi = dois().get(" ".join(title[1].split()).lower())
        return f"[{title[0]}](https://doi.org/{doi})" if doi else title[0]

    return text[: found.end()] + TITLE.sub(linked, text[found.end() :])
