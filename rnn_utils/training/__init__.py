"""From parameters to a trained model: where they start, losses, models, updates, the loop, files."""
