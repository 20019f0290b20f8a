"""The plain design: one request, chain and put per log.

It is the rival of `make bench-pipeline`, on stock Celery and kombu with the settings that serve this load best
(benchmarks/stock.py). It shares with Sluice what the benchmark does not compare: the web server, the redaction engine,
and PynamoDB's model of the table.
"""
