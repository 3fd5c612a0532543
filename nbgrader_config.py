"""nbgrader's settings for this course; every `nbgrader` command run in this folder reads them."""

import os
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)

from rnn_utils.grading.book.amend import KeepMarks
from rnn_utils.grading.book.empty_gradebook import refuse_an_empty_gradebook
from rnn_utils.grading.book.feedback import HideHiddenTests
from rnn_utils.grading.book.seeds import SeedHiddenTests

# Matrices of a lesson's size are multiplied faster by one thread than by several.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "rnn-course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# A database that is set below in mid-term, and is empty: every command refuses to begin anew there.
refuse_an_empty_gradebook(c, Path(__file__).with_name("gradebook.db"))
c.GenerateAssignment.exporter_class = "rnn_utils.grading.book.empty_gradebook.NotebookFile"
# nbgrader hands every file beside a lesson to the learners; the text holds the solutions.
c.CourseDirectory.ignore = ["*.md", "*.py", ".*", "*.pyc", "__pycache__", "feedback"]

c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("not done yet")',
}
# nbgrader's own list, but that hidden tests draw by a secret of the class, and that a lesson can be
# changed after it was graded.
c.GenerateAssignment.preprocessors = [
    SeedHiddenTests,
    *(
        KeepMarks if step is SaveCells else step
        for step in GenerateAssignment.preprocessors.default()
    ),
]
# A student's code runs in a jail; the rest is nbgrader's own list. Where there is no jail, as on macOS,
# it refuses, unless told c.SafeExecute.trust_students = True. Seconds for one cell: an infinite loop
# then fails alone.
c.Autograde.exporter_class = "rnn_utils.grading.OwnFilesOnly"  # nbgrader follows links
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    "rnn_utils.grading.LastOfEachId",  # nbgrader's own stops the class at an id that is there twice
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    "rnn_utils.grading.SafeExecute",
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
c.SafeExecute.timeout = c.Execute.timeout = 60
c.GenerateFeedback.exporter_class = "rnn_utils.grading.book.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]

# What handing in late costs: "none", "zero", "10% per day", "2% per hour", "1 point per day", each perhaps
# with a grace: "10% per day after 30 minutes". A change is felt by the next run.
c.AssignLatePenalties.plugin_class = "rnn_utils.grading.book.lateness.LatePenalty"
c.LatePenalty.rule = "none"
# What students put into the exchange is read as theirs: no link there is followed.
c.ExchangeFactory.collect = "rnn_utils.classroom.exchange.Collect"
# Of a lesson that is given out in versions, each student fetches their own.
c.ExchangeFactory.fetch_assignment = "rnn_utils.classroom.own_version.FetchAssignment"
# Feedback in the exchange for those who handed in there, whoever else handed in another way.
c.ExchangeFactory.release_feedback = "rnn_utils.classroom.exchange.ReleaseFeedback"
