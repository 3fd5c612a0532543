"""Loaders of the shipped data sets: each returns plain strings, lists or NumPy arrays."""

import gzip
import io
import re

import numpy as np

from rnn_utils.data.sources import SOURCES

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def _text(name: str) -> str:
    return SOURCES[name].read().decode("utf-8")


def _two_columns(name: str, time: str) -> tuple[np.ndarray, np.ndarray]:
    """The times (as the NumPy type `time`) and the numbers of a CSV file, nan where empty."""
    rows = [line.split(",") for line in _text(name).splitlines()[1:]]
    return (
        np.array([row[0] for row in rows]).astype(time),
        np.array([float(row[1] or "nan") for row in rows]),
    )


def book() -> str:
    """Return Alice's Adventures in Wonderland (Lewis Carroll, 1865), complete.

    Returns about 142,500 characters, 65 different ones, plain ASCII. A paragraph, a heading or a
    line of verse is one line; an empty line stands between paragraphs.

    Example:
        >>> print(book()[:144])
        ALICE'S ADVENTURES IN WONDERLAND
        <BLANKLINE>
        Lewis Carroll
        <BLANKLINE>
        CHAPTER I
        <BLANKLINE>
        Down the Rabbit-Hole
        <BLANKLINE>
        Alice was beginning to get very tired of sitting by her sister
    """
    return _text("book")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case.

    A word is a run of letters; an apostrophe or a hyphen belongs to it only between two letters.
    Everything else (spaces, digits, punctuation, a dash of two hyphens) separates words.

    Args:
        text: any text.

    Returns:
        Its words, in their order.

    Example:
        >>> words("The Rabbit-Hole--don't look at 7 o'clock!")
        ['the', 'rabbit-hole', "don't", 'look', 'at', "o'clock"]
    """
    return _WORD.findall(text.lower())


def names() -> list[str]:
    """Return 8401 English first names, women's and men's together, sorted (Ward, 2002).

    Example:
        >>> names()[:4]
        ['Aaren', 'Aarika', 'Aaron', 'Ab']
    """
    return _text("names").splitlines()


def sunspots_yearly() -> tuple[np.ndarray, np.ndarray]:
    """Return the years (309,) and their mean sunspot numbers (309,), 1700 to 2008.

    Example:
        >>> years, numbers = sunspots_yearly()
        >>> years[:5], numbers[:5]
        (array([1700, 1701, 1702, 1703, 1704]), array([ 5., 11., 16., 23., 36.]))
    """
    return _two_columns("sunspots_yearly", "int64")


def sunspots_monthly() -> tuple[np.ndarray, np.ndarray]:
    """Return the months (2820,) and their mean sunspot numbers (2820,), 1749 to 1983.

    Example:
        >>> months, numbers = sunspots_monthly()
        >>> print(months[:3], numbers[:3])
        ['1749-01' '1749-02' '1749-03'] [58.  62.6 70. ]
    """
    return _two_columns("sunspots_monthly", "datetime64[M]")


def co2_weekly() -> tuple[np.ndarray, np.ndarray]:
    """Return the dates (2284,) and the CO2 in the air (2284,) in parts per million, 1958 to 2001.

    A date is the Saturday that ends its week. The 59 weeks without a measurement are nan.

    Example:
        >>> dates, ppm = co2_weekly()
        >>> print(dates[:3], ppm[:3])
        ['1958-03-29' '1958-04-05' '1958-04-12'] [316.1 317.3 317.6]
    """
    return _two_columns("co2_weekly", "datetime64[D]")


def temperature_daily() -> tuple[np.ndarray, np.ndarray]:
    """Return the dates (1461,) and Seattle's daily highest temperature (1461,) in °C, 2012 to 2015.

    Example:
        >>> dates, celsius = temperature_daily()
        >>> print(dates[:3], celsius[:3])
        ['2012-01-01' '2012-01-02' '2012-01-03'] [12.8 10.6 11.7]
    """
    return _two_columns("temperature_daily", "datetime64[D]")


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return images (1797, 8, 8) of handwritten digits, pixels 0.0 to 16.0, and labels (1797,).

    Example:
        >>> images, labels = digits()
        >>> labels[:5]
        array([0, 1, 2, 3, 4])
        >>> images[0, :3].astype(int)
        array([[ 0,  0,  5, 13,  9,  1,  0,  0],
               [ 0,  0, 13, 15, 10, 15,  5,  0],
               [ 0,  3, 15,  2,  0, 11,  8,  0]])
    """
    text = gzip.decompress(SOURCES["digits"].read()).decode("ascii")
    table = np.loadtxt(text.splitlines(), delimiter=",", dtype=np.int64)
    return table[:, :-1].reshape(-1, 8, 8).astype(np.float64), table[:, -1]


def longest_lag() -> np.ndarray:
    """Return which networks learnt which lag: one row for each network that was trained.

    The fields are `activation`, `start`, `learning_rate`, `seed`, `lag` (steps) and `updates`, the
    number of updates until it had learnt, inf if it had not. Longer lags were tried until two in a
    row had failed.

    Example:
        >>> rows = longest_lag()
        >>> learnt = rows[np.isfinite(rows["updates"])]
        >>> int(learnt["lag"][learnt["activation"] == "tanh"].max())
        320
    """
    return _table("longest_lag")


def pixel_answers() -> np.ndarray:
    """Return what each network of lesson 15 answered: one row for each that was trained.

    The fields are those of `rnn_utils.experiments.pixel_answers.Result`.

    Example:
        >>> rows = pixel_answers()
        >>> {int(n) for n in rows[rows["network"] == "2 convolutions"]["reach"]}
        {25}
    """
    return _table("pixel_answers")


def adding_results() -> np.ndarray:
    """Return how well networks learnt to keep and to add numbers: one row for each that was trained.

    The fields are `task` ("keeping" or "adding"), `T` (steps), `network`, `learning_rate` (the one that
    was best on other seeds), `seed` and `error`, the mean squared error after training.

    Example:
        >>> rows = adding_results()
        >>> sorted(set(rows["T"].tolist()))
        [16, 20, 30, 50]
    """
    return _table("adding_results")


def forecast_errors() -> np.ndarray:
    """Return how far off forecasts of four series were: one row for each stretch of a test part.

    The fields are `series`, `model`, `choice` (what the model chose on validation data), `seed`,
    `origin` (the stretch, each after a new fit) and `rmse`, in the units of the series.

    Example:
        >>> sorted(set(forecast_errors()["series"].tolist()))
        ['CO2 (ppm)', 'monthly sunspots', 'temperature (°C)', 'yearly sunspots']
    """
    return _table("forecast_errors")


def optimizer_rates() -> np.ndarray:
    """Return how well SGD and Adam learnt a book at several learning rates: one row for each run.

    The fields are `optimizer`, `learning_rate`, `seed`, and the bits per character on the `validation`
    and on the `test` part.

    Example:
        >>> sorted(set(optimizer_rates()["optimizer"].tolist()))
        ['Adam', 'SGD']
    """
    return _table("optimizer_rates")


def clipping() -> np.ndarray:
    """Return which networks learnt a lag of 20, with and without clipping: one row for each.

    The fields are `optimizer`, `max_norm` (inf without clipping), `radius` of the start,
    `learning_rate`, `seed` and `updates` until it had learnt, inf if it had not.

    Example:
        >>> sorted(set(clipping()["radius"].tolist()))
        [0.5, 1.0, 2.0]
    """
    return _table("clipping")


def three_cells() -> np.ndarray:
    """Return how fast plain RNNs, an LSTM and a GRU learnt: one row for each look at a network.

    The fields are `task` ("adding" or "text"), `network`, `part` ("validation" for the search of a rate,
    "test" for the seeds that are reported), `learning_rate`, `seed`, `updates` and `seconds` until then,
    and `score` (mean squared error, or bits per character).

    Example:
        >>> rows = three_cells()
        >>> sorted(set(rows["network"].tolist()))[:3]
        ['GRU', 'LSTM', 'ReLU RNN, identity']
    """
    return _table("three_cells")


def letter_model() -> np.ndarray:
    """Return the bits per character of a network, a table and both together: one row for each run.

    The fields are `part` ("validation" for the search of a rate, "test" for the seeds that are reported),
    `learning_rate`, `seed`, `network`, `table` (of five characters) and `mixture`.

    Example:
        >>> rows = letter_model()
        >>> int(np.sum(rows["part"] == "test"))
        5
    """
    return _table("letter_model")


def word_model() -> np.ndarray:
    """Return the bits per word of a network, a table and both together: one row for each run.

    The fields are those of `letter_model`; the table is one of two words.

    Example:
        >>> rows = word_model()
        >>> int(np.sum(rows["part"] == "test"))
        5
    """
    return _table("word_model")


def regularisation() -> np.ndarray:
    """Return how lesson 10's model learnt in PyTorch, with and without regularisation, epoch by epoch.

    The fields are `cell`, `dropout`, `decay`, `seed` (99 for the search), `epoch`, `seconds` (of the epoch's
    updates), and `training`, `validation` and `held_out`, all in bits per character.

    Example:
        >>> rows = regularisation()
        >>> sorted(set(rows["cell"].tolist()))
        ['GRU', 'LSTM', 'RNN']
    """
    return _table("regularisation")


def deep_learning() -> np.ndarray:
    """Return how deep and bidirectional networks learnt letters: one row for each look at a network.

    The fields are `task` ("next" or "blanked"), `layers`, `bidirectional` (0 or 1), `delay` (steps),
    `part` ("validation", which chose the learning rates, or "test"), `learning_rate`, `seed`, `updates`
    and `bits`, per letter.

    Example:
        >>> rows = deep_learning()
        >>> sorted(set(rows["delay"].tolist()))
        [0, 1, 3, 5]
    """
    return _table("deep_learning")


def writing_network() -> tuple[str, dict[str, np.ndarray]]:
    """Return the characters and the weights of a network that was trained to write like the book.

    The weights are `W_xh`, `W_hh`, `b_h`, `W_hy` and `b_y` of a tanh RNN over one-hot characters, in the
    order of the characters; `RNNParameters(**weights)` makes a model of them.

    Example:
        >>> characters, weights = writing_network()
        >>> weights["W_xh"].shape == (256, len(characters))
        True
    """
    with np.load(io.BytesIO(SOURCES["writing_network"].read())) as file:
        weights = {name: file[name].astype(np.float64) for name in file.files}
    return "".join(chr(place) for place in weights.pop("characters").astype(int)), weights


def translation() -> np.ndarray:
    """Return how many words each translator of lesson 16 reversed: one row for each length tested.

    The fields are `attention` ("no" or "yes"), `learning_rate`, `seed`, `length` (letters) and `accuracy`.

    Example:
        >>> rows = translation()
        >>> sorted(set(rows["attention"].tolist()))
        ['no', 'yes']
    """
    return _table("translation")


def key_recall() -> np.ndarray:
    """Return what four trained memories give back in lesson 17, one row for each test.

    The fields are `memory`, `size`, `kept` (numbers, after `pairs` pairs), `learning_rate`, `seed`, `pairs`
    and `accuracy`, the share of the values that are given back.

    Example:
        >>> rows = key_recall()
        >>> sorted(set(rows["memory"].tolist()))
        ['GRU', 'attention', 'matrix state', 'minimal GRU']
    """
    return _table("key_recall")


def date_translator() -> tuple[str, dict[str, np.ndarray]]:
    """Return the letters and the weights of a network that was trained to write dates as ISO 8601 does.

    `rnn_utils.experiments.translation.Translator(**weights)` makes a model of them.

    Example:
        >>> letters, weights = date_translator()
        >>> weights["W_cy"].shape == (len(letters), 48)
        True
    """
    with np.load(io.BytesIO(SOURCES["date_translator"].read())) as file:
        weights = {name: file[name].astype(np.float32) for name in file.files if name != "letters"}
        return str(file["letters"]), weights


def _table(name: str) -> np.ndarray:
    """Return a table with a header as records; a semicolon parts its fields where names hold commas."""
    lines = _text(name).splitlines()
    delimiter = ";" if ";" in lines[0] else ","
    return np.genfromtxt(lines, delimiter=delimiter, names=True, dtype=None, encoding="utf-8")
