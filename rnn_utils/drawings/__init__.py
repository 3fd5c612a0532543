"""Drawn explanations: one function for each idea, in one style, for light and dark pages and for phones."""
