"""The configurations of docs/shippers.md: what the tests run is what users read."""

import re
from collections.abc import Mapping

from settings import ROOT

URL = "http://127.0.0.1:8000"
"""Stands in the document for where Sluice is,"""
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
    text = blocks()[name]
    host, port = URL.removeprefix("http://"), url.removeprefix("http://")
    assert host in text, f"{name} does not send to {URL}"
    text = text.replace(host, port)
    for placeholder, value in replaced.items():
        assert placeholder in text, f"{name} has no {placeholder}"
        text = text.replace(placeholder, value)
    return text
