"""Grading with nbgrader: what its configuration of this course adds, and `rnn-course class grade`."""

import sys

# jsonschema, which every program that reads notebooks imports, spends a second on the grammar of
# international URLs where this package is installed. No notebook has a field of that kind.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> object:
    """Import what nbgrader is to use when they are asked for: in the jail there is no nbgrader."""
    if name in ("LastOfEachId", "OwnFilesOnly", "SafeExecute"):
        from rnn_utils.grading.run import safe_execute

        return getattr(safe_execute, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
