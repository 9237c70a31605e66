"""The format of a backup: whole and undamaged, or refused with the reason."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from huiyin.backup.archive import BadArchive, Writer, new_file, unpack


def nothing(size: int) -> None:
    pass


def make(path: Path, content: dict[str, bytes]) -> Path:
    with new_file(path) as stream:
        archive = Writer(stream, nothing)
        for name, data in content.items():
            source = path.parent / "source"
            source.write_bytes(data)
            archive.add(name, source)
        archive.close({"what": "data", "database": "database.sqlite3"})
    return path


@pytest.fixture
def blob() -> tuple[str, bytes]:
    data = b"sealed bytes" * 1000
    digest = hashlib.sha256(data).hexdigest()
    return f"files/{digest[:2]}/{digest[2:]}", data


def test_what_goes_in_comes_out(tmp_path: Path, blob: tuple[str, bytes]) -> None:
    whole = make(tmp_path / "a.tar", {"database.sqlite3": b"db", blob[0]: blob[1]})
    assert whole.stat().st_mode & 0o777 == 0o600
    manifest = unpack(whole, tmp_path / "out", nothing)
    assert (tmp_path / "out" / blob[0]).read_bytes() == blob[1]
    assert set(manifest["members"]) == {"database.sqlite3", blob[0]}


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5])
def test_a_byte_that_changed_is_found(tmp_path: Path, blob: tuple[str, bytes], at: float) -> None:
    whole = make(tmp_path / "a.tar", {"database.sqlite3": b"db" * 5000, blob[0]: blob[1]})
    data = bytearray(whole.read_bytes())
    data[int(len(data) * at)] ^= 1
    whole.write_bytes(data)
    with pytest.raises(BadArchive):
        unpack(whole, tmp_path / "out", nothing)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.7])
def test_a_file_that_was_cut_off_is_told(
    tmp_path: Path, blob: tuple[str, bytes], part: float
) -> None:
    whole = make(tmp_path / "a.tar", {"database.sqlite3": b"db" * 5000, blob[0]: blob[1]})
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(BadArchive):
        unpack(whole, tmp_path / "out", nothing)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "keys/../../evil", "files/zz/x", "keys/.hidden"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(BadArchive, match="does not belong"):
        unpack(path, tmp_path / "out", nothing)
    assert not (tmp_path / "evil").exists()


def test_an_attachment_under_the_name_of_another_is_found(
    tmp_path: Path, blob: tuple[str, bytes]
) -> None:
    whole = make(tmp_path / "a.tar", {"database.sqlite3": b"db", blob[0]: b"another"})
    with pytest.raises(BadArchive, match="digest"):
        unpack(whole, tmp_path / "out", nothing)


def test_a_backup_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"older")
    with pytest.raises(FileExistsError), new_file(tmp_path / "a.tar"):
        pass
    assert (tmp_path / "a.tar").read_bytes() == b"older"


def test_a_failure_while_writing_leaves_no_file(tmp_path: Path) -> None:
    def write() -> None:
        with new_file(tmp_path / "a.tar") as stream:
            stream.write(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write()
    assert list(tmp_path.iterdir()) == []
