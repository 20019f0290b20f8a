"""Building blocks under every package: AWS clients, outages, caches, times, forks."""
