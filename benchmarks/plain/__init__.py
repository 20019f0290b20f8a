"""The plain design, the rival of `make bench-pipeline`: a request, a Celery chain and a put for each log.

Stock Celery and kombu with the settings that serve this load best (benchmarks/stock.py). What it shares with Sluice is
what is not compared: the web server, the redaction engine, and PynamoDB's model of the table.
"""
