"""The page about taking a field through the pipeline names real places."""

import re

from settings import ROOT

PAGE = (ROOT / "docs/fields.md").read_text()


def test_every_module_and_test_on_the_page_exists() -> None:
    paths = set(re.findall(r"`([a-z_]+/[a-z_/]*(?:\.py)?|[a-z_]+\.py)`", PAGE))

    assert len(paths) > 15
    assert not [path for path in paths if not (ROOT / path).exists()]
