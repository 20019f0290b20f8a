"""Recognizers of e-mail addresses, telephone numbers, postal addresses and coordinates."""
