"""The figure of lesson 00."""

from __future__ import annotations

from numpy.typing import ArrayLike

from rnn_utils import plots


def running_mean(years: ArrayLike, sunspots: ArrayLike, means: ArrayLike) -> None:
    """Show the sunspots of each year and the mean so far, all (T,)."""
    figure, axes = plots.subplots("year", "sunspot number")
    plots.lines(axes, {"each year": sunspots, "mean so far": means}, x=years)
    plots.show(
        figure,
        "The yearly number of sunspots from 1700 to 2008 goes up and down between 0 and 190 about "
        "every eleven years. The mean of all years so far swings at first, and settles between 40 "
        "and 51 after 80 years.",
    )
