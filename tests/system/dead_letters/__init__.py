"""Messages that end in the failure queue, with deployments of their own."""
