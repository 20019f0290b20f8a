"""What is done for one tenant, with deployments of their own."""
