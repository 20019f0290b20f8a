"""A worker that is told to stop: gives back what it has not begun, and ends when its time is over."""

import logging
import os
import signal
import threading
import time
from typing import Any

from celery import bootsteps
from celery.worker import state

from broker.control.leases import leases
from settings import settings

logger = logging.getLogger(__name__)


class Drain(bootsteps.StartStopStep):
    """`app.steps["worker"].add(Drain)`.

    Stock Celery keeps what it has prefetched hidden from others until the last running task has ended, and waits for
    that without a limit. Written against Celery 5.7.0.
    """

    def close(self, worker: Any) -> None:
        """Called when a warm or cold shutdown begins, whoever asked for it."""
        if worker.consumer is not None and worker.consumer.task_consumer is not None:
            channel = worker.consumer.task_consumer.channel
            threading.Thread(target=_drain, args=(worker, channel), name="drain", daemon=True).start()


def _drain(worker: Any, channel: Any) -> None:
    ends = time.monotonic() + settings.drain_seconds
    channel.give_back_all_but({request.message.delivery_tag for request in tuple(state.active_requests)})
    time.sleep(max(0.0, ends - time.monotonic()))
    running = len(state.active_requests)
    logger.warning("%d tasks still run after %d s, cutting them off: they run again", running, settings.drain_seconds)
    # Before the kill: the main process would see a lost task, and reject its message, visible some seconds later.
    channel.qos.restore_unacked_once()
    for pid in worker.pool.info.get("processes", ()):
        os.kill(pid, signal.SIGKILL)
    leases.release_all()
    logging.shutdown()
    os._exit(os.EX_OK)
