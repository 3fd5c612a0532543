"""Where the shipped data come from, under which licence, and whether they are unchanged."""

import hashlib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Source:
    """One shipped data set: its file, its authors, its licence and its checksum.

    `name` is the loader's name; `year` is the year of publication, or of the last value of a series
    that goes on; `origin` says which publication the numbers or the text come from and what was
    done to them; `sha256` is the file's checksum.

    Example:
        >>> SOURCES["book"].author
        'Lewis Carroll'
    """

    name: str
    file: str
    title: str
    author: str
    year: int
    licence: str
    origin: str
    sha256: str

    def read(self) -> bytes:
        """Return the file's bytes.

        >>> SOURCES["names"].read()[:12]
        b'Aaren\\nAarika'
        """
        return resources.files(__package__).joinpath(self.file).read_bytes()


_ALL = [
    Source(
        name="book",
        file="book.txt",
        title="Alice's Adventures in Wonderland",
        author="Lewis Carroll",
        year=1865,
        licence="public domain",
        origin=(
            "Complete text (Macmillan, London), in an early transcription by volunteers that is also "
            "a text of the Canterbury Corpus (University of Canterbury, 1997). Here one line is "
            "one paragraph or one line of verse; the transcribers' edition line and bracketed "
            "additions, underscores and rows of asterisks are left out, both single quotation "
            "marks are ', and one misprint ('pocked') is corrected."
        ),
        sha256="dd7e45086b9bdd2c5fa0d02b34072675d4f79c4b936d04dd1e7d30d55484acae",
    ),
    Source(
        name="sunspots_yearly",
        file="sunspots_yearly.csv",
        title="Yearly mean sunspot numbers, 1700-2008",
        author="Swiss Federal Observatory, Zürich; from 1981 Royal Observatory of Belgium",
        year=2008,
        licence="public domain",
        origin=(
            "The classic international (Wolf) sunspot number as distributed by the National "
            "Geophysical Data Center of the United States; not the recalibrated series of 2015, "
            "whose licence excludes commercial use."
        ),
        sha256="3617fb5c428f88aec9a12c8a0b8136a9537479e8611c8a986abf0591698e5a6b",
    ),
    Source(
        name="sunspots_monthly",
        file="sunspots_monthly.csv",
        title="Monthly mean relative sunspot numbers, 1749-1983",
        author="Swiss Federal Observatory, Zürich; from 1961 Tokyo Astronomical Observatory",
        year=1985,
        licence="public domain",
        origin=(
            "The classic Zürich numbers as printed in D. F. Andrews and A. M. Herzberg, Data: A "
            "Collection of Problems from Many Fields for the Student and Research Worker "
            "(Springer, 1985). Their yearly means agree with the yearly series to the rounding in "
            "nine years of ten, and always within 1.8."
        ),
        sha256="0b2c5a17da00bef845e52854f140ba9ad00cdb7dcffb6f482169fa6b6adb7b60",
    ),
    Source(
        name="co2_weekly",
        file="co2_weekly.csv",
        title="Weekly atmospheric CO2 at Mauna Loa, Hawaii, 1958-2001",
        author="C. D. Keeling and T. P. Whorf, Scripps Institution of Oceanography",
        year=2004,
        licence="public domain",
        origin=(
            "Atmospheric CO2 concentrations derived from flask air samples at sites in the SIO "
            "network, in Trends: A Compendium of Data on Global Change, Carbon Dioxide Information "
            "Analysis Center, Oak Ridge National Laboratory, U.S. Department of Energy. Mole "
            "fraction in parts per million, weeks ending on Saturday; the 59 weeks without a "
            "measurement are empty."
        ),
        sha256="0693227334eb960b3623ac547b00a46f99f0291f34cb752cd795add94e702b0b",
    ),
    Source(
        name="temperature_daily",
        file="temperature_daily.csv",
        title="Daily maximum air temperature in Seattle, 2012-2015",
        author="National Oceanic and Atmospheric Administration, United States",
        year=2015,
        licence="public domain",
        origin=(
            "Daily records of the National Climatic Data Center (work of the United States "
            "government), in degrees Celsius; no day is missing."
        ),
        sha256="d8f0b955aaeb8b34c3746fd95369c08b4a494c4d7259b039311ec217db82ee4b",
    ),
    Source(
        name="names",
        file="names.txt",
        title="Moby Words II, lists of English first names",
        author="Grady Ward",
        year=2002,
        licence="public domain",
        origin=(
            "The lists of women's and of men's names, placed in the public domain by their author; "
            "here merged and sorted, each name once, without the few that are not one capital "
            "letter followed by small ones."
        ),
        sha256="445bff394f37f57bad4492ed00dc058b182d0571b8e29b2f25739e45a19805f2",
    ),
    Source(
        name="digits",
        file="digits.csv.gz",
        title="Optical Recognition of Handwritten Digits (test set)",
        author="E. Alpaydin and C. Kaynak",
        year=1998,
        licence="CC BY 4.0",
        origin=(
            "UCI Machine Learning Repository, doi 10.24432/C50P49: 1797 digits of 13 writers, "
            "8 × 8 pixels from 0 to 16, then the label; values unchanged."
        ),
        sha256="02633070f0eba52475fb2cfaedcf256826aa2b6c462429e2e6d0826619fc55c9",
    ),
    Source(
        name="forecast_errors",
        file="forecast_errors.csv",
        title="Errors of forecasts of four series, by a network and by baselines",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/forecasts.py`: lesson 09's comparison, eight origins and five seeds."
        ),
        sha256="c5fda4db343a3a8e746178a835c9f66ac40c4e2f2a95e9cdc205457e594f17ab",
    ),
    Source(
        name="clipping",
        file="clipping.csv",
        title="What clipping helped against, by spectral radius and learning rate",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/clipping.py`: the long form of lesson 11's experiment, ten seeds."
        ),
        sha256="0b039c0edc36f30f1b43ec68a4cbaca442501f630e9a80f3b5ed07324802102f",
    ),
    Source(
        name="adding_results",
        file="adding_results.csv",
        title="Which networks learnt to keep and to add numbers",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/adding_problem.py`: "
            "the long form of lesson 12's experiments, twenty seeds for each network."
        ),
        sha256="336ca9e81c103eee75c88972366f479c5762c972fbfbe9bd88444efa66e87279",
    ),
    Source(
        name="optimizer_rates",
        file="optimizer_rates.csv",
        title="How well SGD and Adam learnt a book, by learning rate",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/optimizer_rates.py`: "
            "the long form of lesson 08's comparison, five seeds."
        ),
        sha256="df6903a1d6cbf212ba1b965b22e9388a6addee4059bb703980ff8ef6b5a5b74d",
    ),
    Source(
        name="longest_lag",
        file="longest_lag.csv",
        title="Lags that recurrent networks learnt, by activation and start",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/longest_lag.py`: the long form of lesson 11's experiment, 28 seeds at "
            "three learning rates."
        ),
        sha256="5088d5c46203b6b3510f734f7d336b024c99ec0841b9915dee9b423550834e32",
    ),
    Source(
        name="pixel_answers",
        file="pixel_answers.csv",
        title="What networks answered at every pixel, and what reached it",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/pixel_answers.py`: the long form of lesson 15's experiment, 25 "
            "seeds for each network."
        ),
        sha256="7bba24788ed394984bf4a12159a128e7fbe53b84741ecebb3e14f9a202402649",
    ),
    Source(
        name="three_cells",
        file="three_cells.csv",
        title="How fast plain RNNs, LSTM and GRU learn at equal parameters",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/three_cells.py`: the long form of lesson 13's experiment, "
            "ten seeds of five networks."
        ),
        sha256="b1995cc4dd2106a3d6c6a6103c11dc9aed89f955cdaef5bc0094d5b59dedc9f2",
    ),
    Source(
        name="deep_learning",
        file="deep_learning.csv",
        title="Letters of a book, learnt by deep and by bidirectional networks",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/depth_or_width.py`: the long form of lesson 14's experiments, "
            "nine seeds, and two more that chose the learning rates."
        ),
        sha256="caa2fa4bbabb388c56f44a4f932fd7321952916cd309692acae746f9e8bdd0ec",
    ),
    Source(
        name="writing_network",
        file="writing_network.npz",
        title="A tanh RNN of 256 units that was trained to write like the book",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/writing_network.py`: lesson 10's character network, wider and trained "
            "for 30 epochs on the first nine tenths of the book; half precision."
        ),
        sha256="616a4dc010343b704774217b711700f5315743f6c02cbafdacb60c4d2d9345bd",
    ),
    Source(
        name="letter_model",
        file="letter_model.csv",
        title="Bits per character of a network and of a table of letters, apart and together",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/letter_model.py`: lesson 10's comparison with five seeds, "
            "and two that chose the rate."
        ),
        sha256="c191751a2f24b8e70e47bcc8a9963b4b93b198d0b14d43f41e60237c4d9ff5e3",
    ),
    Source(
        name="word_model",
        file="word_model.csv",
        title="Bits per word of a network and of a table of words, apart and together",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/word_model.py`: lesson 10's comparison with five seeds, "
            "and two that chose the rate."
        ),
        sha256="1b5cd5e0cf3df10b22012e7bd2302121f3e9750c4d1cb546b33bef4912137ee4",
    ),
    Source(
        name="regularisation",
        file="regularisation.csv",
        title="Lesson 10's model of letters in PyTorch, with and without regularisation",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/regularisation.py`: bits per character after every epoch, five seeds."
        ),
        sha256="371d2f93774a6461644ff125c1e4b7a40b7ca605d7f017b3b5441d57ba49f121",
    ),
    Source(
        name="key_recall",
        file="key_recall.csv",
        title="Values given back by four trained memories, over the numbers that they keep",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/key_recall.py`: the long form of lesson 17's last experiment, five seeds."
        ),
        sha256="12dd8117fdf6450cccab5ca47b1a7e16e38d3bbd07dfd4b526dc8dc4677bc128",
    ),
    Source(
        name="translation",
        file="translation.csv",
        title="Words reversed by two recurrent networks, with and without attention",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/translation.py`: the long form of lesson 16's experiment, five seeds."
        ),
        sha256="7c76d1397e4797df67269cea8ef528a6ceb2bd1ba8a0d05a0e4563f7623650fa",
    ),
    Source(
        name="date_translator",
        file="date_translator.npz",
        title="Two GRUs with attention that were trained to write dates as ISO 8601 does",
        author="The authors of this course",
        year=2026,
        licence="CC BY 4.0",
        origin=(
            "Made by `benchmarks/date_translator.py`: 1,500 updates on dates made at random; half "
            "precision."
        ),
        sha256="fd692da92ade778bbb54c3a75f2ae4ded32c2e0e75a3d7d6d24875ea7199ff5c",
    ),
]

SOURCES = {source.name: source for source in _ALL}


def verify() -> None:
    """Check every shipped file against its checksum.

    Raises:
        ValueError: a file is not the one that the lessons were written with; the first such is named.

    Example:
        >>> verify()
    """
    for source in SOURCES.values():
        found = hashlib.sha256(source.read()).hexdigest()
        if found != source.sha256:
            raise ValueError(
                f"The data file {source.file} was changed: expected sha256 {source.sha256}, "
                f"found {found}. Install the course again to get the original file."
            )
