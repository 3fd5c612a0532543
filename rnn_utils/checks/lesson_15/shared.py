"""What the exercises of lesson 15, recurrence and convolution, share."""

from rnn_utils.checks.framework.draws import Sizes


def image_sizes(sizes: Sizes) -> Sizes:
    """Give rows and columns sizes of their own, unless the case says which."""
    return {"R": sizes["T"] + 1, "C": sizes["O"] + 1, "K": 3} | sizes
