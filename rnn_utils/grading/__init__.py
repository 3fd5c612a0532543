"""Grading with nbgrader: what its configuration of this course adds."""
