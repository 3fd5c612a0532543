"""The start page, the page for addresses that do not exist, and what search engines are told."""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from rnn_utils import checks
from rnn_utils.drawings.course import PARTS, QUESTIONS
from rnn_utils.drawings.gated import lstm_cell
from rnn_utils.drawings.gradients import two_paths
from rnn_utils.drawings.networks import encoder_decoder
from rnn_utils.drawings.recurrence import loop_and_unrolling
from rnn_utils.drawings.sketch import Drawing

TITLE = "Recurrent neural networks, from nothing"
ABOUT = (
    "A free notebook course: build a recurrent neural network with your own hands, from the state equation "
    "to LSTM, attention and linear recurrences, with pictures that move and checks that name your mistake."
)
HERE = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")

PART = re.compile(r"^\| \| \*\*(?P<part>Part [IVX]+: [^*]+)\*\* \|", re.M)
LESSON = re.compile(
    r"^\| (?P<number>\d\d) \| \[(?P<title>[^\]]+)\]\([\w./]*?/(?P<name>\d\d_\w+)\.ipynb\) "
    r"\| (?P<minutes>\d+) \| (?P<builds>[^|]+) \|$",
    re.M,
)


#: The line that opens the course.
COMMAND = re.compile(r"^pip install uv && uv run .*rnn-course$", re.M)


@dataclass(frozen=True)
class Lesson:
    """A lesson as the README's table tells it, with the points that its page gives."""

    name: str
    number: str
    title: str
    minutes: int
    builds: str
    points: float


@dataclass(frozen=True)
class Part:
    """A part of the course, with the question that it answers and a picture."""

    title: str
    question: str
    colour: str
    picture: Drawing
    lessons: list[Lesson]

    @property
    def hours(self) -> int:
        """Its length, to hours."""
        return round(sum(lesson.minutes for lesson in self.lessons) / 60)


def parts(readme: str) -> list[Part]:
    """Read the parts and lessons of the course from the README's table, whose minutes are counted.

    Args:
        readme: the README's text.

    Returns:
        The parts; what stands before the first one begins it.

    Example:
        >>> row = "| 00 | [Start](notebooks/00_start/00_start.ipynb) | 20 | `f` |"
        >>> [first, *_] = parts(row + chr(10) + "| | **Part I: the state** | | |")
        >>> first.title, first.lessons[0].minutes, first.lessons[0].builds
        ('Part I: the state', 20, '<code>f</code>')
    """
    titles = [(found.start(), found["part"]) for found in PART.finditer(readme)]
    rows = [(found.start(), _lesson(found)) for found in LESSON.finditer(readme)]
    pictures = [loop_and_unrolling(), two_paths(), lstm_cell(), encoder_decoder()]
    told = zip(titles, QUESTIONS, PARTS.values(), pictures, strict=False)
    ends = [start for start, _ in titles[1:]] + [len(readme)]
    return [
        Part(
            title,
            question,
            colour,
            picture,
            [row for at, row in rows if (k == 0 or at > start) and at < ends[k]],
        )
        for k, ((start, title), question, (colour, _), picture) in enumerate(told)
    ]


def _lesson(found: re.Match[str]) -> Lesson:
    builds = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(found["builds"].strip()))
    name = found["name"]
    points = sum(one.points for one in checks.exercises().values() if one.lesson == name)
    return Lesson(name, found["number"], found["title"], int(found["minutes"]), builds, points)


def index(course: list[Part]) -> str:
    """Return the page from which Sphinx takes the order of the lessons, in their parts."""
    trees = [
        "\n".join(
            [
                "```{toctree}",
                f":caption: {part.title}",
                ":hidden:",
                "",
                *(lesson.name for lesson in part.lessons),
                "```",
                "",
            ]
        )
        for part in course
    ]
    return f"# {TITLE}\n\n" + "\n".join(trees)


def write_start(
    root: Path, out: Path, course: list[Part], plays: str, repository: str | None, address: str
) -> None:
    """Write the start page over Sphinx's, the page for what is not found, and what robots read.

    Args:
        root: the course's folder.
        out: the site's folder.
        course: its parts.
        plays: the folder of the pictures' modules, below `_static`.
        repository: owner/name on GitHub, if any.
        address: where the site will be, with a slash at its end; empty where that is not known.
    """
    import yaml
    from jinja2 import Environment, FileSystemLoader

    from rnn_utils.course.site.social import draw
    from rnn_utils.widgets import writing_network

    writer = writing_network()
    payload = {"traits": {"network": writer.network, "text": writer.text}}
    (out / "_static" / "writer.json").write_text(json.dumps(payload), "utf-8")
    draw(out / "_static" / "social.png", TITLE)
    shutil.copy(root / "LICENSE", out / "LICENSE.txt")
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True)
    told = {
        "title": TITLE,
        "about": ABOUT,
        "parts": course,
        "hours": sum(part.hours for part in course),
        "plays": plays,
        "repository": repository,
        "address": address,
        "citation": citation,
        "command": COMMAND.findall((root / "README.md").read_text("utf-8"))[0],
        "authors": " and ".join(author["name"] for author in citation["authors"]),
        "start": writer.text,
        # A page that is not found may be missed anywhere, so its links begin at the host.
        "top": urlsplit(address).path or "/",
        "style": (STATIC / "start.css").read_text("utf-8"),
    }
    for name in ("index.html", "404.html"):
        (out / name).write_text(environment.get_template(f"start/{name}").render(told), "utf-8")
    robots = "User-agent: *\nAllow: /\n"
    if address:
        robots += f"Sitemap: {address}sitemap.xml\n"
        names = ["", *(f"{lesson.name}.html" for part in course for lesson in part.lessons)]
        (out / "sitemap.xml").write_text(_sitemap([address + name for name in names]), "utf-8")
    (out / "robots.txt").write_text(robots, "utf-8")


def _sitemap(addresses: list[str]) -> str:
    today = date.today().isoformat()
    urls = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{today}</lastmod></url>\n" for url in addresses
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<urlset xmlns="{space}">\n{urls}</urlset>\n'
