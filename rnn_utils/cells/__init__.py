"""Recurrent cells, one file a cell: a step and a sequence, forward and backward."""
