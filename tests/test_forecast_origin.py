"""The play of lesson 09, as far as Python sees it."""

import numpy as np
import pytest

from rnn_utils import persistence
from rnn_utils.widgets import forecast_origin

YEARS = np.arange(1950, 1970)
VALUES = np.sin(np.arange(20.0))


def test_the_rows_stand_at_the_origins_that_they_were_made_from():
    known = range(12, 18)
    play = forecast_origin(
        YEARS, VALUES, {"persistence": [persistence(VALUES[:k], 3) for k in known]}
    )
    origins, first = play.sliders["origin"], play.data["first"]
    assert (origins.min, origins.max) == (YEARS[11], YEARS[16])
    for row, forecasts in enumerate(play.data["forecasts"][0]):
        assert forecasts == [play.data["values"][first + row]] * 3


@pytest.mark.parametrize(
    ("times", "forecasts", "says"),
    [
        (YEARS[:-1], {"a": np.zeros((4, 3))}, "same length"),
        (2 * YEARS, {"a": np.zeros((4, 3))}, "one apart"),
        (YEARS, {}, "one to 4 arrays"),
        (YEARS, {"a": np.zeros((4, 3)), "b": np.zeros((3, 3))}, "one shape"),
        (YEARS, {"a": np.zeros(4)}, "one shape"),
        (YEARS, {"a": np.zeros((18, 3))}, "too few"),
    ],
)
def test_what_does_not_fit_together_is_said(times, forecasts, says):
    with pytest.raises(ValueError, match=says):
        forecast_origin(times, VALUES, forecasts)
