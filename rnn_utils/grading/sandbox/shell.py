"""Running a cell as Jupyter does, without a kernel: what it shows is kept as the notebook's outputs."""

import ast
import io
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets import Type
from traitlets.config import Config

_CUT = "\n… the rest was cut off: more was printed and shown than a cell may.\n"

#: What decides on a test's points: kept however much was printed before.
_DECIDES = ("error", "execute_result")

#: How many lines of an error are kept, and how many characters of each.
_LINES, _LINE = 200, 10_000


class _Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data: Any, metadata: Any = None, *others: Any, **more: Any) -> None:
        self.shell.keep({"output_type": "display_data", "data": data, "metadata": metadata or {}})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Result(DisplayHook):
    shell: Any

    def __call__(self, result: Any = None) -> None:
        if result is None or self.shell.silent:
            return
        shown = self.shell.score(result)
        data, metadata = self.compute_format_data(shown)
        self.update_user_ns(result)
        self.shell.keep(
            {
                "output_type": "execute_result",
                "data": data,
                "metadata": metadata,
                "execution_count": None,
            }
        )


class _Compiler(CachingCompiler):
    file = "<cell>"

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.file


class Shell(InteractiveShell):
    """A shell that keeps the outputs of each cell.

    `score` turns the value of a cell's last line into the one that is shown. `limit` is how many
    bytes of text and pictures a cell may show; what is more is cut off. `goes_on` says of an error
    whether the rest of its cell is run all the same.
    """

    outputs: list[dict[str, Any]]
    rests: list[tuple[str, list[ast.stmt]]]
    begun = 0
    before: dict[str, Any]
    limit = 1 << 20
    used = 0
    silent = False
    score: Callable[[Any], Any] = staticmethod(lambda value: value)
    tells: Callable[[str], bool] | None = None
    goes_on: Callable[[BaseException], bool] = staticmethod(lambda error: False)

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Result)
    compiler_class = Type(_Compiler)

    @classmethod
    def prepared(cls) -> "Shell":
        """Return the process's only shell, without a history."""
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        shell = cls.instance(config=config)
        shell.outputs, shell.rests = [], []
        return shell

    async def run_ast_nodes(self, nodelist: list[ast.stmt], *others: Any, **named: Any) -> bool:
        """Run the statements of a cell, and remember those below one that stops it."""
        statements, self.begun = list(nodelist), 0
        failed = await super().run_ast_nodes(nodelist, *others, **named)
        if failed and self.begun < len(statements):
            self.rests.append((self.compile.file, statements[self.begun :]))
        return bool(failed)

    def run_rests(self) -> bool:
        """Run what stands below statements that stopped their cells; say whether there is anything."""
        self.before = dict(self.user_ns)
        for file, statements in self.rests:
            for statement in statements:
                with suppress(Exception):
                    exec(compile(ast.Module([statement], []), file, "exec"), self.user_ns)
        return bool(self.rests)

    def take_back(self) -> None:
        """Let all names stand again for what they did before `run_rests`."""
        self.user_ns.clear()
        self.user_ns.update(self.before)

    async def run_code(self, code_obj: Any, result: Any = None, *, async_: bool = False) -> bool:
        """Run one statement of a cell; return whether the cell ends with it."""
        self.begun += 1
        failed = await super().run_code(code_obj, result, async_=async_)
        return bool(failed) and not (result is not None and self.goes_on(result.error_in_exec))

    def system(self, cmd: str) -> None:
        """Say that a shell line was not run: there is no other program here, and IPython goes on."""
        word = (cmd.split() or [""])[0]
        print(f"{word}: not found (the grading machine runs no other programs)", file=sys.stderr)
        self.user_ns["_exit_code"] = 127

    system_raw = system_piped = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Return what a shell line prints where its program is not there."""
        self.system(cmd)
        return SList() if split else LSString("")

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no screen."""

    def keep(self, output: dict[str, Any]) -> None:
        """Keep an output of the cell that runs, if there is room."""
        decides = output["output_type"] in _DECIDES
        if self.used > self.limit and not decides:
            return
        size = sum(len(str(part)) for part in output.get("data", {}).values())
        size += len(output.get("text", "")) + sum(map(len, output.get("traceback", ())))
        self.used += size
        if output["output_type"] != "error" and (size if decides else self.used) > self.limit:
            output = {"output_type": "stream", "name": "stdout", "text": _CUT}
        if output["output_type"] != "stream":
            self.outputs.append(output)
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") != output["name"]:
            last = {**output, "text": []}
            self.outputs.append(last)
        last["text"].append(output["text"])  # joined at the end: a cell may print a million times

    def showtraceback(self, *arguments: Any, **named: Any) -> None:
        """Show an error; with the lines of some files only, if `tells` says of which."""
        kind, error, place = sys.exc_info()
        if self.tells is None or kind is None or error is None:
            super().showtraceback(*arguments, **named)
            return
        told = [f for f in traceback.extract_tb(place) if self.tells(f.filename)]
        lines = ["Traceback (most recent call last):\n", *traceback.format_list(told)]
        lines += traceback.format_exception_only(kind, error)
        own = getattr(error, "_render_traceback_", None)
        self._showtraceback(kind, error, own() if own else "".join(lines).splitlines())

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        try:
            words = str(evalue)
        except Exception:
            words = ""
        self.keep(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", etype)),
                "evalue": words[:_LINE],
                "traceback": [line[:_LINE] for line in stb[:_LINES]],
            }
        )

    def run(self, source: str, file: str) -> list[dict[str, Any]]:
        """Run a cell.

        Args:
            source: its text.
            file: the name of its file in tracebacks.

        Returns:
            Its outputs, as in a notebook.
        """
        self.outputs, self.used = [], 0
        self.compile.file = file
        self.silent = source.rstrip().endswith(";")
        with _streams(Stream(self, "stdout"), Stream(self, "stderr")):
            self.run_cell(source, store_history=False)
        return [
            {**output, "text": "".join(output["text"])} if "text" in output else output
            for output in self.outputs
        ]


class Stream(io.TextIOBase):
    """Standard output or error of the cell that runs."""

    encoding = "utf-8"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell = shell
        self.name = name

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """Return the descriptor below, which leads nowhere."""
        return 1 if self.name == "stdout" else 2

    def write(self, text: str) -> int:
        if text:
            self._shell.keep({"output_type": "stream", "name": self.name, "text": str(text)})
        return len(text)


@contextmanager
def _streams(out: Any, error: Any) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, error
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class Capped(io.TextIOBase):
    """Text that is kept up to a length."""

    encoding = "utf-8"

    def __init__(self, most: int) -> None:
        self._parts: list[str] = []
        self._left = most

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        kept = str(text)[: self._left]
        self._left -= len(kept)
        if kept:
            self._parts.append(kept)
        return len(text)

    def fileno(self) -> int:
        """Return the descriptor below, which leads nowhere."""
        return 1

    def text(self) -> str:
        """Return what was kept."""
        return "".join(self._parts)


def captured(run: Callable[[], Any], most: int = 10_000) -> tuple[Any, str]:
    """Call a function and return its value and what it printed.

    An error that it raises carries what was printed before.
    """
    kept = Capped(most)
    try:
        with _streams(kept, kept):
            value = run()
    except BaseException as error:
        error._printed = kept.text()  # type: ignore[attr-defined]
        raise
    return value, kept.text()
