"""Originals are encrypted by KMS, and wait while KMS is down."""

import json

from local.engine import Engine
from models import LogRecord
from models.crypto.keyring import Keyring
from originals import Kms, parse_data_key_id
from tests.support.failure_queue import list_dead_letters
from tests.support.fault_proxy import FaultProxy
from tests.support.kms_key import KmsKey
from tests.support.processes import Processes
from tests.support.waiting import wait_for

STARTED = "reading the policies and keys that records are built with fails (KMS, "
ENDED = "reading the policies and keys that records are built with works again"
MARKER = "quokka"


def test_logs_wait_while_kms_is_down_and_are_stored_encrypted_afterwards(
    engine: Engine, proxy: FaultProxy, processes: Processes, tenant: str
) -> None:
    key = KmsKey()
    processes.environment |= {
        "SLUICE_AWS_ENDPOINT_URL": proxy.url,
        "SLUICE_ORIGINAL": "encrypt",
        "SLUICE_KEY_FILE": "",
        "SLUICE_KMS_KEY": key.alias,
    }
    processes.use_queues(f"{tenant}-")
    processes.start("web", "redact", "store")
    proxy.refuse("kms")

    for number in range(3):
        log = {"tenant_id": tenant, "log_id": f"{number}", "text": f"{MARKER} a@b.co {number}"}
        assert processes.post(json.dumps(log), Content_Type="application/json").status == 202
    # Each log was tried, and retried.
    wait_for("tries", lambda: processes.log("store").count('"message": "again"') >= 6)
    assert LogRecord.count(tenant) == 0
    proxy.clear()
    wait_for("stored logs", lambda: LogRecord.count(tenant) == 3)

    log = processes.log("store")
    assert (log.count(STARTED), log.count(ENDED)) == (1, 1)
    assert MARKER not in log
    assert not list_dead_letters(tenant, f"{tenant}-")
    keys = Keyring(Kms(key.alias))
    for record in LogRecord.for_tenant(tenant).records:
        assert MARKER not in record.original_text
        opened = keys.get_opening_cipher(tenant, parse_data_key_id(record.original_text)).open(
            record.log_id, record.original_text
        )
        assert opened == f"{MARKER} a@b.co {record.log_id}"
