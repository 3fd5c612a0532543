"""Building, opening, examining and publishing the course."""
