"""Celery's broker: SQS for tasks, SNS for remote control and events."""

from botocore.exceptions import BotoCoreError, ClientError
from kombu.exceptions import OperationalError
from kombu.transport.SQS.exceptions import DoesNotExistQueueException

UNAVAILABLE_ERRORS = (OperationalError, BotoCoreError, ClientError, OSError, DoesNotExistQueueException)
"""What a publish raises when SQS did not take the message, whatever the cause."""
