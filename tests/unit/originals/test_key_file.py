"""A key file: for its owner alone, and never made again."""

import stat
from pathlib import Path

import pytest

from originals import KeyFile, KeyRefused, KeysUnavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "original.key"
    KeyFile(str(file)).make()
    return file


def test_what_one_process_encrypts_another_one_decrypts(path: Path) -> None:
    made = KeyFile(str(path)).new_key("tenant-1")

    assert KeyFile(str(path)).unwrap("tenant-1", made.wrapped, made.wrapped_by) == made.key
    assert made.key not in made.wrapped
    assert made.key.hex() not in repr(made)


def test_it_is_for_its_owner_and_is_made_once(path: Path) -> None:
    before = path.read_bytes()

    KeyFile(str(path)).make()

    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_tenant_s_key_is_refused(path: Path) -> None:
    file = KeyFile(str(path))
    made = file.new_key("tenant-1")

    with pytest.raises(KeyRefused, match="for this tenant"):
        file.unwrap("tenant-2", made.wrapped, made.wrapped_by)


def test_another_key_file_is_told_apart(path: Path) -> None:
    made = KeyFile(str(path)).new_key("tenant-1")
    path.unlink()
    KeyFile(str(path)).make()

    with pytest.raises(KeyRefused, match=rf"encrypted by {made.wrapped_by}, but {path} is key file "):
        KeyFile(str(path)).unwrap("tenant-1", made.wrapped, made.wrapped_by)


def test_one_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"there is no .*; make it: flask --app webapp db create"):
        KeyFile(str(tmp_path / "none")).new_key("tenant-1")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_one_that_others_may_read(path: Path, mode: int) -> None:
    path.chmod(mode)

    with pytest.raises(KeysUnavailable, match=rf"others may read or write .* \(mode {mode:o}\): chmod 600"):
        KeyFile(str(path)).new_key("tenant-1")


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=\n", b"not base64!\n", b"\xff" * 44])
def test_what_is_no_key_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(KeysUnavailable, match="is no key file"):
        KeyFile(str(path)).new_key("tenant-1")


def test_it_is_read_again_after_it_was_put_right(path: Path) -> None:
    path.chmod(0o644)
    file = KeyFile(str(path))
    with pytest.raises(KeysUnavailable):
        file.new_key("tenant-1")

    path.chmod(0o600)

    assert file.new_key("tenant-1")
