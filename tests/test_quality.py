"""Lint, format and types of the code, lessons included; spelling of the prose; words that stay out."""

import ast
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Written so that this file does not hold them itself.
MACHINE_PATHS = r"(?<![\w.~])/(?:work|tmp|root|home|Users)/\w"
REGISTRY_HOSTS = r"pyp[i]\.|pythonhoste[d]\.|npmj[s]\.|anacond[a]\.(?:org|com)|deb\.debia[n]"
UNFINISHED = r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"
BINARY = {".png", ".gz", ".npz", ".gif", ".jpg", ".ico", ".woff2"}


def program(name: str) -> str:
    """Find a program of this environment, whether or not it is activated."""
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    assert path, f"{name} is missing; run the tests with `uv run pytest`"
    return path


def succeeds(*command: str) -> None:
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"


def repository_files() -> list[Path]:
    """List what is, or is about to be, in the repository."""
    if (ROOT / ".git").exists() and (git := shutil.which("git")):
        command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        files = [ROOT / name for name in names.decode().split("\0") if name]
    else:  # a downloaded archive
        hidden = {".venv", "my_work", "__pycache__"}
        files = [f for f in ROOT.rglob("*") if not hidden & set(f.relative_to(ROOT).parts)]
    return [file for file in files if file.is_file() and file.suffix not in BINARY]


def test_lint() -> None:
    succeeds(program("ruff"), "check", ".")


def test_format() -> None:
    """In a lesson, `jupytext --pipe "ruff format -" solutions/NN_topic/NN_topic.md` mends it."""
    succeeds(program("ruff"), "format", "--check", ".")


def test_types() -> None:
    succeeds(sys.executable, "-m", "mypy")


def test_upper_rooms_import_lower_ones_and_never_the_other_way() -> None:
    """What may import what stands in `pyproject.toml`, and as a drawing in docs/architecture.md."""
    succeeds(program("lint-imports"), "--no-logo", "--no-cache")


def test_spelling() -> None:
    succeeds(program("typos"), "--config", "_typos.toml")


def prose_of(source: str) -> str:
    """Blank everything of a Python file but docstrings and comments, line by line."""
    lines = source.splitlines()
    prose = [""] * len(lines)
    for node in ast.walk(ast.parse(source)):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node):
            text = node.body[0]
            prose[text.lineno - 1 : text.end_lineno] = lines[text.lineno - 1 : text.end_lineno]
    example = False
    for number, line in enumerate(prose):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if example:
            prose[number] = ""
    rest = iter(source.splitlines(keepends=True))
    for token in tokenize.generate_tokens(lambda: next(rest, "")):
        if token.type == tokenize.COMMENT:
            prose[token.start[0] - 1] = token.string
    return "\n".join(re.sub(r"^ +\w+(, \w+)*:", "", line) for line in prose)  # names of arguments


def test_prose_of_python_files_leaves_the_code_out() -> None:
    source = (
        'def f(color):\n    """Draw.\n\n    color: which.\n\n    >>> f("red")\n    1\n    """\n'
        "    a = color  # why"
    )
    assert prose_of(source).split() == ['"""Draw.', "which.", "#", "why"]


def test_spelling_of_docstrings_and_comments_is_british(tmp_path: Path) -> None:
    for file in repository_files():
        if file.suffix == ".py" and file != Path(__file__):
            copy = tmp_path / file.relative_to(ROOT).with_suffix(".py.md")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(prose_of(file.read_text("utf-8")), "utf-8")
    succeeds(program("typos"), "--config", str(ROOT / "_typos.toml"), str(tmp_path))


def test_spelling_is_british_in_prose_and_free_in_code(tmp_path: Path) -> None:
    command = [program("typos"), "--config", str(ROOT / "_typos.toml"), "--format", "brief"]
    text = tmp_path / "lesson.md"
    text.write_text("The colour `color`.\n\n```python\ncolor\n```\n", "utf-8")
    succeeds(*command, str(text))
    text.write_text("The color.\n", "utf-8")
    found = subprocess.run([*command, str(text)], capture_output=True, text=True, check=False)
    assert "`color` should be `colour`" in found.stdout


@pytest.mark.parametrize("words", [MACHINE_PATHS, REGISTRY_HOSTS, UNFINISHED])
def test_words_that_stay_out(words: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in repository_files()
        if file != Path(__file__)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if re.search(words, line)
    ]
    assert not found, "\n".join(found)


def test_a_file_of_more_than_400_lines_says_at_its_top_why_it_is_one() -> None:
    code = [file for file in repository_files() if file.suffix in (".py", ".js", ".css")]
    long = {file: text for file in code if (text := file.read_text("utf-8")).count("\n") > 400}
    silent = [file.name for file, text in long.items() if "One file, since " not in text[:1000]]
    assert not silent, "part them by what they are about, or say `One file, since …`"


def test_no_lock_file_is_kept() -> None:
    assert not [f for f in repository_files() if f.name.endswith((".lock", "-lock.json"))]


def test_ci_runs_the_line_that_the_readme_gives() -> None:
    line = "pip install uv && uv run pytest"
    assert line in [text.strip() for text in (ROOT / "README.md").read_text("utf-8").splitlines()]
    assert line in (ROOT / ".ci/run").read_text("utf-8")


def test_the_quick_tests_that_contributing_names_are_there() -> None:
    """And every file that is called slow exists, so that none is missed after it got another name."""
    from conftest import LONGEST, SLOW

    assert 'uv run pytest -m "not slow"' in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    files = {path.name for path in (ROOT / "tests").glob("test_*.py")}
    assert files >= SLOW | set(LONGEST)
    assert len(files - SLOW) > 30
