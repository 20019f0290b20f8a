"""Kombu's SQS transport, with batched acks and polls that survive outages."""
