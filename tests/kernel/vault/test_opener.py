import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.kernel.vault import keyring, opener
from huiyin.kernel.vault.envelope import SealBroken

WHO = {"name": "虚构人", "telephone": "000-0000", "address": "无名路 0 号"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    keyring.create(tmp_path)
    return tmp_path


def _run(
    keys: Path, subject: str, wrapped: bytes, sealed: bytes
) -> subprocess.CompletedProcess[str]:
    request = {
        "subject": subject,
        "wrapped": base64.b64encode(wrapped).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return subprocess.run(
        [sys.executable, "-I", "-m", "huiyin.kernel.vault.opener"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        env={opener.KEY_VARIABLE: str(keyring.identity_path(keys, 1))},
    )


def test_the_opener_prints_the_identity_and_nothing_else(keys: Path) -> None:
    wrapped, sealed = opener.close(keyring.load(keys).identity_public[1], "case:A", WHO)
    done = _run(keys, "case:A", wrapped, sealed)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == WHO


def test_an_identity_moved_to_another_case_stays_shut(keys: Path) -> None:
    wrapped, sealed = opener.close(keyring.load(keys).identity_public[1], "case:A", WHO)
    other, _ = opener.close(keyring.load(keys).identity_public[1], "case:A", WHO)
    for subject, key in (("case:B", wrapped), ("case:A", other)):
        done = _run(keys, subject, key, sealed)
        assert (done.returncode, done.stdout) == (opener.BROKEN, "")
    with pytest.raises(SealBroken):
        opener.disclose(keyring.identity_private(keys, 1), "case:B", wrapped, sealed)


def test_without_its_key_the_opener_says_which_file_is_missing(keys: Path) -> None:
    wrapped, sealed = opener.close(keyring.load(keys).identity_public[1], "case:A", WHO)
    os.unlink(keyring.identity_path(keys, 1))
    done = _run(keys, "case:A", wrapped, sealed)
    assert (done.returncode, done.stdout) == (opener.NO_KEY, "")
    assert "identity-1.key is missing" in done.stderr


def test_the_length_of_what_is_sealed_does_not_give_the_name_away(keys: Path) -> None:
    public = keyring.load(keys).identity_public[1]
    lengths = {
        len(opener.close(public, "case:A", {"name": name})[1])
        for name in ("虚", "虚构人", "虚构的人名")
    }
    assert len(lengths) == 1


def test_the_opener_needs_no_framework() -> None:
    code = "import sys, huiyin.kernel.vault.opener; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
