"""What a stranger reads at /log/: the files of the log, and nothing else of the disk."""

import base64
import gzip
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.test import Client

from huiyin.kernel.ledger import actions, publishing, sequencer, signing
from huiyin.kernel.ledger.notes import COSIGNATURE, Note, Verifier, cosign, open_checkpoint
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def log(tmp_path: Path, settings: Any) -> None:
    settings.HUIYIN_LOG = tmp_path / "var" / "log"


def grow(count: int, now: datetime) -> None:
    actions.append_many(actions.Draft("case.asked", f"case:{n}", now) for n in range(count))
    sequencer.round_now(now)


def test_a_stranger_checks_the_whole_log_with_hashes_and_one_signature(
    client: Client, now: datetime
) -> None:
    grow(300, now)
    name, _, key = client.get("/log/key").content.decode().strip().split("+", 2)
    text, _, line = client.get("/log/checkpoint").content.decode().rpartition("\n\n")
    origin, size, root = text.split("\n")
    dash, signer, value = line.strip().split(" ")
    assert (dash, signer, origin) == ("—", name, name)
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(
        base64.b64decode(value)[4:], f"{text}\n".encode()
    )
    whole = client.get("/log/tile/entries/000").content
    whole += client.get(f"/log/tile/entries/001.p/{int(size) - 256}").content
    leaves = []
    while whole:
        end = 2 + int.from_bytes(whole[:2], "big")
        leaves.append(whole[2:end])
        whole = whole[end:]
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    assert len(hashes) == int(size) == 300
    assert b"".join(hashes[:256]) == client.get("/log/tile/0/000").content
    assert b"".join(hashes[256:]) == client.get("/log/tile/0/001.p/44").content

    def node(row: list[bytes]) -> bytes:
        if len(row) == 1:
            return row[0]
        half = 1 << (len(row) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + node(row[:half]) + node(row[half:])).digest()

    assert node(hashes) == base64.b64decode(root)
    assert client.get("/log/tile/1/000.p/1").content == node(hashes[:256])


def test_tiles_are_kept_for_good_and_the_checkpoint_is_asked_for_anew(
    client: Client, now: datetime
) -> None:
    grow(3, now)
    for address in ("/log/tile/0/000.p/3", "/log/tile/entries/000.p/3"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    for address in ("/log/checkpoint", "/log/key"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["Cache-Control"] == "no-cache"


def test_before_the_first_checkpoint_there_is_none_and_no_cache_keeps_that(
    client: Client, now: datetime
) -> None:
    for address in ("/log/checkpoint", "/log/tile/0/000.p/1"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer["Cache-Control"] == "no-store"
    grow(1, now)
    assert client.get("/log/checkpoint").status_code == 200
    assert client.get("/log/tile/0/000.p/1").status_code == 200


def test_other_people_s_pages_may_read_all_of_it_without_a_cookie(
    client: Client, now: datetime
) -> None:
    grow(1, now)
    for address in ("checkpoint", "key", "tile/0/000.p/1", "tile/entries/000.p/1", "tile/0/009"):
        answer = client.get(f"/log/{address}", headers={"origin": "https://monitor.example"})
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert not answer.cookies


@pytest.mark.parametrize(
    "rest",
    [
        "0/000",
        "0/000.p/2",
        "0/000.p/0",
        "0/000.p/03",
        "00/000.p/3",
        "0/x000/000.p/3",
        "64/000",
        "entries/000.p/3/",
        "entries",
        "../checkpoint",
        "..%2fcheckpoint",
        "%2e%2e/%2e%2e/secret",
        "../../secret",
        "0/..%2f..%2f..%2fsecret",
        "0/000.p/3%00",
        "0/000.p/3%0a",
        ".lock",
        "0/.000.p.draft",
    ],
)
def test_only_the_tiles_there_are_by_their_one_spelling(
    rest: str, cast: Cast, client: Client, now: datetime, settings: Any
) -> None:
    grow(3, now)
    (settings.HUIYIN_LOG.parent / "secret").write_text("secret")
    answer = client.get(f"/log/tile/{rest}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_the_lock_and_drafts_of_the_log_are_not_served(
    cast: Cast, client: Client, now: datetime
) -> None:
    grow(1, now)
    for name in (".lock", ".checkpoint.0badf00d", "tile/0/.000.p.0badf00d"):
        publishing.write(name, b"draft")
        assert client.get(f"/log/{name}").status_code == 404


@pytest.mark.parametrize("address", ["checkpoint", "key", "tile/0/000.p/1"])
def test_the_log_is_only_read(address: str, client: Client, now: datetime) -> None:
    grow(1, now)
    assert client.head(f"/log/{address}").status_code == 200
    assert client.head(f"/log/{address}").content == b""
    for ask in (client.post, client.put, client.delete, client.patch):
        assert ask(f"/log/{address}").status_code == 405


def test_a_bundle_is_compressed_for_whoever_reads_gzip(client: Client, now: datetime) -> None:
    grow(20, now)
    plain = client.get("/log/tile/entries/000.p/20")
    packed = client.get("/log/tile/entries/000.p/20", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)


def test_the_private_key_is_nowhere_in_the_key_line(client: Client, settings: Any) -> None:
    secret = (settings.HUIYIN_KEYS / "log.key").read_text().strip()
    line = client.get("/log/key").content.decode()
    assert line.startswith(f"{settings.HUIYIN_LOG_ORIGIN}+")
    assert secret not in line
    assert base64.b64encode(bytes.fromhex(secret)).decode() not in line
    assert base64.b64decode(line.strip().split("+", 2)[2])[1:] != bytes.fromhex(secret)


def test_the_witnesses_and_every_key_that_signs_are_listed(
    client: Client, now: datetime, settings: Any, tmp_path: Path
) -> None:
    assert client.get("/log/witnesses").content == b""
    witness = Verifier("union.example/witness", bytes(range(32)), COSIGNATURE)
    settings.HUIYIN_WITNESSES = f"{witness} https://union.example/witness"
    assert client.get("/log/witnesses").content.decode() == f"{witness}\n"
    settings.HUIYIN_KEYS = tmp_path / "keys"
    signing.ensure()
    old = client.get("/log/key").content.decode()
    grow(1, now)
    signing.rotate()
    sequencer.round_now(now)
    new, before = client.get("/log/key").content.decode().splitlines()
    assert f"{before}\n" == old
    note = client.get("/log/checkpoint").content.decode()
    for line in (new, before):
        assert open_checkpoint(note, Verifier.parse(line)).size == 1


def test_the_checkpoint_with_the_most_cosignatures_has_an_address_of_its_own(
    cast: Cast, client: Client, now: datetime, settings: Any
) -> None:
    assert client.get("/log/cosigned").status_code == 404
    grow(2, now)
    size = open_checkpoint(client.get("/log/checkpoint").content.decode(), signing.verifier()).size
    assert client.get("/log/cosigned").content == client.get("/log/checkpoint").content
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    witness = Verifier("union.example/witness", public, COSIGNATURE)
    settings.HUIYIN_WITNESSES = f"{witness} https://union.example/witness"
    note = Note.parse(client.get("/log/checkpoint").content.decode())
    line = cosign(note.text, witness.name, private, int(now.timestamp()))
    kept = str(Note(note.text, (*note.signatures, line)))
    publishing.write(f".witnesses/{witness.key_id.hex()}", kept.encode())
    grow(2, now)
    assert client.get("/log/cosigned").content.decode() == kept
    page = client.get("/record/", headers={"accept-language": "en"}).content.decode()
    assert "union.example/witness" in page
    assert f"<td>{size}</td>" in page
