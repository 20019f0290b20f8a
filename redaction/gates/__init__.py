"""Gates: one linear pass over texts selects the recognizers to run."""
