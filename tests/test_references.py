"""Whoever reads of a work on the site comes to it."""

import re
from pathlib import Path

from rnn_utils.course import build
from rnn_utils.course.site.references import HEADING, TITLE, dois, with_dois

ROOT = Path(__file__).parents[1]
TEXTS = [(ROOT / "solutions" / n / f"{n}.md").read_text("utf-8") for n in build.lessons(ROOT)]
BELOW = [text[found.end() :] for text in TEXTS if (found := HEADING.search(text))]
TITLES = {" ".join(title.split()).lower() for below in BELOW for title in TITLE.findall(below)}


def test_every_doi_is_one_and_nearly_all_belong_to_works_that_lessons_name():
    assert len(dois().keys() - TITLES) < 0.1 * len(TITLES)
    for doi in dois().values():
        assert re.fullmatch(r"10\.\d{4,9}/[\w.()/:-]+", doi), doi
    assert len(set(dois().values())) == len(dois())


def test_most_works_have_one():
    assert len(dois().keys() & TITLES) > 0.7 * len(TITLES)


def test_a_title_is_linked_under_further_reading_only():
    text = "# A\n\n*Layer normalization* and *so on*\n\n"
    text += "## Further reading\n\n- *Layer\n  normalization*. *No such work*"
    above, below = with_dois(text).split("## Further reading")
    assert "doi.org" not in above
    assert (
        "[*Layer\n  normalization*](https://doi.org/10.48550/arXiv.1607.06450). *No such work*"
        in below
    )
