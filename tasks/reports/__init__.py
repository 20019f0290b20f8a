"""What the tasks report: a line for each task, and counts per tenant and minute."""
