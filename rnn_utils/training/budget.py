"""How many numbers a cell has to learn, and which size of it a budget of them pays for."""

#: The blocks of H rows in W_x and in W_h, and how many biases each block has.
BLOCKS = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}


def count_cell_parameters(cell: str, D: int, H: int) -> int:
    """Return how many weights and biases there are in a recurrent cell of this course.

    Args:
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        D: the size of an input.
        H: the size of the state.

    Returns:
        The number of weights and biases, without an output layer.

    Raises:
        ValueError: there is no such cell.

    Example:
        >>> [count_cell_parameters(cell, D=2, H=3) for cell in ("rnn", "lstm", "gru")]
        [18, 72, 63]
    """
    if cell not in BLOCKS:
        raise ValueError(
            f"count_cell_parameters: cell should be one of {', '.join(BLOCKS)}, but is {cell!r}. "
            f"Write its name in small letters."
        )
    blocks, biases = BLOCKS[cell]
    return blocks * (H * D + H * H + biases * H)


def largest_state(cell: str, D: int, O: int, budget: int) -> int:  # noqa: E741
    """Return the largest H with which a cell and its output layer stay within a budget.

    Args:
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        D: the size of an input.
        O: the size of an output.
        budget: how many weights and biases there may be, those of W_hy and b_y included.

    Returns:
        The size of the state; 0 if not even a state of one number is within the budget.

    Raises:
        ValueError: there is no such cell.

    Example:
        >>> [largest_state(cell, D=2, O=1, budget=1000) for cell in ("rnn", "lstm", "gru")]
        [29, 14, 16]
    """
    H = 0
    while count_cell_parameters(cell, D, H + 1) + O * (H + 1) + O <= budget:
        H += 1
    return H
