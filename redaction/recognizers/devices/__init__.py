"""Recognizers of IP and MAC addresses, IMEIs and vehicle numbers."""
