"""Splunk: the HTTP Event Collector (HEC)."""
