"""Recognizers of passwords, tokens, keys, cookies and one-time codes."""
