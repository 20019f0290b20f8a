"""Recognizers of national and tax numbers, one file a region."""
