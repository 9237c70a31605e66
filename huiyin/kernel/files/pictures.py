"""Pictures: opened, bounded, turned upright and written anew without what the camera noted."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms, ImageOps, ImageSequence

from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits

_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip


def rewrite_picture(data: bytes, form: str, limits: Limits) -> tuple[bytes, int, int]:
    """Decode `data` as Pillow format `form` (JPEG, PNG, WEBP, GIF) and encode the pixels anew.

    The orientation noted in EXIF is applied, a colour profile is turned into sRGB, and EXIF, XMP,
    ICC, comments and anything after the end of the picture are gone. Animations stay animated.
    Returns (bytes, width, height). Raises FileRefused: bomb, damaged.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            width, height = picture.size
            frames = int(getattr(picture, "n_frames", 1)) if form in {"GIF", "WEBP", "PNG"} else 1
            if frames > limits.frames or width * height * max(frames, 1) > limits.pixels:
                raise FileRefused(
                    "bomb", {"width": width, "height": height, "frames": frames,
                             "pixels_allowed": limits.pixels}
                )  # fmt: skip
            out = io.BytesIO()
            if frames > 1:
                size = _write_animation(picture, form, out)
            else:
                size = _write_still(picture, form, out)
    except _BOMBS as error:
        raise FileRefused("bomb", {"pixels_allowed": limits.pixels}) from error
    except DECODER_ERRORS as error:
        raise FileRefused("damaged", {"found": form.lower()}) from error
    return out.getvalue(), *size


def _write_still(picture: Image.Image, form: str, out: io.BytesIO) -> tuple[int, int]:
    profile = picture.info.get("icc_profile")
    picture.load()
    upright = _to_srgb(ImageOps.exif_transpose(picture), profile)
    if form == "JPEG":
        if upright.mode not in {"L", "RGB"}:
            upright = upright.convert("RGB")
        _bare(upright).save(out, "JPEG", quality=93, optimize=True)
    elif form == "WEBP":
        _bare(upright).save(out, "WEBP", quality=90, method=4)
    else:
        _bare(upright).save(out, form, optimize=True)
    return upright.size


def _write_animation(picture: Image.Image, form: str, out: io.BytesIO) -> tuple[int, int]:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        durations.append(int(frame.info.get("duration", 100) or 100))
        frames.append(_bare(frame.convert("RGBA")))
    loop = int(picture.info.get("loop", 0) or 0)
    frames[0].save(
        out, form, save_all=True, append_images=frames[1:], duration=durations, loop=loop
    )
    return picture.size


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels of `picture` in an image that carries no info besides a palette's transparency."""
    copy = picture.copy()
    transparency = picture.info.get("transparency")
    copy.info = {} if transparency is None else {"transparency": transparency}
    copy.getexif().clear()
    return copy


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # an unreadable profile is ignored by every viewer, so by us
    return converted if converted is not None else picture


def strip_embedded(data: bytes) -> bytes:
    """A JPEG or PNG that sits inside another document, without its metadata, pixels untouched.

    Anything else, and a damaged picture, comes back as it was.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return b"".join(_jpeg_parts(data))
        if data.startswith(_PNG):
            return b"".join(_png_parts(data))
    except (struct.error, IndexError, ValueError):
        return data
    return data


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            yield data[at:]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        # APP0 (JFIF) and APP14 (Adobe's colour transform) are needed to decode; other APPn and
        # comments are notes.
        if not (0xE1 <= marker <= 0xED or marker in {0xEF, 0xFE}):
            yield segment
        at += 2 + length


def _png_parts(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise ValueError("checksum")
        if name in _PNG_KEPT:
            yield chunk
        if name == b"IEND":
            return
        at += 12 + length
