"""Lines that `make run` leaves out on the terminal.

They are those of third-party programs that start and stop. The log file has all lines.
"""

import re

_STARTUP_LINES = re.compile(
    # granian says where it listens and how it stops. Its warning about threads is meant for code that computes: those
    # of web wait for SQS.
    rb"\[WARNING\] Configuration allows spawning up to \d+ Python threads"
    rb"|\[INFO\] (Websockets|Starting granian|Listening at|Spawning worker|Started worker|Shutting down|Stopp)"
    rb"|\[INFO\] Granian shutdown"
    # PynamoDB looks for a file of settings, which Sluice does not use.
    rb"|Override settings for pynamo"
    # Celery says that it connects, is ready and stops.
    rb"|: INFO/\w+\] (?!\{)"
    rb"|^worker: (Warm|Cold) shutdown"
    # Flower asks the workers for their state while they start, and lists the tasks that it knows.
    rb"|Inspect method \w+ failed"
    rb"|^\[I \d{6} "
    rb"|^ +\[?'[\w.]+'[,\]]"
)


def is_startup_line(line: bytes) -> bool:
    """Return whether a line says nothing to somebody who watches `make run`."""
    return not line.strip() or _STARTUP_LINES.search(line) is not None
