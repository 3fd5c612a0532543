"""What the models are used for: forecasting a series, reading and writing text."""
