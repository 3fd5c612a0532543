"""The same cells with arrays that are kept between steps, for training.

What does not have to wait for the step before is one large product for all steps; what has to wait writes
into arrays that are made once. Read the plain cells beside this folder; the tests hold both equal.
"""
