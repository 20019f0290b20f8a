"""Celery's settings and nothing else.

https://docs.celeryq.dev/en/stable/userguide/configuration.html
"""

from kombu import Queue

from foundation import aws_clients
from settings import settings
from topology import LONG_POLL_SECONDS, REDACT_QUEUE, STORE_QUEUE, TASK_QUEUES

_credentials = "{}:{}@".format(*settings.engine_credentials) if settings.engine_credentials else ""
_address = settings.endpoint.netloc if settings.endpoint else ""
broker_url = f"sqs://{_credentials}{_address}"
broker_transport = "broker.transport.channel:Transport"
broker_transport_options = {
    "region": settings.aws_region,
    "is_secure": settings.endpoint is None or settings.endpoint.scheme == "https",
    "queue_name_prefix": settings.queue_prefix,
    "visibility_timeout": settings.visibility_timeout_seconds,
    "wait_time_seconds": LONG_POLL_SECONDS,
    # Stock kombu waits a second after a poll without a message. SQS itself waits here, for LONG_POLL_SECONDS.
    "polling_interval": 0,
    # Remote control and events go over SNS; stock kombu leaves that off.
    "supports_fanout": True,
    # Message bodies are base64 already, inside kombu's envelope.
    "sqs_base64_encoding": False,
    "client-config": aws_clients.BROKER.botocore_options | {"tcp_keepalive": True},
}
# At least as many as web has threads: each may publish for another tenant.
broker_pool_limit = aws_clients.BROKER.connections
broker_connection_retry_on_startup = True
# Celery gives up after 100 tries, and an outage of SQS that long would end every worker.
broker_connection_max_retries = None
# botocore retries already; a second loop around it would keep a client of /ingest waiting.
task_publish_retry = False

task_queues = [Queue(REDACT_QUEUE, routing_key=REDACT_QUEUE), Queue(STORE_QUEUE, routing_key=STORE_QUEUE)]
task_default_queue = REDACT_QUEUE
task_routes = {task: {"queue": queue} for task, queue in TASK_QUEUES.items()}

# Never pickle: anybody who may write to a queue could run code in a worker.
accept_content = ["json"]
task_serializer = "json"
result_serializer = "json"
event_serializer = "json"
task_compression = "zlib"
# There is no result backend. Flower shows what a task returns, which is a description of its batch.
task_ignore_result = True

# By default Celery acks a message before its task runs, and also if the process dies or the time is over: then the
# logs would be lost.
task_acks_late = True
task_reject_on_worker_lost = True
task_acks_on_timeout = False
task_time_limit = settings.task_time_limit_seconds

worker_consumer = "broker.transport.consumer:Consumer"
# At 20 and more every receive brings ten; on two cores the redact worker holds that many.
worker_prefetch_multiplier = 10
worker_send_task_events = True
# Celery would remove the handlers that a host application has put on the root logger.
worker_hijack_root_logger = False
# Celery 6 will cancel what runs when the connection is lost. SQS has no connection that a receipt depends on, so a task
# goes on and its message is acked later.
worker_cancel_long_running_tasks_on_connection_loss = False
enable_utc = True
