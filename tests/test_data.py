"""The shipped data are whole, are what their sources say, and the tasks have the stated scores."""

import gzip
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_utils import data
from rnn_utils.data import sources

ROOT = Path(__file__).resolve().parent.parent

# ---------------------------------------------------------------- sources


@pytest.mark.parametrize("source", data.SOURCES.values(), ids=lambda source: source.name)
def test_the_readme_says_what_the_source_says(source: data.Source) -> None:
    readme = resources.files("rnn_utils.data").joinpath("README.md").read_text("utf-8")
    section = readme.split(f"## `{source.name}()`")[1].split("\n## ")[0]
    for said in (source.file, source.title, source.author, source.year, source.licence):
        assert str(said) in section
    assert source.origin in section


def test_every_shipped_file_has_a_source_and_every_source_a_loader() -> None:
    folder = resources.files("rnn_utils.data")
    shipped = {
        entry.name
        for entry in folder.iterdir()
        if entry.name.endswith((".txt", ".csv", ".gz", ".npz"))
    }
    assert shipped == {source.file for source in data.SOURCES.values()}
    for name in data.SOURCES:
        assert callable(getattr(data, name))


def test_a_source_made_here_is_what_its_command_writes() -> None:
    for source in data.SOURCES.values():
        made = re.match(r"Made by `(benchmarks/\w+\.py)`", source.origin)
        if made:
            command = (ROOT / made[1]).read_text("utf-8")
            assert f" rnn_utils/data/{source.file}\n" in command, source.name


def test_licences_are_open() -> None:
    assert {source.licence for source in data.SOURCES.values()} <= {"public domain", "CC BY 4.0"}


def test_the_files_are_the_original_ones_and_small() -> None:
    data.verify()
    assert sum(len(source.read()) for source in data.SOURCES.values()) < 1_000_000


def test_a_changed_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = data.Source("x", "names.txt", "x", "x", 1, "x", "x", sha256="0" * 64)
    monkeypatch.setitem(sources.SOURCES, "x", changed)
    with pytest.raises(ValueError, match=r"names\.txt was changed: expected sha256 000.*Install"):
        data.verify()


# ---------------------------------------------------------------- texts


def test_the_book_is_a_clean_text_of_the_agreed_size() -> None:
    text = data.book()
    assert 100_000 <= len(text) <= 400_000
    assert text.isascii()
    assert "\r" not in text
    assert "Gutenberg" not in text
    assert "  " not in text
    assert "\n\n\n" not in text
    assert all(line == line.strip() for line in text.split("\n"))


def test_the_book_is_complete() -> None:
    text = data.book()
    assert text.startswith("ALICE'S ADVENTURES IN WONDERLAND\n\nLewis Carroll\n\nCHAPTER I\n")
    assert text.endswith("\n\nTHE END\n")
    assert text.count("\n\nCHAPTER ") == 12


def test_the_books_paragraphs_are_whole() -> None:
    # Only one ends without a mark: "... and I had to sing", which the song itself goes on with.
    prose = [line for line in data.book().split("\n") if len(line) > 200]
    assert len(prose) > 200
    assert [line[-4:] for line in prose if line[-1].isalpha()] == ["sing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("'Off with HER head!'", ["off", "with", "her", "head"]),
        ("way--never to be an old woman", ["way", "never", "to", "be", "an", "old", "woman"]),
        ("'I don't,' said Alice's daisy-chain", ["i", "don't", "said", "alice's", "daisy-chain"]),
        ("à la carte, 7 Straßen", ["à", "la", "carte", "straßen"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert data.words(text) == expected


@given(st.text())
def test_the_words_of_the_words_are_the_words(text: str) -> None:
    # Also says that a word has no space in it and is in lower case.
    found = data.words(text)
    assert data.words(" ".join(found)) == found


def test_names_are_sorted_and_different() -> None:
    names = data.names()
    assert names == sorted(set(names))
    assert {"Alice", "Ada", "Alan", "Grace"} <= set(names)
    assert all(name.isascii() and name.istitle() and name.isalpha() for name in names)


# ---------------------------------------------------------------- series


def test_years_follow_each_other() -> None:
    years, numbers = data.sunspots_yearly()
    assert years.tolist() == list(range(1700, 2009))
    assert numbers.shape == years.shape
    assert (numbers >= 0).all()


@pytest.mark.parametrize(
    ("load", "step"),
    [
        (data.sunspots_monthly, np.timedelta64(1, "M")),
        (data.co2_weekly, np.timedelta64(7, "D")),
        (data.temperature_daily, np.timedelta64(1, "D")),
    ],
)
def test_times_are_evenly_spaced(
    load: Callable[[], tuple[np.ndarray, np.ndarray]], step: np.timedelta64
) -> None:
    times, values = load()
    assert times.shape == values.shape
    assert values.dtype == np.float64
    assert (np.diff(times) == step).all()


def test_the_two_sunspot_series_agree() -> None:
    # They come from different publications: the means of twelve months are the yearly numbers, but
    # for the rounding to 0.1 and a misprint in one of them now and then.
    months, monthly = data.sunspots_monthly()
    years, yearly = data.sunspots_yearly()
    means = monthly.reshape(-1, 12).mean(axis=1)
    same = yearly[(years >= 1749) & (years <= 1983)]
    assert months[0] == np.datetime64("1749-01")
    assert (np.abs(means - same) < 0.11).mean() > 0.9
    assert np.abs(means - same).max() < 2


def test_co2_rises_and_has_its_seasons() -> None:
    dates, ppm = data.co2_weekly()
    assert np.isnan(ppm).sum() == 59
    assert 310 < np.nanmin(ppm) < 320
    assert 370 < np.nanmax(ppm) < 376
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    assert np.nanmean(ppm[month == 5]) > np.nanmean(ppm[month == 9]) + 3


def test_temperatures_are_those_of_a_mild_northern_city() -> None:
    dates, celsius = data.temperature_daily()
    assert (dates[0], dates[-1]) == (np.datetime64("2012-01-01"), np.datetime64("2015-12-31"))
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    assert 24 < celsius[month == 7].mean() < 29
    assert 5 < celsius[month == 1].mean() < 11


# ---------------------------------------------------------------- digits


def test_digits_are_readable_by_their_neighbours() -> None:
    images, labels = data.digits()
    assert images.shape == (1797, 8, 8)
    assert images.min() == 0
    assert images.max() == 16
    assert (np.bincount(labels) > 170).all()
    known, asked = images[:1000].reshape(1000, 64), images[1000:].reshape(-1, 64)
    distance = (known**2).sum(axis=1) - 2 * asked @ known.T
    assert (labels[:1000][distance.argmin(axis=1)] == labels[1000:]).mean() > 0.95


def test_the_digits_file_is_plain_text_inside() -> None:
    rows = gzip.decompress(data.SOURCES["digits"].read()).decode("ascii").split()
    assert {row.count(",") for row in rows} == {64}


# ---------------------------------------------------------------- tasks

# A statistic of many draws is allowed six standard errors: one false alarm in 500 million.


@given(
    T=st.integers(1, 9),
    N=st.integers(1, 4),
    symbols=st.integers(2, 5),
    seed=st.integers(0, 2**32 - 1),
    share=st.floats(0, 1),
)
def test_delayed_copy_wants_what_was_shown(
    T: int, N: int, symbols: int, seed: int, share: float
) -> None:
    delay = int(share * (T - 1))
    x, targets = data.delayed_copy(np.random.default_rng(seed), T, N, delay, symbols)
    assert x.shape == (T, N, symbols)
    assert (x.sum(axis=2) == 1).all()
    assert targets.shape == (T - delay, N)
    assert (x[: T - delay].argmax(axis=2) == targets).all()


def test_delayed_copy_without_memory_is_a_guess() -> None:
    x, targets = data.delayed_copy(np.random.default_rng(1), T=40, N=1000, delay=3, symbols=4)
    now = x[3:].argmax(axis=2)
    error = np.sqrt(0.25 * 0.75 / now.size)
    assert abs((now == targets).mean() - 1 / 4) < 6 * error
    assert abs(np.bincount(targets.ravel()) / targets.size - 1 / 4).max() < 6 * error


@given(T=st.integers(2, 12), N=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_adding_problem_wants_the_sum_of_the_marked(T: int, N: int, seed: int) -> None:
    x, targets = data.adding_problem(np.random.default_rng(seed), T, N)
    assert x.shape == (T, N, 2)
    assert targets.shape == (N, 1)
    for n in range(N):
        marked = np.flatnonzero(x[:, n, 1])
        assert len(marked) == 2
        assert (x[marked, n, 1] == 1).all()
        assert targets[n, 0] == pytest.approx(x[marked[0], n, 0] + x[marked[1], n, 0])


def test_adding_problem_baseline_is_one_sixth() -> None:
    _, targets = data.adding_problem(np.random.default_rng(2), T=7, N=100_000)
    squares = (targets - 1) ** 2
    assert abs(squares.mean() - 1 / 6) < 6 * squares.std() / np.sqrt(squares.size)


def test_adding_problem_marks_every_pair_of_steps_equally_often() -> None:
    T, N = 5, 100_000
    x, _ = data.adding_problem(np.random.default_rng(3), T, N)
    together = x[:, :, 1] @ x[:, :, 1].T / N
    expected = 1 / 10
    error = np.sqrt(expected * (1 - expected) / N)
    assert np.abs(together[~np.eye(T, dtype=bool)] - expected).max() < 6 * error


@given(T=st.integers(1, 12), N=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_parity_needs_one_bit_of_memory(T: int, N: int, seed: int) -> None:
    x, targets = data.parity(np.random.default_rng(seed), T, N)
    assert x.shape == (T, N, 1)
    odd = np.zeros(N, dtype=int)
    for t in range(T):
        odd = odd ^ x[t, :, 0].astype(int)
        assert (targets[t] == odd).all()


def test_parity_cannot_be_guessed_when_one_bit_is_missing() -> None:
    x, targets = data.parity(np.random.default_rng(4), T=3, N=100_000)
    for missing in range(3):
        guess = np.delete(x[:, :, 0], missing, axis=0).sum(axis=0) % 2
        assert abs((guess == targets[-1]).mean() - 0.5) < 6 * 0.5 / np.sqrt(100_000)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: data.parity(rng, 0, 2), "at least 1 time steps .* got T=0 and N=2"),
        (lambda rng: data.parity(rng, 2, 0), "got T=2 and N=0"),
        (lambda rng: data.adding_problem(rng, 1, 2), "at least 2 time steps .* got T=1"),
        (lambda rng: data.delayed_copy(rng, 4, 2, 4, 3), "delay from 0 to T − 1 = 3, got 4"),
        (lambda rng: data.delayed_copy(rng, 4, 2, -1, 3), "delay from 0 .* got -1"),
        (lambda rng: data.delayed_copy(rng, 4, 2, 1, 1), "at least 2 symbols, got 1"),
    ],
)
def test_sizes_out_of_range_are_explained(
    call: Callable[[np.random.Generator], object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
