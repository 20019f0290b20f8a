"""Names and limits that several modules must agree on.

Plain constants: this module imports nothing.
"""

VERSION = "0.1.0"
"""Of Sluice: in /healthz, /openapi.json and `./sluice --version`. CHANGELOG.md has a section for each."""

REDACT_QUEUE = "redact"
STORE_QUEUE = "store"
FAILURES_QUEUE = "failures"
TASK_QUEUES = {"tasks.redact.redact": REDACT_QUEUE, "tasks.store.store": STORE_QUEUE}

# A message that was received this often and never acked goes to FAILURES_QUEUE by SQS's own redrive. High enough
# that an outage, during which messages come back unprocessed, does not look like a poisonous message.
MAX_RECEIVES = 10

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
MAX_MESSAGE_BYTES = 1_048_576
MAX_DELAY_SECONDS = 900
MAX_RETENTION_SECONDS = 1_209_600

# A poll that began just before a hang of SQS ended has to time out, and the next one has to work, within 10 s of that.
LONG_POLL_SECONDS = 5

TENANT_ID_PATTERN = r"[A-Za-z0-9._-]{1,64}"
# DynamoDB takes a range key of 1,024 bytes; 256 characters of UTF-8 can't be longer.
MAX_LOG_ID_CHARACTERS = 256
MAX_TEXT_BYTES = 131_072
# Objects and arrays inside one another in a record; what is deeper was made to do harm.
MAX_DEPTH = 32

MAX_KEPT_DAYS = 36_500

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
MAX_STATEMENTS = 25

DEFAULT_WEB_PORT = 8000
DEFAULT_FLOWER_PORT = 5555
DEFAULT_ENGINE_PORT = 4566
