"""Grading one class, on this machine or on a cluster."""
