"""Building, opening and examining the course: the `rnn-course` command."""
