"""Every environment variable that Sluice reads, typed.

Nothing else reads the environment. How a variable gets its value is in settings_sources.
"""

from functools import cached_property
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

import settings_sources
import topology
from settings_sources import ENV_FILE, RUN_ENVIRONMENT_FILE

ROOT = settings_sources.ROOT
STATE_DIRECTORY = settings_sources.STATE_DIRECTORY

MAX_BURST_SECONDS = 3600
"""The longest time that a limit may hold over."""

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}

Port = Annotated[int, Field(ge=1, le=65535)]
QueuePrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
OriginalMode = Literal["keep", "encrypt", "drop"]
TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]


class Settings(BaseSettings):
    """The environment, then RUN_ENVIRONMENT_FILE, then `.env`, then the defaults below.

    Raises pydantic.ValidationError, which names the field, if a variable has a value that it can't have.
    """

    model_config = SettingsConfigDict(
        env_prefix="SLUICE_",
        env_file=(ENV_FILE, RUN_ENVIRONMENT_FILE),
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    aws_endpoint_url: str = ""
    """Endpoint of the embedded AWS engine; empty means real AWS."""
    aws_region: str = Field(default="us-east-1", validation_alias="AWS_REGION")
    """AWS region."""
    queue_prefix: QueuePrefix = "sluice-"
    """Begins the name of every queue and topic."""
    logs_table: TableName = "tenant_processed_logs"
    """DynamoDB table of the redacted logs."""
    policies_table: TableName = "tenant_policies"
    """DynamoDB table of the tenants' redaction policies."""
    data_keys_table: TableName = "tenant_data_keys"
    """DynamoDB table of the tenants' data keys, encrypted."""
    tenants_table: TableName = "tenants"
    """DynamoDB table of the tenants and their limits."""
    keys_table: TableName = "tenant_api_keys"
    """DynamoDB table of the tenants' keys."""
    activity_table: TableName = "tenant_activity"
    """DynamoDB table of what was done for each tenant, by minute."""
    activity_days: int = Field(default=90, ge=1, le=3650)
    """How long that is kept."""
    access_table: TableName = "tenant_access_records"
    """DynamoDB table of who read the originals of which logs."""
    require_auth: bool = True
    """Whether a request needs a key; without one it may send logs for any tenant."""
    key_cache_seconds: int = Field(default=60, ge=0)
    """A revoked key, a suspended tenant and a new limit are known everywhere after this long."""
    key_grace_seconds: int = Field(default=900, ge=0)
    """While DynamoDB is down, keys and tenants that are known serve for this long after they were last read."""
    default_requests_per_second: int = Field(default=1_000, ge=1)
    """Requests a second that a web process takes for a tenant without a limit of its own."""
    default_bytes_per_second: int = Field(default=50_000_000, ge=1)
    """Bytes a second, likewise."""
    default_records_per_second: int = Field(default=100_000, ge=1)
    """Records a second, likewise."""
    default_burst_seconds: int = Field(default=2, ge=1, le=MAX_BURST_SECONDS)
    """The rates hold over this long, so that as much as that may come at once."""
    original: OriginalMode = "encrypt"
    """What becomes of the original texts of a tenant whose policy doesn't say: keep, encrypt or drop."""
    kms_key: str = Field(default="alias/sluice", min_length=1)
    """Key in AWS KMS over the tenants' data keys: its id, ARN or alias."""
    key_file: str = ""
    """A key file in its stead, for the embedded engine only; empty means KMS."""
    retention_days: int = Field(default=0, ge=0, le=topology.MAX_KEPT_DAYS)
    """How long the logs of a tenant are kept whose policy doesn't say; 0 means for ever."""
    policy_cache_seconds: int = Field(default=60, ge=0)
    """A changed policy is in use everywhere after this long."""
    redact_time_limit_seconds: float = Field(default=2.0, gt=0)
    """A log that takes longer to redact goes to the failure queue."""
    visibility_timeout_seconds: int = Field(default=60, ge=5, le=43200)
    """A message whose worker died comes back after this long."""
    task_time_limit_seconds: int = Field(default=50, ge=1)
    """A task that runs longer is killed, and its message comes back."""
    drain_seconds: int = Field(default=20, ge=1)
    """A worker that is told to stop gives its running tasks this long, then cuts them off; they run again."""
    task_max_retries: int = Field(default=200, ge=0, le=10_000)
    """Tries after the first one, before a batch goes to the failure queue."""
    retry_max_delay_seconds: int = Field(default=8, ge=0, le=topology.MAX_DELAY_SECONDS)
    """Longest wait between two tries."""
    control_lease_seconds: int = Field(default=300, ge=5, le=86400)
    """Control queues whose owner has not been seen for this long are swept."""
    max_body_bytes: int = Field(default=5 << 20, ge=1024)
    """What a request's body may have on the wire."""
    max_decoded_bytes: int = Field(default=20 << 20, ge=1024)
    """What it may have when it is decompressed."""
    max_memory_bytes: int = Field(default=128 << 20, ge=1024)
    """What the requests in progress may hold in a web process, together."""
    max_records: int = Field(default=100_000, ge=1, le=1_000_000)
    """Records in one request."""
    retry_after_seconds: int = Field(default=5, ge=1)
    """What a 503 asks a client to wait."""
    metrics_token: SecretStr = SecretStr("")
    """What a scraper of /metrics sends as its bearer token; empty means that only this machine may ask."""
    group_commit: bool = True
    """Whether requests of a tenant that arrive while it publishes leave together in its next publish."""
    max_waiting_bytes: int = Field(default=67_108_864, ge=1)
    """Bytes of logs that may wait for SQS in a web process, a tenant's half of them; beyond that it answers 503."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Level of the processes' own logs."""
    host: str = "127.0.0.1"
    """Address that web and Flower listen on."""
    port: Port = Field(default=topology.DEFAULT_WEB_PORT, validation_alias="PORT")
    """Port of the web process."""
    flower_port: Port = Field(default=topology.DEFAULT_FLOWER_PORT, validation_alias="FLOWER_PORT")
    """Port of Flower."""
    flower_basic_auth: SecretStr = SecretStr("")
    """Login of Flower as user:password; empty means none, which Flower accepts on loopback only."""
    flower_read_only: bool = True
    """Whether Flower shows only, and refuses to stop workers, revoke tasks and the like."""
    engine_port: Port = Field(default=topology.DEFAULT_ENGINE_PORT, validation_alias="ENGINE_PORT")
    """Port of the embedded engine that `make run` starts."""

    @field_validator("retention_days", mode="before")
    @classmethod
    def _read_empty_as_for_ever(cls, days: object) -> object:
        return 0 if days == "" else days

    @field_validator("aws_endpoint_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port is None):
            raise ValueError("must be empty or like http://127.0.0.1:4566")
        return url.rstrip("/")

    @field_validator("flower_basic_auth")
    @classmethod
    def _check_login(cls, login: SecretStr) -> SecretStr:
        # Flower takes a comma for the end of a login, and can't compare what is not ASCII.
        value = login.get_secret_value()
        user, colon, password = value.partition(":")
        if value and not (user and colon and password and value.isascii() and value.isprintable() and "," not in value):
            raise ValueError("must be empty or user:password, in ASCII and without a comma")
        return login

    @model_validator(mode="after")
    def _requires_kms_on_aws(self) -> Self:
        if self.key_file and not self.aws_endpoint_url:
            raise ValueError("SLUICE_KEY_FILE is for the embedded engine; on AWS leave it empty and set SLUICE_KMS_KEY")
        return self

    @cached_property
    def endpoint(self) -> SplitResult | None:
        """Address of the engine, or None with real AWS."""
        return urlsplit(self.aws_endpoint_url) if self.aws_endpoint_url else None

    @cached_property
    def engine_credentials(self) -> tuple[str, str] | None:
        """Access key and secret for an engine on this machine.

        None lets boto3 look for real ones. A fixed pair for loopback means that whatever credentials the shell holds
        are never sent to an emulator.
        """
        if self.endpoint is not None and self.endpoint.hostname in LOOPBACK_HOSTS:
            return ("sluice", "sluice")
        return None

    @classmethod
    def get_variables(cls) -> dict[str, str]:
        """Return the field of each environment variable."""
        return {
            str(field.validation_alias or f"SLUICE_{name.upper()}"): name for name, field in cls.model_fields.items()
        }


def _load() -> Settings:
    settings_sources.undo_flask_dotenv(Settings.get_variables())
    variables = Settings.get_variables()
    settings_sources.warn_about_unknown_variables(variables)
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(settings_sources.explain(error, variables)) from None


settings = _load()
