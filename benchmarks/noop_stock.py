"""The task on stock Celery and kombu."""

from benchmarks.noop import PREFIX, TASK, note
from benchmarks.stock import stock_app

app = stock_app("stock", PREFIX)
app.task(name=TASK)(note)
