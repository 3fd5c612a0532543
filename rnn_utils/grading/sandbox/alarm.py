"""A bound on the time of what is done for a student, in a process that can be ended."""

import signal
from typing import Any

#: Seconds of the processor's time for an interrupt to be noticed.
_MERCY = 5.0


class Alarm:
    """Interrupts this process after some seconds, and again every few until it is off.

    What does not look at interrupts, as a part of Python that is written in C, has so much time of the
    processor again, and a few seconds; then the process ends.

    Args:
        seconds: how long what is done within may take.

    Attributes:
        rang: whether it took longer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = max(seconds, 0.01)
        self.rang = False

    def __enter__(self) -> "Alarm":
        def ring(number: int, frame: Any) -> None:
            self.rang = True
            raise KeyboardInterrupt

        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds, 5.0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, 2 * self._seconds + _MERCY)
        return self

    def __exit__(self, *error: Any) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
