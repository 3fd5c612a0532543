"""The measured experiments of the lessons, one module for each question."""
