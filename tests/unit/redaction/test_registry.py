"""The registry holds every recognizer."""

import pkgutil
from importlib import import_module

import pytest

import redaction.recognizers
from redaction.recognizers import RECOGNIZERS

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(redaction.recognizers.__path__, "redaction.recognizers.")
    if hasattr(import_module(module.name), "RECOGNIZERS")
)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_with_recognizers_is_registered(name: str) -> None:
    registered = {id(recognizer) for recognizer in RECOGNIZERS}
    missing = [each.name for each in import_module(name).RECOGNIZERS if id(each) not in registered]

    assert not missing, f"redaction/recognizers/__init__.py: import {name} and add *{name.split('.')[-1]}.RECOGNIZERS"


def test_every_registered_recognizer_is_in_a_module() -> None:
    collected = {id(recognizer) for name in MODULES for recognizer in import_module(name).RECOGNIZERS}

    assert [recognizer.name for recognizer in RECOGNIZERS if id(recognizer) not in collected] == []
