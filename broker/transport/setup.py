"""The changes to Celery and botocore that the broker needs."""

from celery import Celery

from broker.control.events import use_fanout_exchange
from broker.transport.credentials import patch_botocore
from broker.transport.drain import Drain


def set_up_broker(app: Celery) -> None:
    """Prepare this process and `app` for the broker.

    Call it where `app` is created.

    Every process that imports the app then has it: web servers, workers, Flower and Celery's command line.
    """
    use_fanout_exchange()
    patch_botocore()
    app.steps["worker"].add(Drain)
