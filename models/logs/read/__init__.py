"""Pages of a tenant's records, by id or by time."""
