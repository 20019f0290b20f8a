"""Publish the task many times: `python -m benchmarks.fill benchmarks.noop_stock 3000 /tmp/ledger`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from benchmarks.noop import QUEUE, TASK

PUBLISHERS = 8


def main(module: str, messages: int, ledger: str) -> None:
    """Fill the queue with `messages` messages.

    Args:
        module: where the rival's Celery app is.
        messages: their number.
        ledger: the file that the task appends to.
    """
    task = import_module(module).app.tasks[TASK]
    with ThreadPoolExecutor(PUBLISHERS) as publishers:
        # A list, so that an error of any of them is raised here.
        list(publishers.map(lambda _: task.apply_async((ledger,), queue=QUEUE), range(messages)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
