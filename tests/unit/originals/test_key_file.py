"""Key files: readable by their owner only, and never replaced."""

import stat
from pathlib import Path

import pytest

from originals import KeyFile, KeyRefused, KeysUnavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "original.key"
    KeyFile(str(file)).create()
    return file


def test_a_data_key_wrapped_by_one_process_is_unwrapped_by_another(path: Path) -> None:
    made = KeyFile(str(path)).create_key("tenant-1")

    assert KeyFile(str(path)).unwrap("tenant-1", made.wrapped, made.wrapped_by) == made.key
    assert made.key not in made.wrapped
    assert made.key.hex() not in repr(made)


def test_a_key_file_is_created_once_and_readable_by_the_owner_only(path: Path) -> None:
    before = path.read_bytes()

    KeyFile(str(path)).create()

    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_tenants_data_key_is_refused(path: Path) -> None:
    file = KeyFile(str(path))
    made = file.create_key("tenant-1")

    with pytest.raises(KeyRefused, match="for this tenant"):
        file.unwrap("tenant-2", made.wrapped, made.wrapped_by)


def test_a_data_key_from_another_key_file_is_refused(path: Path) -> None:
    made = KeyFile(str(path)).create_key("tenant-1")
    path.unlink()
    KeyFile(str(path)).create()

    with pytest.raises(KeyRefused, match=rf"encrypted by {made.wrapped_by}, but {path} is key file "):
        KeyFile(str(path)).unwrap("tenant-1", made.wrapped, made.wrapped_by)


def test_a_missing_key_file_makes_data_keys_unavailable(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"does not exist; run: ./sluice db create"):
        KeyFile(str(tmp_path / "none")).create_key("tenant-1")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)

    with pytest.raises(KeysUnavailable, match=rf"others may read or write .* \(mode {mode:o}\): chmod 600"):
        KeyFile(str(path)).create_key("tenant-1")


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=\n", b"not base64!\n", b"\xff" * 44])
def test_a_malformed_key_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(KeysUnavailable, match="is not a key file"):
        KeyFile(str(path)).create_key("tenant-1")


def test_a_corrected_key_file_is_read_again(path: Path) -> None:
    path.chmod(0o644)
    file = KeyFile(str(path))
    with pytest.raises(KeysUnavailable):
        file.create_key("tenant-1")

    path.chmod(0o600)

    assert file.create_key("tenant-1")
