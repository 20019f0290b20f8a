"""Recognizers of payment cards, bank accounts and cryptocurrency addresses."""
