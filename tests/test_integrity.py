"""A secret in the hidden tests, and answers that are alike."""

import random
import shutil
import stat
import sys
from dataclasses import replace
from importlib import import_module

import nbformat
import pytest
from nbgrader.api import Gradebook
from right_answers import __path__ as answers
from test_teaching import LESSON, ROOT

from rnn_utils.checks import exercises, judge, seeded
from rnn_utils.classroom.course import open_course
from rnn_utils.classroom.release import release
from rnn_utils.classroom.similar import alike
from rnn_utils.course_folder import CourseError
from rnn_utils.grading.book import lesson as lessons
from rnn_utils.grading.book.seeds import seed
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.run.settings import settings

# The secret ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("integrity") / "course"
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    release(open_course(folder, new=True), LESSON, say=lambda said: None)
    return folder


def hidden_tests(folder):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "rnn-course") as book:
        cells = book.find_notebook(LESSON, LESSON).source_cells
        return {c.name: c.source for c in cells if c.name.startswith("test_")}


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are POSIX's")
def test_the_secret_is_its_owners_and_only_seeds_of_it_go_further(released):
    secret = released / ".class_secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    told = "".join(hidden_tests(released).values())
    assert secret.read_text() not in told
    for name in (n for n, e in exercises().items() if e.lesson == LESSON):
        assert f'grade("{name}", {name}, "{seed(secret.read_bytes(), name)}")' in told
    handed_out = (released / "notebooks" / LESSON / f"{LESSON}.ipynb").read_bytes()
    committed = ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb"
    assert nbformat.reads(handed_out.decode(), 4) == nbformat.read(committed, 4)


def test_a_seeded_lesson_is_loaded_as_the_released_one(released):
    directory, _ = settings(released)
    with Gradebook(directory.db_url, "rnn-course") as book:
        loaded = lessons.load(book, directory, LESSON, Limits())
    assert loaded.sheets[LESSON].locked == hidden_tests(released) | loaded.sheets[LESSON].locked


def test_another_class_draws_other_values(released):
    record = exercises()["half_life"]
    secrets = [(released / ".class_secret").read_bytes(), b"another"]
    drawn = [
        repr(seeded(record.name, seed(secret, record.name)).arguments(record.cases[0], "hidden"))
        for secret in secrets
    ]
    assert drawn[0] != drawn[1]
    assert drawn[0] != repr(record.arguments(record.cases[0], "hidden"))


def test_every_exercise_gets_a_seed_of_its_own():
    seeds = [seed(b"secret", name) for name in exercises()]
    assert all(seeds)
    assert len(set(seeds)) == len(seeds)
    assert seed(b"secret", "an exercise of the instructor's") == ""


def test_a_mistake_that_passes_under_every_seed_is_said_when_the_lesson_is_released(monkeypatch):
    record = exercises()["half_life"]
    harmless = replace(record.mistakes[0], name="harmless", wrong=record.reference)
    spoilt = replace(record, mistakes=(*record.mistakes, harmless))
    monkeypatch.setitem(exercises(), "half_life", spoilt)
    seeded.cache_clear()
    with pytest.raises(CourseError, match=r"half_life: .* harmless"):
        seed(b"a secret of this test", "half_life")
    seeded.cache_clear()


LESSONS = sorted({record.lesson[:2] for record in exercises().values()})


@pytest.mark.parametrize("number", LESSONS)
def test_right_answers_pass_whatever_the_seed(number):
    assert answers
    right = import_module(f"right_answers.lesson_{number}").RIGHT_ANSWERS
    name = random.Random(number).choice(sorted(right))
    for text in ("0f", "1e"):
        for answer in right[name]:
            verdict = judge(seeded(name, text), answer, "hidden")
            assert verdict.passed, (name, text, verdict.message)


# Alike ---------------------------------------------------------------------------------------------

LONG = """
def rnn_backward(dh, cache, W_hh):
    total = np.zeros_like(dh[0])
    grads = np.zeros_like(W_hh)
    for t in reversed(range(len(dh))):
        total = total + dh[t]
        slope = (1 - cache[t] ** 2) * total
        grads += slope.T @ cache[t - 1] if t > 0 else 0
        total = slope @ W_hh
    return grads, total
"""
RENAMED = (
    LONG.replace("total", "back")
    .replace("slope", "da")
    .replace("    for", "    # going back in time\n    for")
    .replace("grads", "dW")
)
OTHER = """
def rnn_backward(dh, cache, W_hh):
    steps = len(dh)
    if steps == 0:
        return 0 * W_hh, None
    das, carried = [None] * steps, 0.0
    while steps:
        steps -= 1
        das[steps] = np.multiply(dh[steps] + carried, 1.0 - np.square(cache[steps]))
        carried = np.einsum("nh,hk->nk", das[steps], W_hh)
    pairs = zip(das[1:], cache[:-1], strict=False)
    return sum(np.einsum("nh,nk->hk", a, h) for a, h in pairs), carried
"""


def test_a_copy_with_other_names_is_found_and_an_answer_of_its_own_is_not():
    found = alike({"rnn_backward": {"ada": LONG, "bob": RENAMED, "cyd": OTHER}}, [], 200)
    assert [pair.students for pair in found] == [("ada", "bob")]
    assert found[0].alike > 0.9
    assert all("<mark>" in page for page in found[0].pages)


def test_what_the_lesson_holds_many_wrote_or_is_short_does_not_count():
    assert alike({"x": {"ada": LONG, "bob": RENAMED}}, [LONG]) == []
    many = {f"s{k}": LONG for k in range(6)}
    assert alike({"x": many}, []) == []
    assert alike({"x": {"ada": LONG, "bob": LONG}}, [], least=2000) == []


def test_students_text_is_not_taken_for_html():
    wicked = LONG + "\nx = '<script>alert(1)</script>'\n"
    (pair,) = alike({"x": {"ada": wicked, "bob": wicked}}, [])
    assert all("<script" not in page for page in pair.pages)
