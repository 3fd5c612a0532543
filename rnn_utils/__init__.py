"""RNN course."""
