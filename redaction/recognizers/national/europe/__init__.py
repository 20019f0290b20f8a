"""Recognizers of the national numbers of European countries."""
