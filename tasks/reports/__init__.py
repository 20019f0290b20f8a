"""Reports of the tasks: outcome lines, and counts per tenant and minute."""
