"""The broker's changes to Celery and botocore in every process."""

from botocore.credentials import RefreshableCredentials
from celery.events.event import event_exchange

from broker.control.events import Dispatcher
from broker.transport import credentials
from broker.transport.channel import Transport
from broker.transport.consumer import Consumer
from broker.transport.drain import Drain
from broker.transport.setup import set_up_broker
from tasks import app


def test_the_application_is_set_up() -> None:
    assert Drain in app.steps["worker"]
    assert event_exchange.type == "fanout"
    assert RefreshableCredentials._protected_refresh is credentials._refresh


def test_a_second_setup_changes_nothing() -> None:
    refresh = credentials._botocore_refresh

    set_up_broker(app)

    assert credentials._botocore_refresh is refresh is not credentials._refresh
    assert RefreshableCredentials._protected_refresh is credentials._refresh


def test_the_names_in_celerys_settings_are_these_classes() -> None:
    with app.connection_for_write() as connection:
        assert isinstance(connection.transport, Transport)
    assert app.events.dispatcher_cls == f"{Dispatcher.__module__}:{Dispatcher.__name__}"
    assert app.conf.worker_consumer == f"{Consumer.__module__}:{Consumer.__name__}"
