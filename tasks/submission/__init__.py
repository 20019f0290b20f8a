"""Batches on their way from a request into SQS."""
