"""What measures speed, cost and accuracy; each prints a ratio against a named rival."""
