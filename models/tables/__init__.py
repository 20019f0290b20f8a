"""Connections to DynamoDB, base classes of models, and schemas of tables."""
