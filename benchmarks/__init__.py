"""Measurements of speed and cost, each as a ratio to a rival."""
