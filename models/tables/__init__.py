"""How models reach their DynamoDB tables, and how these are created and compared."""
