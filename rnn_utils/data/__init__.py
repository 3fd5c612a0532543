"""The data of the lessons: a book, real series, names, digits, and tasks made on the spot.

>>> from rnn_utils import data
>>> years, numbers = data.sunspots_yearly()
>>> data.SOURCES["sunspots_yearly"].licence
'public domain'
"""

from rnn_utils.data.batching import shuffled_batches, streams
from rnn_utils.data.loaders import (
    adding_results,
    book,
    clipping,
    co2_weekly,
    date_translator,
    deep_learning,
    digits,
    forecast_errors,
    key_recall,
    letter_model,
    longest_lag,
    names,
    optimizer_rates,
    pixel_answers,
    regularisation,
    sunspots_monthly,
    sunspots_yearly,
    temperature_daily,
    three_cells,
    translation,
    word_model,
    words,
    writing_network,
)
from rnn_utils.data.sources import SOURCES, Source, verify
from rnn_utils.data.synthetic import adding_problem, delayed_copy, first_symbol, parity

__all__ = [
    "SOURCES",
    "Source",
    "adding_problem",
    "adding_results",
    "book",
    "clipping",
    "co2_weekly",
    "date_translator",
    "deep_learning",
    "delayed_copy",
    "digits",
    "first_symbol",
    "forecast_errors",
    "key_recall",
    "letter_model",
    "longest_lag",
    "names",
    "optimizer_rates",
    "parity",
    "pixel_answers",
    "regularisation",
    "shuffled_batches",
    "streams",
    "sunspots_monthly",
    "sunspots_yearly",
    "temperature_daily",
    "three_cells",
    "translation",
    "verify",
    "word_model",
    "words",
    "writing_network",
]
