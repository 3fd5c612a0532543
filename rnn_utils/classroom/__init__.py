"""A class from release to marks: `rnn-course class …`, on nbgrader's own library and gradebook."""
