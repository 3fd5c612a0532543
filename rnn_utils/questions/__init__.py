"""What the lessons ask: predictions before a result and the quiz at the end, as data, one file a lesson."""
