"""Gates: one linear pass over a batch that finds the recognizers worth running."""
