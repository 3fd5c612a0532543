"""What is different where Python itself runs in a browser: no threads, and a third of the speed."""

import sys
from typing import Any


def in_browser() -> bool:
    """Return whether Python runs in a browser (Pyodide) rather than on the machine.

    Example:
        >>> in_browser()
        False
    """
    return sys.platform == "emscripten"


def progress_bar(*arguments: Any, **settings: Any) -> Any:
    """Return tqdm's progress bar, written where a cell's output goes.

    Args:
        arguments, settings: as tqdm takes them.

    Returns:
        The bar, which yields what it counts.

    Example:
        >>> list(progress_bar([1, 2], disable=True))
        [1, 2]
    """
    from tqdm.auto import tqdm  # here, because `import rnn_utils` loads NumPy only

    if in_browser():
        tqdm.monitor_interval = 0  # it would start a thread, and a browser has none
    return tqdm(*arguments, file=sys.stdout, **settings)


def fewer_in_browser(count: int, in_a_browser: int, what: str) -> int:
    """Return a count for an experiment: the full one, or a smaller one in a browser, and say so.

    Args:
        count: how many on a laptop.
        in_a_browser: how many in a browser, where the same takes about three times as long.
        what: what is counted, for the sentence.

    Returns:
        One of the two.

    Example:
        >>> fewer_in_browser(5, 2, "epochs")
        5
    """
    if not in_browser():
        return count
    print(
        f"Smaller in a browser: {what}, {in_a_browser} in place of {count}; "
        f"so the numbers below differ from those in the text."
    )
    return in_a_browser
