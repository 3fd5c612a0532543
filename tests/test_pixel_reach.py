"""The play of lesson 15, as far as Python sees it."""

import numpy as np
import pytest

from rnn_utils.widgets import pixel_reach

IMAGE = np.array([[0.0, 0.5, 1.0], [0.0, 0.0, 1.0]])
OWN = np.eye(6).reshape(2, 3, 2, 3)


def test_every_output_pixel_and_every_network_can_be_chosen():
    play = pixel_reach(IMAGE, {"own": OWN, "all": np.full((2, 3, 2, 3), 1 / 6)})
    assert play.network == "own"
    for name, last in {"row": 1, "column": 2, "network": "all"}.items():
        setattr(play, name, last)
        assert getattr(play, name) == last


def test_one_network_alone_needs_no_choice():
    assert set(pixel_reach(IMAGE, {"own": OWN}).sliders) == {"row", "column"}


@pytest.mark.parametrize(
    ("image", "shares", "says"),
    [
        (IMAGE, {}, "one to 4 networks"),
        (IMAGE[0], {"own": OWN}, "an image"),
        (IMAGE, {"own": OWN[0, 0]}, "'own' should be an array"),
        (IMAGE, {"own": -OWN}, "numbers from 0 on"),
    ],
)
def test_what_cannot_be_drawn_is_refused(image, shares, says):
    with pytest.raises(ValueError, match=says):
        pixel_reach(image, shares)
