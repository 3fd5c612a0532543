"""Every exercise of the course, graded with the student's function in another process."""

import os
import re
import signal
import socket
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from handed_in import authored
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
from test_graders import unwatched

from rnn_utils.checks import exercises, judge
from rnn_utils.checks.framework.behaviour import repeated
from rnn_utils.checks.framework.run import Crash
from rnn_utils.course.build import lessons
from rnn_utils.grading.limits import Limits
from rnn_utils.grading.protocol.calls import Peer
from rnn_utils.grading.protocol.frames import Channel
from rnn_utils.grading.sandbox.shell import captured

ROOT = Path(__file__).parents[1]
RECORDS = exercises()
MODULES = {
    path.stem: import_module(f"right_answers.{path.stem}")
    for path in sorted((Path(__file__).parent / "right_answers").glob("lesson_*.py"))
}
LESSONS = [name for name in lessons(ROOT) if f"lesson_{name[:2]}" in MODULES]
MISTAKES = [(name, m) for name, record in RECORDS.items() for m in record.mistakes]
#: How many of an exercise's mistakes are compared: they are spread over all, which test_graders judges;
#: fewer where each takes seconds of drawing.
COMPARED = 40
SLOW = {"sample_next": 6, "generate": 4, "orthogonal": 4}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="classes are graded on Linux")


# Right answers, through the whole executor ----------------------------------------------------------


@pytest.mark.parametrize("style", range(3))
@pytest.mark.parametrize("lesson", LESSONS, scope="module")  # one process of a student's for all
def test_right_answers_get_all_points(executor, lesson, style):
    module = MODULES[f"lesson_{lesson[:2]}"]
    source = authored(lesson)
    handed = authored(lesson)
    text = Path(module.__file__).read_text(encoding="utf-8")
    for cell in handed.cells:
        answers = module.RIGHT_ANSWERS.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if answers:
            chosen = answers[style % len(answers)]
            cell.source = f"{text}\n{cell.metadata.nbgrader.grade_id} = {chosen.__name__}"
            text = ""  # once for all answers of the lesson
    done = executor.execute(handed, source=source)
    assert graded_cells(done.notebook)
    for cell in graded_cells(done.notebook):
        got, most = determine_grade(cell, None)
        assert got == most, (cell.metadata.nbgrader.grade_id, cell.outputs)
    assert done.notes == []


@pytest.mark.parametrize("what", ["answer", "helper"])
@pytest.mark.parametrize("lesson", LESSONS[:3])
def test_what_stands_below_an_answer_in_a_cell_of_ones_own_counts(executor, lesson, what):
    source = authored(lesson)
    handed = new_notebook()
    for cell in authored(lesson).cells:
        mark = cell.metadata.get("nbgrader", {})
        handed.cells.append(cell)
        if mark.get("solution") and cell.cell_type == "code":
            name, right = mark.grade_id, cell.source
            if what == "helper":
                right = re.sub(rf"\b{name}\b", f"helper_of_{name}", right)
                first = new_code_cell(f"def helper_of_{name}(*arguments): return 0")
                handed.cells.insert(-1, first)
                cell.source = f"def {name}(*arguments): return helper_of_{name}(*arguments)"
            else:
                cell.source = f"def {name}(*arguments): raise NotImplementedError"
            handed.cells.append(new_code_cell(right))
    done = executor.execute(handed, source=source)
    assert all(g == m for g, m in grades(done.notebook)), done.notes


#: Cells of one's own above an answer that says `assert … == 0.5`.
ABOVE = {
    "what a function fills": (
        ["halves = []\ndef fill(): halves.append(0.5)", "fill()"],
        "halves[0]",
    ),
    "another name for a list": (["halves = []\nsame = halves", "same.append(0.5)"], "halves[0]"),
    "a module that is written": (["%%writefile own.py\nhalf = 0.5", "import own"], "own.half"),
    "a file": (["with open('half', 'w') as file: file.write('0.5')"], "float(open('half').read())"),
    "by name": (["globals()['half'] = 0.5"], "half"),
}


@pytest.mark.parametrize("what", ABOVE)
def test_what_cells_of_ones_own_above_an_answer_do_counts(executor, what):
    cells, said = ABOVE[what]
    source = authored("01_state_equation")
    handed = new_notebook()
    for cell in authored("01_state_equation").cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "half_life":
            handed.cells += [new_code_cell(own) for own in cells]
            answer = cell.source.replace("half_life", "answer")
            cell.source = (
                f"{answer}\n\ndef half_life(w):\n    assert {said} == 0.5\n    return answer(w)"
            )
        handed.cells.append(cell)
    done = executor.execute(handed, source=source)
    assert all(g == m for g, m in grades(done.notebook)), done.notes


def test_long_experiments_of_ones_own_cost_no_answer_its_time(executor):
    source, handed = (authored("01_state_equation") for _ in range(2))
    handed.cells[2:2] = [new_code_cell("import time\nwhile True: time.sleep(1)") for _ in range(20)]
    done = executor.execute(handed, Limits(cell_seconds=2, seconds=30), source=source)
    assert all(g == m for g, m in grades(done.notebook)), done.notes


@pytest.mark.parametrize("lesson", LESSONS, scope="module")  # one process of a student's for all
def test_the_lessons_own_solutions_get_all_points_and_stubs_none(executor, lesson):
    source = authored(lesson)
    done = executor.execute(source, source=source)
    assert all(g == m for g, m in grades(done.notebook)), done.notes
    stubs = authored(lesson)
    for cell in stubs.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            head = re.split(r"### BEGIN SOLUTION", cell.source)[0]
            cell.source = head + 'raise NotImplementedError("not done yet")'
    done = executor.execute(stubs, source=source)
    assert all(g == 0 for g, _ in grades(done.notebook))


def graded_cells(notebook):
    """Return the test cells; a written answer, which is marked by hand, is none."""
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    return [c for c in graded if c.cell_type == "code"]


def grades(notebook):
    return [determine_grade(c, None) for c in graded_cells(notebook)]


def one_sided(f, a):
    """A mistake as a learner writes it; the record's own asks f for more than its values."""
    gradient = np.zeros(a.shape)
    for place in np.ndindex(a.shape):
        up = a.copy()
        up[place] += 1e-6
        gradient[place] = (f(up) - f(a)) / 1e-6
    return gradient


# Known mistakes, through the wire alone -------------------------------------------------------------


@contextmanager
def served(functions):
    """The way to a process of its own that answers by these functions."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        try:
            own = {"during": captured, "own_file": lambda file: file.startswith("<cell")}
            Peer(Channel(theirs), functions, objects=True, **own).serve()
        finally:
            os._exit(0)
    theirs.close()
    peer = Peer(Channel(ours), {}, interrupt=lambda: os.kill(child, signal.SIGINT))
    yield peer
    peer.give_up("done")
    os.waitpid(child, 0)


@pytest.fixture(scope="module")
def remote():
    """All known mistakes, living in another process."""
    functions = {
        "mistakes": lambda: [m.wrong for _, m in MISTAKES],
        "one_sided": lambda: one_sided,
    }
    with served(functions) as peer:
        known = dict(enumerate(peer.ask("mistakes")))
        yield known | {"one_sided": peer.ask("one_sided")}


def test_a_mistake_in_calling_a_function_of_the_test_is_named(remote):
    record = RECORDS["numerical_gradient"]
    there = judge(record, remote["one_sided"], "hidden")
    assert there.mistakes == ("one-sided",)
    assert there.message == judge(record, one_sided, "hidden").message


@pytest.mark.parametrize("name", [name for name in RECORDS if name != "numerical_gradient"])
def test_known_mistakes_get_the_same_message_as_in_one_process(remote, name, monkeypatch):
    unwatched(monkeypatch)  # mistakes are the package's own code, in which no call counts
    record = RECORDS[name]
    single = [
        (place, mistake)
        for place, (exercise, mistake) in enumerate(MISTAKES)
        if exercise == name and " + " not in mistake.name
        if "np.random" not in mistake.name  # whose draws cannot be repeated
        if mistake.name != "one array for two"  # which come as two arrays over the wire
    ]
    step = max(1, -(-len(single) // SLOW.get(name, COMPARED)))
    for place, mistake in single[::step]:
        here = judge(record, mistake.wrong, "hidden")
        there = judge(record, remote[place], "hidden")
        assert there.message == here.message, mistake.name
        assert (there.share, there.mistakes) == (here.share, here.mistakes)


# What goes over the wire -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def echo():
    with served({"echo": lambda value: value, "run": lambda text: eval(text)}) as peer:
        yield peer


PLAIN = [
    None,
    True,
    -3,
    2**200,
    1.5,
    float("inf"),
    -0.0,
    "text “ü”",
    b"bytes",
    1 + 2j,
    [1, [2.0, None]],
    (1, (2,)),
    {"a": 1, 2: [3]},
    {1, 2},
    range(2, 9, 3),
    np.float32(1.5),
    np.bool_(True),
    np.int16(-4),
    np.array(["a", "bc"]),
    np.zeros((0, 3)),
    np.array(5),
    np.array([True, False]),
    np.array(["2020-01-01"], "datetime64[D]"),
    np.float64,
    np.tanh,
    int,
]


@pytest.mark.parametrize("value", PLAIN, ids=str)
def test_plain_values_come_back_as_they_went(echo, value):
    back = echo.ask("echo", value)
    assert type(back) is type(value)
    if isinstance(value, np.ndarray | np.generic):
        assert back.dtype == value.dtype
        np.testing.assert_array_equal(back, value)
    else:
        assert repr(back) == repr(value)


def test_the_layout_of_an_array_is_kept(echo):
    wide = np.arange(24.0).reshape(4, 6)
    layout = "lambda a: (a.flags.c_contiguous, a.flags.f_contiguous, a.flags.writeable)"
    tell = echo.ask("run", layout)
    locked = wide.copy()
    locked.flags.writeable = False
    for a in (wide, wide.T, wide[:, ::2], locked):
        flags = a.flags
        assert tell(a) == (flags.c_contiguous, flags.f_contiguous, flags.writeable)


def test_a_change_in_place_arrives(echo):
    a, many, table = np.arange(3.0), [1, np.zeros(2)], {"x": np.ones(1)}
    kept = many[1]
    change = "lambda a, m, t: (a.__setitem__(0, 9.0), m[1].__iadd__(5), m.append(7), t.clear())"
    echo.ask("run", change)(a, many, table)
    assert a[0] == 9.0
    assert many[2] == 7
    assert kept[0] == 5
    assert table == {}


def test_a_generator_of_random_numbers_goes_on_where_it_was_left(echo):
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    draw = echo.ask("run", "lambda rng: rng.normal(size=3)")
    np.testing.assert_array_equal(draw(rng), same.normal(size=3))
    assert rng.random() == same.random()


def test_many_calls_draw_what_they_draw_one_by_one(echo):
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    kept = np.zeros(2)
    draw = echo.ask("run", "lambda rng, kept: kept.__iadd__(rng.normal(size=2))")
    came = list(repeated(draw, rng, kept, times=250))
    assert np.array_equal(came, np.cumsum(same.normal(size=(250, 2)), axis=0))
    assert np.array_equal(kept, came[-1])
    assert rng.random() == same.random()


ENDLESS = "__import__('threading').Event().wait()"

#: An answer of which one call among many fails: it sleeps, or raises.
ONE_FAILS = """
count = iter(range(99))
def draw(rng):
    if next(count) == 49:
        {}
    return rng.random()
"""


def test_one_failing_call_among_many_is_ended_and_told_with_its_line():
    lines = {"<cell 1>": 7}.get

    def draw_of(what):
        names = {}
        exec(compile(ONE_FAILS.format(what), "<cell 1>", "exec"), names)
        return names["draw"]

    with served({"draw": draw_of}) as peer:
        peer._lines = lambda file: lines(file, 0)
        for what, kind in (("raise OSError('no')", OSError), (ENDLESS, KeyboardInterrupt)):
            rng, same = np.random.default_rng(3), np.random.default_rng(3)
            draw, came = peer.ask("draw", what), []
            peer.seconds = 0.5
            with pytest.raises(kind) as failed:
                came.extend(repeated(draw, rng, times=100))
            assert came == list(same.random(49))
            assert Crash.of(failed.value).place == "at line 5"
            assert peer.overdue == (kind is KeyboardInterrupt)
            assert draw(rng) == same.random()


def test_functions_go_both_ways(echo):
    twice = echo.ask("run", "lambda f: lambda x: f(f(x))")
    assert twice(lambda x: 3 * x)(2) == 18
    f = lambda x: x  # noqa: E731
    assert echo.ask("echo", f) is f


def test_generators_are_read_value_by_value(echo):
    counting = echo.ask("run", "__import__('itertools').count(5)")
    assert [next(counting) for _ in range(3)] == [5, 6, 7]
    assert list(echo.ask("run", "(k * k for k in range(4))")) == [0, 1, 4, 9]


def test_an_object_answers_by_its_methods_and_is_equal_to_no_data(echo):
    counter = echo.ask("run", "__import__('collections').deque([1, 2])")
    counter.append(3)
    assert list(counter) == [1, 2, 3]
    assert len(counter) == 3
    assert counter != [1, 2, 3]
    with pytest.raises(ValueError, match="no array"):
        np.asarray(counter)


def test_errors_keep_their_kind_and_text(echo):
    for text, kind, words in [
        ("{}['x']", KeyError, "'x'"),
        ("[][3]", IndexError, "list index out of range"),
        ("__import__('numpy').zeros(2).reshape(5)", ValueError, "cannot reshape"),
        (
            "__import__('numpy').linalg.inv(__import__('numpy').zeros((2, 2)))",
            Exception,
            "Singular",
        ),
    ]:
        with pytest.raises(kind, match=words):
            echo.ask("run", text)


def test_a_test_hands_over_functions_to_be_called_and_nothing_else(echo):
    look = echo.ask("run", "lambda f, name: getattr(f, name)")
    with pytest.raises(AttributeError):
        look(lambda: 0, "__globals__")
    with pytest.raises(AttributeError, match="only be called"):
        look(lambda: 0, "secret")
    with pytest.raises(TypeError, match="cannot be handed"):
        look(object(), "x")
