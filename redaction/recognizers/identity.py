"""Identity numbers."""

import re

from redaction.boundaries import NUMBER_END, NUMBER_START
from redaction.recognizer import Recognizer

# SSA, "Social Security Number Randomization" (in force since 2011-06-25): area 001 to 899 without 666, group not 00,
# serial not 0000. The older rules by state no longer hold, so no narrower check is sound.
_US_SSN = re.compile(rf"{NUMBER_START}(?!000|666|9)\d{{3}}-(?!00)\d{{2}}-(?!0000)\d{{4}}{NUMBER_END}", re.ASCII)

RECOGNIZERS = (
    Recognizer(
        name="us_ssn_hyphens",
        entity="US_SSN",
        gate=r"[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",
        pattern=_US_SSN,
        positive=(
            ("kyc ssn=123-45-6789 matched", "123-45-6789"),
            ("'001-61-1658')", "001-61-1658"),
            ("899-99-9999", "899-99-9999"),
            (r"name\n326-76-9515\n", "326-76-9515"),
        ),
        negative=(
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "987-65-4321",
            "123-00-6789",
            "123-45-0000",
            "1123-45-6789",
            "123-45-67890",
            "12-123-45-6789",
            "123-45-6789-01",
            "a123-45-6789",
            "123-45-6789.5",
            "123456789",
            "3187c8df-123-45-6789-8602",
        ),
    ),
)
