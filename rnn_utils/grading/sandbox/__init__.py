"""Executing one submission: the jail, the prepared processes, the tester outside of it."""
