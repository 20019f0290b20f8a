"""From the body of a request to validated logs in SQS."""
