"""What a document names is there: files, folders, links, sections, and commands with their options."""

import re
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
import typer

from rnn_utils.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
    "rnn_utils/data/README.md",
    ".github/pull_request_template.md",
]

#: A file or a folder of this repository, as it is written in text: NN and NAME stand for any lesson and name.
PLACE = re.compile(
    r"(?<![\w./~-])[\w.-]+(?:/[\w.*-]+)+/?|(?<![\w./-])\w+\.(?:py|js|toml|yml|css|html)\b"
)
ENDINGS = {".py", ".md", ".js", ".toml", ".yml", ".css", ".html", ".csv", ".json", ".npz", ".txt"}

#: What is made or given where a document's reader stands, and is no part of the repository.
MADE = re.compile(
    r"build/|my_work|my_quiz|downloaded/|for_lms/|submitted/|autograded/|feedback/|release/|archives?/|\.venv|/?etc/jupyter/?$"
    r"|roster\.csv|report\.html|gradebook\.db|guesses\.json"
)


@cache
def repository() -> tuple[PurePosixPath, ...]:
    """Every file of the repository and every folder."""
    known = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\n")
    files = {PurePosixPath(name) for name in known if name and (ROOT / name).exists()}
    return tuple(files | {folder for file in files for folder in file.parents})


def is_there(place: str) -> bool:
    """Return whether something in the repository has a path that ends so."""
    pattern = place.rstrip("/").replace("NN_topic", "*").replace("NN", "*").replace("NAME", "*")
    return any(path.match(pattern) for path in repository())


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def places(text: str) -> list[str]:
    """Return what a text names as a place of this repository."""
    code = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    code += re.findall(r"```sh\n(.*?)```", text, re.S)
    rooms = {path.parts[0] for path in repository() if path.parts}
    found = []
    for place in PLACE.findall("\n".join(code)):
        named = PurePosixPath(place.split("::")[0])
        if (named.suffix in ENDINGS or named.parts[0] in rooms) and not MADE.search(place):
            found.append(place)
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_place_that_a_document_names_is_there(document):
    missing = [place for place in places(text_of(document)) if not is_there(place)]
    assert not missing


def test_a_place_that_is_gone_is_seen():
    text = "Look into `grading/sandbox/jail.py`, `sandbox/cage.py` and `rnn_utils/kept.py`."
    assert [place for place in places(text) if not is_there(place)] == [
        "sandbox/cage.py",
        "rnn_utils/kept.py",
    ]


def heading_anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_within_the_repository_leads_somewhere(document):
    folder, lost = (ROOT / document).parent, []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if re.match(r"\w+:", target):
            continue
        path, _, section = target.partition("#")
        file = folder / path if path else ROOT / document
        if not file.exists() or (
            section and section not in heading_anchors(file.read_text("utf-8"))
        ):
            lost.append(target)
    assert not lost


def commands(text: str) -> list[list[str]]:
    """Return the words of every `rnn-course …` that a text names, up to what is a value or a remark."""
    code = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    code += [
        line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.split("\n")
    ]
    found = []
    for line in code:
        for call in re.findall(r"(?:^|&& |; |\| |uv run |--no-dev )rnn-course( [^&|;#]*)?", line):
            found.append([word.strip(".,") for word in call.split()])
    return found


def unknown(words: list[str]) -> str:
    """Return what of a command does not exist, if anything."""
    command = typer.main.get_command(app)
    for place, word in enumerate(words):
        within = getattr(command, "commands", {})
        options = {"--help"}.union(*(p.opts + p.secondary_opts for p in command.params))
        if word.startswith("--") and word.partition("=")[0] not in options:
            return " ".join([*words[:place], word])
        if within and re.fullmatch(r"[a-z][a-z-]+", word) and word not in within:
            return " ".join([*words[:place], word])
        command = within.get(word, command)
    return ""


# The changelog tells of what is gone, too.
@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d != "CHANGELOG.md"])
def test_every_command_that_a_document_names_is_there_with_its_options(document):
    wrong = [unknown(words) for words in commands(text_of(document))]
    assert not [name for name in wrong if name]


def test_a_command_or_option_that_is_gone_is_seen():
    assert unknown(["class", "grades"]) == "class grades"
    assert unknown(["class", "grade", "03", "--fast"]) == "class grade 03 --fast"
    assert unknown(["class", "grade", "03", "--student", "ada"]) == ""
