"""The figures that belong to one lesson, so that its cells hold only what a learner should read."""
