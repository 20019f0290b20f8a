"""Who may send and read, and how much: API keys and rate limits."""
