"""Control queues: owned, renewed, created again, deleted with their owner."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from kombu.exceptions import OperationalError

from broker.control import leases as module
from broker.control.leases import PREFIX_TAG, RENEWAL_SECONDS, RENEWALS_PER_LEASE, SEEN_TAG, Leases
from broker.queues import sqs_client
from foundation.aws_clients import QUEUE_SETUP, make_client
from local.engine import Engine
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for

ATTRIBUTES = {"MessageRetentionPeriod": "60"}


@pytest.fixture
def leases(engine: Engine) -> Iterator[Leases]:
    mine = Leases()
    yield mine
    mine.release_all()


@pytest.fixture
def name(tenant: str) -> str:
    return f"{settings.queue_prefix}celeryev-{tenant}"


def get_tags(name: str) -> dict[str, str]:
    sqs = sqs_client()
    return sqs.list_queue_tags(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"]).get("Tags", {})


def exists(name: str) -> bool:
    return bool(sqs_client().list_queues(QueueNamePrefix=name).get("QueueUrls"))


def delete(name: str) -> None:
    sqs = sqs_client()
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])


def subscribe(leases: Leases, name: str, url: str) -> tuple[Any, str]:
    """Subscribe the queue to a topic; return SNS's client and its ARN."""
    sqs, sns = sqs_client(), make_client("sns", QUEUE_SETUP)
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name=name)["TopicArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)
    assert leases.record_subscription(name, leases.get_generation(name), sns, topic, subscription["SubscriptionArn"])
    return sns, topic


def count_subscriptions(sns: Any, topic: str) -> int:
    return len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])


def test_a_lease_is_renewed_several_times_before_it_ends() -> None:
    assert settings.control_lease_seconds == RENEWAL_SECONDS * RENEWALS_PER_LEASE
    assert RENEWALS_PER_LEASE > 1


def test_an_owned_queue_is_tagged_with_prefix_and_time(leases: Leases, name: str) -> None:
    before = int(time.time())

    leases.own(sqs_client(), name, ATTRIBUTES)

    tags = get_tags(name)
    assert tags[PREFIX_TAG] == settings.queue_prefix
    assert before <= int(tags[SEEN_TAG]) <= time.time()
    assert leases.get_generation(name) == 1


def test_owning_a_queue_again_renews_the_lease(leases: Leases, name: str) -> None:
    url = leases.own(sqs_client(), name, ATTRIBUTES)
    sqs_client().tag_queue(QueueUrl=url, Tags={SEEN_TAG: "0"})

    assert leases.own(sqs_client(), name, ATTRIBUTES) == url

    assert get_tags(name)[SEEN_TAG] != "0"
    assert leases.get_generation(name) == 1


def test_leases_are_renewed_in_the_background(leases: Leases, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEWAL_SECONDS", 0.05)
    url = leases.own(sqs_client(), name, ATTRIBUTES)

    sqs_client().tag_queue(QueueUrl=url, Tags={SEEN_TAG: "0"})

    wait_for("renewal", lambda: get_tags(name)[SEEN_TAG] != "0")


def test_a_swept_queue_and_subscription_are_created_again(leases: Leases, name: str) -> None:
    url = leases.own(sqs_client(), name, ATTRIBUTES)
    sns, topic = subscribe(leases, name, url)
    (old,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=old["SubscriptionArn"])
    delete(name)

    leases.own(sqs_client(), name, ATTRIBUTES)

    assert exists(name)
    assert leases.get_generation(name) == 2
    assert count_subscriptions(sns, topic) == 1
    sns.delete_topic(TopicArn=topic)


def test_a_subscription_from_an_earlier_generation_is_not_recorded(leases: Leases, name: str) -> None:
    leases.own(sqs_client(), name, ATTRIBUTES)
    generation = leases.get_generation(name)
    delete(name)
    leases.own(sqs_client(), name, ATTRIBUTES)

    assert not leases.record_subscription(name, generation, None, "topic", "subscription")


def test_a_subscription_by_another_process_needs_no_record(leases: Leases, name: str) -> None:
    assert leases.get_generation(name) == 0
    assert leases.record_subscription(name, 0, None, "topic", "subscription")


def test_a_released_queue_and_subscription_are_deleted(leases: Leases, name: str) -> None:
    sns, topic = subscribe(leases, name, leases.own(sqs_client(), name, ATTRIBUTES))

    assert leases.release(name)

    assert not exists(name)
    assert count_subscriptions(sns, topic) == 0
    assert leases.get_generation(name) == 0
    sns.delete_topic(TopicArn=topic)


def test_an_undeletable_queue_is_left_to_a_sweep(leases: Leases, name: str, proxy: FaultProxy, sqs: Any) -> None:
    leases.own(sqs, name, ATTRIBUTES)
    proxy.status(503, "ServiceUnavailable", "sqs")

    assert not leases.release(name)

    assert exists(name)
    delete(name)


def test_a_process_that_ends_stops_at_the_first_failure(leases: Leases, name: str, proxy: FaultProxy, sqs: Any) -> None:
    for number in range(3):
        leases.own(sqs, f"{name}-{number}", ATTRIBUTES)
    proxy.status(503, "ServiceUnavailable", "sqs")

    leases.release_all()

    assert proxy.calls["DeleteQueue"] == 1
    for number in range(3):
        delete(f"{name}-{number}")


def test_a_process_that_ends_owns_no_more_queues(leases: Leases, name: str) -> None:
    leases.own(sqs_client(), name, ATTRIBUTES)
    leases.release_all()

    assert not exists(name)
    with pytest.raises(OperationalError, match="ending"):
        leases.own(sqs_client(), name, ATTRIBUTES)


def test_an_outage_is_the_callers_to_handle(leases: Leases, name: str, proxy: FaultProxy, sqs: Any) -> None:
    proxy.refuse("sqs")

    with pytest.raises(BotoCoreError):
        leases.own(sqs, name, ATTRIBUTES)

    assert leases.get_generation(name) == 0


def test_a_forked_process_owns_nothing(leases: Leases, name: str) -> None:
    leases.own(sqs_client(), name, ATTRIBUTES)

    leases.reset()
    leases.release_all()

    assert leases.get_generation(name) == 0
    assert exists(name)
    delete(name)
