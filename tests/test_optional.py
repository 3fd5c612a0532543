"""On the site, optional parts of a lesson are folded until they are asked for."""

import pytest
from browser import chromium, chromium_path, served

from rnn_utils.course.site.pages import STATIC

PAGE = """<!doctype html><html lang="en"><title>x</title><body>
<section id="a"><h2>A part<a class="headerlink" href="#a">¶</a></h2><p id="plain">plain</p></section>
<section id="b"><h2>Another (optional)<a class="headerlink" href="#b">¶</a></h2><p id="more">more</p>
<section id="c"><h3>In detail</h3><p id="detail">detail</p></section></section>
<section id="d"><h2>The end (not optional at all)</h2><p id="end">end</p></section>
<script src="optional.js"></script></body></html>"""


@pytest.mark.skipif(chromium_path() is None, reason="no Chromium or Chrome is installed")
def test_optional_parts_are_folded_and_a_link_unfolds_them(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "optional.js").write_bytes((STATIC / "optional.js").read_bytes())
    with served(tmp_path) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/page.html")
        for name, seen in {"plain": True, "more": False, "detail": False, "end": True}.items():
            assert page.locator(f"#{name}").is_visible() == seen
        page.locator("summary").press("Enter")
        assert page.locator("#detail").is_visible()
        page.goto(f"{address}/page.html?again#c")
        assert page.locator("#detail").is_visible()
