"""Imports run one way only, between packages and within each folder."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from settings import ROOT

MAY_IMPORT: dict[str, set[str]] = {
    "topology": set(),
    "observability": set(),
    "settings_sources": set(),
    "settings": {"settings_sources", "topology"},
    "foundation": {"observability", "topology", "settings"},
    "celeryconfig": {"foundation", "topology", "settings"},
    "broker": {"foundation", "observability", "topology", "settings"},
    "redaction": set(),
    "originals": {"foundation", "observability", "topology", "settings"},
    "models": {"originals", "foundation", "observability", "topology", "settings"},
    "tasks": {
        "models",
        "originals",
        "redaction",
        "broker",
        "celeryconfig",
        "foundation",
        "observability",
        "topology",
        "settings",
    },
    "commands": {
        "settings_sources",
        "tasks",
        "models",
        "originals",
        "broker",
        "redaction",
        "foundation",
        "observability",
        "topology",
        "settings",
    },
    "webapp": {
        "commands",
        "tasks",
        "models",
        "originals",
        "broker",
        "redaction",
        "foundation",
        "observability",
        "topology",
        "settings",
    },
    "local": {"settings_sources", "topology", "settings"},
    "scripts": {"models", "settings", "topology"},
    "simulate_logs": {"models", "scripts", "settings"},
}


def list_files(package: str) -> Iterator[Path]:
    module = ROOT / f"{package}.py"
    yield from [module] if module.exists() else sorted((ROOT / package).rglob("*.py"))


def get_imported_packages(file: Path) -> set[str]:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            imported.add((node.module or "").split(".")[0])
    return imported


def test_every_package_has_a_rule() -> None:
    ours = {file.parent.name for file in ROOT.glob("*/__init__.py")} | {file.stem for file in ROOT.glob("*.py")}

    assert ours - {"tests", "benchmarks", "infra"} == MAY_IMPORT.keys()


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_allowed_packages(package: str) -> None:
    files = list(list_files(package))
    assert files

    for file in files:
        ours = get_imported_packages(file) & MAY_IMPORT.keys() - {package}
        assert ours <= MAY_IMPORT[package], f"{file} imports {ours - MAY_IMPORT[package]}"


def imported_modules(file: Path) -> Iterator[str]:
    """Yield the dotted names of our modules that a file imports.

    A package's name stands for the package's `__init__`.
    """
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = ROOT.joinpath(*node.module.split("."), alias.name)
                is_module = submodule.is_dir() or submodule.with_suffix(".py").exists()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def import_graph(folder: Path) -> dict[str, set[str]]:
    """Return the modules and folders in `folder`, and what each imports."""
    package = ".".join(folder.relative_to(ROOT).parts)
    graph: dict[str, set[str]] = {}
    for file in folder.rglob("*.py"):
        part = file.relative_to(folder).with_suffix("").parts[0]
        imports = graph.setdefault(part, set())
        for module in imported_modules(file):
            if module == package:
                imports.add("__init__")
            elif module.startswith(f"{package}."):
                imports.add(module.removeprefix(f"{package}.").partition(".")[0])
        imports.discard(part)
    return graph


FOLDERS = sorted({file.parent for package in MAY_IMPORT for file in list_files(package)} - {ROOT})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_modules_in_a_folder_import_each_other_one_way_only(folder: Path) -> None:
    try:
        TopologicalSorter(import_graph(folder)).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_redaction_imports_no_flask_celery_or_aws() -> None:
    for file in list_files("redaction"):
        assert not get_imported_packages(file) & {"flask", "celery", "kombu", "boto3", "botocore", "pynamodb"}


def reads_environment(source: str) -> bool:
    """Return whether Python code reads the environment through `os`."""
    readers = {"environ", "environb", "getenv", "getenvb"}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in readers:
                return True
            case ast.ImportFrom(module="os", names=names) if readers & {alias.name for alias in names}:
                return True
    return False


def test_only_settings_and_local_read_the_environment() -> None:
    for package in MAY_IMPORT.keys() - {"settings", "settings_sources", "local"}:
        for file in list_files(package):
            # prometheus_client reads the directory of its numbers from the environment.
            source = file.read_text().replace("os.environ.setdefault(", "setdefault(")
            assert not reads_environment(source), f"{file} reads the environment"


def test_only_two_modules_publish_tasks() -> None:
    publishing = {
        str(file.relative_to(ROOT))
        for package in MAY_IMPORT
        for file in list_files(package)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"apply_async", "delay", "send_task"}
    }

    assert publishing == {"tasks/publishing.py", "tasks/pipeline_task.py"}
