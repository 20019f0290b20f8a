"""Descriptions of views, and the OpenAPI document and page of them."""
