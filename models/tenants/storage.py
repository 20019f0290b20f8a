"""Rules for storing a tenant's logs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from settings import OriginalMode, settings
from topology import MAX_KEPT_DAYS

ORIGINAL_MODES: tuple[str, ...] = get_args(OriginalMode)


@dataclass(frozen=True, slots=True)
class Storage:
    """Rules for storing a tenant's logs; None means the settings.

    Attributes:
        original: "keep" stores original texts as they are, "encrypt" encrypts them, "drop" stores none.
        retention_days: 1 to MAX_KEPT_DAYS; 0 means for ever.

    Raises ValueError, which names the allowed values, for any other value.
    """

    original: OriginalMode | None = None
    retention_days: int | None = None

    def __post_init__(self) -> None:
        if self.original is not None and self.original not in ORIGINAL_MODES:
            raise ValueError(f"original must be one of {', '.join(ORIGINAL_MODES)}, not {self.original!r}")
        days = self.retention_days
        if days is not None and (type(days) is not int or not 0 <= days <= MAX_KEPT_DAYS):
            raise ValueError(
                f"retention_days must be 0 (for ever) or a number of days up to {MAX_KEPT_DAYS}, not {days!r}"
            )

    @property
    def original_mode(self) -> OriginalMode:
        """The tenant's own mode, or that of the settings."""
        return self.original or settings.original

    @property
    def expires_at(self) -> datetime | None:
        """Expiry of a log that is stored now; None for never."""
        days = settings.retention_days if self.retention_days is None else self.retention_days
        return datetime.now(UTC) + timedelta(days=days) if days else None
