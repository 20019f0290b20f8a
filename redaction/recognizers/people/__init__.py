"""Recognizers of names, birth dates, health, licence and US identity numbers."""
