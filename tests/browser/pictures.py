"""A photograph as a telephone takes it: with the place where it was taken inside."""

import io

from PIL import Image

WHERE = {1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)}
GPS = 0x8825


def photograph_with_place() -> bytes:
    """Return a JPEG that says in its hidden data where it was taken."""
    picture = Image.linear_gradient("L").convert("RGB")
    exif = Image.Exif()
    exif[GPS] = WHERE
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def place_in(picture: bytes) -> dict[int, object]:
    """Return what a picture says of where it was taken; empty for nothing."""
    return dict(Image.open(io.BytesIO(picture)).getexif().get_ifd(GPS))
