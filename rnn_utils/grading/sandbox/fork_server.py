"""The process that the workers on this machine are forked from."""

from multiprocessing import forkserver


def start_fork_server() -> None:
    """Start it, if it does not run yet: it then imports what a worker needs while others do their part.

    It is a new process, so what is forked from it holds nothing of this one, the gradebook least of all.
    """
    forkserver.set_forkserver_preload(["rnn_utils.grading.sandbox.preload"])
    forkserver.ensure_running()
