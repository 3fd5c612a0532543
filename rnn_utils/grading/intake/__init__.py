"""Taking in what a student handed in."""
