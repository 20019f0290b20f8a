"""Data keys of tenants, and keys derived from a tenant's secret."""
