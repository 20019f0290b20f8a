"""Configurations of docs/shippers/: the tests run what users read."""

import re
from collections.abc import Mapping

from settings import ROOT

PORT = "8000"
"""Port of Sluice in the pages, at 127.0.0.1."""
KEY = "slk_KEY"
"""API key in the pages."""
TENANT = "tenant-1"
"""Tenant in the pages, where a request names one instead of an API key."""

_BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Return every block with a file name (```python otlp.py) by that name."""
    pages = sorted((ROOT / "docs" / "shippers").glob("*.md"))
    found = [block for page in pages for block in _BLOCK.findall(page.read_text())]
    assert len({name for name, _ in found}) == len(found), "two blocks have the same name"
    return dict(found)


def configuration(name: str, url: str, replaced: Mapping[str, str]) -> str:
    """Return a block with its placeholders replaced.

    Args:
        name: of the block.
        url: Sluice's, without a path.
        replaced: value by placeholder. Each must be in the block, or the test would not test what it seems to.
    """
    return replaced_in(blocks()[name], name, {PORT: url.rpartition(":")[2], **replaced})


def replaced_in(text: str, name: str, replaced: Mapping[str, str]) -> str:
    """Return a text with placeholders replaced; `name` is for the error."""
    for placeholder, value in replaced.items():
        assert placeholder in text, f"{name} has no {placeholder}"
        text = text.replace(placeholder, value)
    return text
