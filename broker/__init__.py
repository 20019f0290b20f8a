"""Celery's broker: SQS for tasks, SNS for remote control and events.

The import order, lowest first: `batching` and `queues`, then `control`, then `transport`, then `failures`. A module
imports its own folder and lower ones only.
"""

from botocore.exceptions import BotoCoreError, ClientError
from kombu.exceptions import OperationalError
from kombu.transport.SQS.exceptions import DoesNotExistQueueException

UNAVAILABLE_ERRORS = (OperationalError, BotoCoreError, ClientError, OSError, DoesNotExistQueueException)
"""Errors of a publish that mean that SQS did not take the message, for any cause."""
