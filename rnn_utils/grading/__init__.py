"""Grading with nbgrader: what its configuration of this course adds, and `rnn-course grade`."""

import sys

# jsonschema, which every program that reads notebooks imports, spends a second on the grammar of
# international URLs where this package is installed. No notebook has a field of that kind.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
