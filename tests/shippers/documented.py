"""The configurations of docs/shippers.md: what the tests run is what users read."""

import re
from collections.abc import Mapping

from settings import ROOT

PORT = "8000"
"""Stands in the document for where Sluice is, at 127.0.0.1,"""
KEY = "slk_KEY"
"""for a key,"""
TENANT = "tenant-1"
"""and for a tenant that is named without one."""

_BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Every named block of the document: ```python otlp.py."""
    return {
        name: text for page in (ROOT / "docs").glob("shippers*.md") for name, text in _BLOCK.findall(page.read_text())
    }


def configuration(name: str, url: str, replaced: Mapping[str, str]) -> str:
    """A block with the document's placeholders replaced.

    Args:
        name: of the block.
        url: Sluice's, without a path.
        replaced: placeholders and what they are here; each must be in the block, or it would not test what it seems to.
    """
    return replaced_in(blocks()[name], name, {PORT: url.rpartition(":")[2], **replaced})


def replaced_in(text: str, name: str, replaced: Mapping[str, str]) -> str:
    """Blocks with placeholders replaced; `name` is for the error."""
    for placeholder, value in replaced.items():
        assert placeholder in text, f"{name} has no {placeholder}"
        text = text.replace(placeholder, value)
    return text
