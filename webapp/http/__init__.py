"""What every HTTP request has: body, id, errors, memory budget, metrics, health."""
