"""KMS keys of the embedded engine."""

import uuid

import boto3

from settings import settings


class KmsKey:
    """A new KMS key with an alias of its own."""

    def __init__(self) -> None:
        assert settings.engine_credentials
        access_key, secret = settings.engine_credentials
        self._kms = boto3.client(
            "kms",
            endpoint_url=settings.aws_endpoint_url,
            region_name=settings.aws_region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
        )
        self.alias = f"alias/sluice-{uuid.uuid4().hex[:12]}"
        self.arn = self._create()
        self._kms.create_alias(AliasName=self.alias, TargetKeyId=self.arn)

    def replace(self) -> None:
        """Point the alias at another new key."""
        self.arn = self._create()
        self._kms.update_alias(AliasName=self.alias, TargetKeyId=self.arn)

    def disable(self) -> None:
        self._kms.disable_key(KeyId=self.arn)

    def enable(self) -> None:
        self._kms.enable_key(KeyId=self.arn)

    def _create(self) -> str:
        arn: str = self._kms.create_key()["KeyMetadata"]["Arn"]
        return arn
