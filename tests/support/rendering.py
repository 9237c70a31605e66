"""Documents as pictures of their pages, by LibreOffice and poppler."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

PROGRAMS = {"soffice": "libreoffice-writer libreoffice-calc", "pdftoppm": "poppler-utils"}


def need_programs() -> None:
    """Fail, and say what to install, where a program is missing."""
    missing = [packages for name, packages in PROGRAMS.items() if shutil.which(name) is None]
    if missing:
        pytest.fail(f"to look at documents install {' '.join(missing)}, or leave out -m rendering")


def converted(files: dict[str, bytes], ending: str, folder: Path) -> dict[str, bytes]:
    """Let one LibreOffice turn each file into `ending`; names keep their stems."""
    sent, made = folder / "sent", folder / "made"
    sent.mkdir(parents=True)
    for name, data in files.items():
        (sent / name).write_bytes(data)
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", ending, "--outdir", str(made), *[str(sent / name) for name in files],
        ],
        check=True, capture_output=True, timeout=280,
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in made.iterdir()}


def pages(pdf: bytes) -> list[Image.Image]:
    """Each page of a PDF at 60 dots an inch."""
    done = subprocess.run(
        ["pdftoppm", "-r", "60", "-"], input=pdf, check=True, capture_output=True, timeout=120
    )
    rest, found = done.stdout, []
    while rest:
        _, size, most, _ = rest.split(b"\n", 3)
        width, height = (int(side) for side in size.split())
        length = sum(len(part) + 1 for part in (b"P6", size, most)) + width * height * 3
        found.append(Image.open(io.BytesIO(rest[:length])).convert("RGB"))
        rest = rest[length:]
    return found


def differ(sent: bytes, shown: bytes) -> float:
    """How far two PDFs are from looking alike: 0 the same, 1 black for white; 1 if pages lack."""
    before, after = pages(sent), pages(shown)
    if [page.size for page in before] != [page.size for page in after]:
        return 1.0
    return max(
        sum(ImageStat.Stat(ImageChops.difference(a, b)).mean) / 3 / 255
        for a, b in zip(before, after, strict=True)
    )


def is_blank(pdf: bytes) -> bool:
    """Whether no page shows anything."""
    return all(page.getextrema() == ((255, 255),) * 3 for page in pages(pdf))
