"""Access to the HTTP API: API keys and rate limits."""
