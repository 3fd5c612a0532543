"""What the lessons' kernel says when a cell asks for a name that a cell above would have made.

After a restart the kernel has forgotten everything, and `NameError` alone does not say so. Every kernel
of the environment loads this extension: `etc/ipython/ipython_kernel_config.py` names it.
"""

from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

WHAT_TO_DO = (
    "`{name}` is not known to the kernel. If it was restarted, or if cells above have not run yet: "
    "click into this cell and choose Run All Above Selected Cell in the menu Run. Otherwise look at "
    "the spelling."
)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Explain unknown names in this shell, as IPython asks of an extension.

    Args:
        shell: the kernel's shell.
    """
    shell.set_custom_exc((NameError,), _explain)


def _explain(
    shell: "InteractiveShell",
    kind: type[NameError],
    error: NameError,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    if _of_the_cell_itself(trace) and error.name:
        error.add_note(WHAT_TO_DO.format(name=error.name))
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _of_the_cell_itself(trace: TracebackType) -> bool:
    """Return whether the name was asked for outside every function: inside, a slip is likelier."""
    last = trace
    while last.tb_next:
        last = last.tb_next
    return last.tb_frame.f_code.co_name == "<module>"
