"""Celery apps on stock kombu, with the best settings for the benchmarks.

They use none of Sluice's code. The long poll, late acks and JSON are set as in celeryconfig.py. `polling_interval` is
0, because kombu waits that long whenever the prefetch is full; the prefetch is chosen on the command line.
"""

from celery import Celery

from settings import settings
from topology import LONG_POLL_SECONDS


def stock_app(name: str, prefix: str) -> Celery:
    """Make an app whose queue names begin with `prefix`."""
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
