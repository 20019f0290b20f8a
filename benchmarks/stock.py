"""Celery apps on stock kombu, with the settings that serve the benchmarks' loads best, and none of our code.

What they share with Sluice (the long poll, late acks, JSON) is as in celeryconfig.py. `polling_interval` 0, because
kombu waits that long whenever the prefetch is full; the prefetch is chosen on the command line.
"""

from celery import Celery

from settings import settings
from topology import LONG_POLL_SECONDS


def stock_app(name: str, prefix: str) -> Celery:
    """An app whose queues have names that begin with `prefix`."""
    app = Celery(name)
    app.conf.update(
        broker_url=f"sqs://stock:stock@{settings.endpoint.netloc if settings.endpoint else ''}",
        broker_transport_options={
            "region": settings.aws_region,
            "is_secure": False,
            "queue_name_prefix": prefix,
            "visibility_timeout": settings.visibility_timeout_seconds,
            "wait_time_seconds": LONG_POLL_SECONDS,
            "polling_interval": 0,
        },
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_ignore_result=True,
        worker_hijack_root_logger=False,
    )
    return app
