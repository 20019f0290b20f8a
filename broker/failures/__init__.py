"""The failure queue and its dead letters, for those who operate it."""
