"""Keys: the data keys of tenants in memory and in DynamoDB, and keys derived from a secret."""
