"""Redaction engine: finds personal data in text and replaces it by tokens.

Pure functions: no I/O, no framework, no state between calls.

>>> Redactor().redact("Customer 555-123-4567 logged in").text
'Customer [PHONE] logged in'
"""

from redaction.policy import Policy
from redaction.redactor import Redactor
from redaction.result import Entity, Redaction

__all__ = ["Entity", "Policy", "Redaction", "Redactor"]
