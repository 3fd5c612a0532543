"""How fast a class is graded, beside `nbgrader autograde` on the same submissions.

    uv run python benchmarks/grading_throughput.py                 # 200 submissions
    uv run python benchmarks/grading_throughput.py -n 1000
    uv run python benchmarks/grading_throughput.py --full          # nbgrader grades all of them, too

Unless `--full` is given, nbgrader grades two samples, and what one more submission costs it is the
difference of their times over the difference of their sizes; its time for the class follows from
that. Both programs grade on the same cores; nbgrader uses one. Every grade and comment of the samples
is compared.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import copy, copytree
from statistics import median

import nbformat
import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
import grading_course  # noqa: E402
from test_nbgrader import LESSON, RECORDS, only, right  # noqa: E402

#: How many submissions nbgrader grades in its two samples.
SAMPLES = (5, 15)

#: How many are graded on one core.
FEW = 200

STUB = "raise NotImplementedError('not done yet')"


def wrong(text: str):  # type: ignore[no-untyped-def]
    """Every exercise answered by a function with the same text for its body."""
    return lambda name: f"import numpy as np\n\ndef {name}(*arguments):\n    {text}"


KINDS = {
    "right-0": right(0),
    "right-1": right(1),
    "right-2": right(2),
    "empty": None,
    "none": wrong("return None"),
    "first": wrong("return arguments[0]"),
    "zeros": wrong("return np.zeros(3)"),
    "crashing": only("half_life", "def half_life(w_hh):\n    return {}[w_hh]"),
    "syntax": only("linear_rnn", "def linear_rnn(x, w_hh, w_xh, h0)\n    return x"),
    "half": only("half_life", f"def half_life(w_hh):\n    {STUB}"),
}


def make_course(root: Path, count: int) -> Path:
    """Make a course folder with a Part I lesson and so many submissions."""
    folder = root / "course"
    (folder / "solutions").mkdir(parents=True)
    copy(ROOT / "nbgrader_config.py", folder)
    copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    grading_course.run(folder, "nbgrader", "generate_assignment", LESSON)
    released = folder / "notebooks" / LESSON / f"{LESSON}.ipynb"
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            sources = KINDS[kind]
            if name in RECORDS and sources is not None:
                cell.source = sources(name)
        to = folder / "submitted" / f"s{number:05}-{kind}" / LESSON
        to.mkdir(parents=True)
        nbformat.write(notebook, to / f"{LESSON}.ipynb")
        (to / "timestamp.txt").write_text("2026-01-31 12:00:00 UTC")
    return folder


class Run:
    """A grading run, watched: its time, the time to the first grade, its memory."""

    def __init__(self, folder: Path, count: int, cores: list[int]) -> None:
        start = time.perf_counter()
        process = psutil.Popen(
            grading_course.command("rnn-course", "class", "grade", LESSON),
            cwd=folder,
            env=grading_course.environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        self.first = 0.0
        memory: list[tuple[int, float, float]] = []
        done, all_used = 0, 0.0
        at_first: tuple[float, float] | None = None
        while process.poll() is None:
            time.sleep(0.02 if not done else 0.5)
            graded = folder / "autograded"
            done = sum(1 for _ in graded.iterdir()) if graded.is_dir() else 0
            if not done:
                continue  # looking at processes takes time that the start needs
            self.first = self.first or time.perf_counter() - start
            try:
                family = process.children(recursive=True)
                children = sum(p.memory_info().rss for p in family)
                # With the processes that have ended: one or more for each submission.
                now = sum(sum(p.cpu_times()[:4]) for p in [process, *family])
                all_used = max(all_used, now)  # those of a pool that ends take theirs with them
                memory.append((done, process.memory_info().rss / 2**20, children / 2**20))
                used = sum(process.cpu_times()[:2])
                at_first = at_first or (used, all_used)
                self.writer = (used - at_first[0]) / max(1, count - 1)
                self.everything = (all_used - at_first[1]) / max(1, count - 1)
            except psutil.Error:
                continue
        self.seconds = time.perf_counter() - start
        said = process.stdout.read() if process.stdout else ""
        assert process.returncode == 0, said
        self.each = (self.seconds - self.first) / max(1, count - 1)
        by_tenth: dict[int, list[tuple[float, float]]] = {}
        for so_many, writer, others in memory:
            by_tenth.setdefault(10 * so_many // (count + 1), []).append((writer, others))
        #: Medians in each tenth of the class, in MB: of the writer, and of all others.
        self.memory = [tuple(map(median, zip(*part, strict=True))) for part in by_tenth.values()]


def copy_of(folder: Path, there: Path, count: int) -> Path:
    """Copy an ungraded course with its first submissions; return where it is."""
    copytree(folder, there, ignore=lambda at, names: names if at.endswith("submitted") else [])
    for student in sorted((folder / "submitted").iterdir())[:count]:
        copytree(student, there / "submitted" / student.name)
    return there


def nbgrader_seconds(root: Path, folder: Path, count: int) -> tuple[float, Path]:
    """Let nbgrader grade the first submissions in a copy of the course; return its time and folder."""
    there = copy_of(folder, root / f"nbgrader-{count}", count)
    with (there / "nbgrader_config.py").open("a") as file:
        file.write("\ndel c.Autograde.autograde_preprocessors  # nbgrader as it comes\n")
    start = time.perf_counter()
    grading_course.run(there, "nbgrader", "autograde", LESSON, timeout=None)
    return time.perf_counter() - start, there


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=200, help="how many submissions")
    parser.add_argument("--full", action="store_true", help="let nbgrader grade all of them")
    options = parser.parse_args()
    grading_course.NAME = LESSON
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        folder = make_course(root, options.n)
        fresh = copytree(folder, root / "fresh")
        few = min(options.n, FEW)
        one = copy_of(folder, root / "one", few)

        ours = Run(folder, options.n, cores)
        print(f"rnn-course class grade, {options.n} submissions, {len(cores)} cores:")
        print(f"  {ours.seconds:.1f} s in all, {ours.first:.1f} s to the first grade,")
        print(f"  {1000 * ours.each:.0f} ms for each further submission,")
        print(
            f"  {1000 * ours.everything:.0f} ms of processor time for each, "
            f"{1000 * ours.writer:.0f} of them in the one writer;"
        )
        for who, amounts in zip(
            ("the writer", "all others"), zip(*ours.memory, strict=True), strict=True
        ):
            told = ", ".join(f"{amount:.0f}" for amount in amounts)
            print(f"  memory of {who} in each tenth of the class, in MB: {told}")
        again = Run(folder, options.n, cores)
        print(f"  again, with nothing changed: {again.seconds:.1f} s")
        single = Run(one, few, cores[:1])
        print(f"  one core, {few} of them: {1000 * single.each:.0f} ms for each further submission")

        sizes = (options.n,) if options.full else tuple(min(s, options.n) for s in SAMPLES)
        times = [nbgrader_seconds(root, fresh, size) for size in sizes]
        if options.full:
            theirs = times[-1][0]
            print(f"nbgrader autograde, {options.n} submissions: {theirs:.1f} s")
        else:
            each = (times[1][0] - times[0][0]) / (sizes[1] - sizes[0])
            theirs = times[0][0] + each * (options.n - sizes[0])
            print(
                f"nbgrader autograde, {sizes[0]} and {sizes[1]} submissions: {times[0][0]:.1f} and "
                f"{times[1][0]:.1f} s, so {each:.2f} s for one more and {theirs:.0f} s for all"
            )
        print(f"ratio: {theirs / ours.seconds:.1f}")

        expected = grading_course.rows(times[-1][1])
        found = grading_course.rows(folder)
        differ = [student for student in expected if found[student] != expected[student]]
        print(f"grades and comments of {len(expected)} submissions compared: {len(differ)} differ")
        if differ:
            print("  " + ", ".join(differ))
            raise SystemExit(1)


if __name__ == "__main__":
    main()
