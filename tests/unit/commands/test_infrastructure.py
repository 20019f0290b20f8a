"""`./sluice db create` in the environment of an operator."""

import os
import stat
import subprocess
from pathlib import Path

from local.engine import Engine
from settings import ROOT
from tests.support.kms_key import KmsKey


def create(check: bool = True, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [ROOT / "sluice", "db", "create"],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=check,
    )


def test_create_makes_the_key_file(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "original.key"

    done = create(SLUICE_KEY_FILE=str(file), SLUICE_ORIGINAL="encrypt")

    assert f"key file {file} is ready" in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not done.stderr


def test_create_names_a_key_file_that_can_not_be_made(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = create(check=False, SLUICE_KEY_FILE=str(tmp_path / "file" / "original.key"))

    assert done.returncode == 1
    assert "original.key can't be made: " in done.stderr
    assert "Traceback" not in done.stderr


def test_create_warns_about_a_missing_key_in_kms(engine: Engine) -> None:
    done = create(SLUICE_KEY_FILE="", SLUICE_ORIGINAL="encrypt", SLUICE_KMS_KEY="alias/none")

    assert "no log can be stored until there is a key that encrypts originals: KMS, NotFoundException" in done.stderr
    assert "create one in KMS under alias/none" in done.stderr


def test_create_prints_no_warning_if_the_key_exists(engine: Engine) -> None:
    assert not create(SLUICE_KEY_FILE="", SLUICE_ORIGINAL="encrypt", SLUICE_KMS_KEY=KmsKey().alias).stderr
