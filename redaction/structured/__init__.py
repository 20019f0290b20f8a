"""Structured texts: JSON literals, sensitive keys, and encodings inside them."""
