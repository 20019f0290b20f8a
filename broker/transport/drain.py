"""The end of a worker that is told to stop.

It gives back what it has not begun, and ends in time.

Written against Celery 5.7.0.
"""

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
    """A worker step: `app.steps["worker"].add(Drain)`.

    Without it Celery keeps what it has prefetched hidden from others until the last running task has ended, and waits
    for that without a limit. Tasks that still run after SLUICE_DRAIN_SECONDS are cut off and run again, so they must
    be acked late.
    """

    def close(self, worker: Any) -> None:
        """Start to drain when a shutdown begins.

        Celery calls this for warm and cold shutdowns, whoever asked for them.
        """
        if worker.consumer is not None and worker.consumer.task_consumer is not None:
            channel = worker.consumer.task_consumer.channel
            # In a thread: Celery's shutdown blocks the main thread until the running tasks have ended. If they end in
            # time, the process ends with this thread.
            threading.Thread(target=_drain, args=(worker, channel), name="drain", daemon=True).start()


def _drain(worker: Any, channel: Any) -> None:
    ends = time.monotonic() + settings.drain_seconds
    channel.give_back_all_but({request.message.delivery_tag for request in tuple(state.active_requests)})
    time.sleep(max(0.0, ends - time.monotonic()))
    running = len(state.active_requests)
    count = "1 task still runs" if running == 1 else f"{running} tasks still run"
    logger.warning("%s after %d s; cutting off, to run again", count, settings.drain_seconds)
    # Before the kill: the main process would notice a lost task and reject its message, which is then hidden for
    # REQUEUE_SECONDS.
    channel.qos.restore_unacked_once()
    for pid in worker.pool.info.get("processes", ()):
        os.kill(pid, signal.SIGKILL)
    leases.release_all()
    logging.shutdown()
    # sys.exit would wait for the pool's threads, which run the tasks.
    os._exit(os.EX_OK)
