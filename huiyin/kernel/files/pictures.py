"""Pictures: opened, bounded, turned upright and written anew without what the camera noted."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import pillow_heif
from PIL import Image, ImageCms, ImageOps, ImageSequence

from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused, Limits, Remark

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # `Limits` decide, before anything is decoded

_BYTES_A_PIXEL = {"PNG": 8, "WEBP": 18, "GIF": 8, "HEIF": 9, "AVIF": 12}
"""What decoder, pixels and one turned copy take at most; JPEG is reckoned by its components."""
_ANIMATED = {"GIF", "WEBP", "PNG"}
_LARGE = 12_000_000
"""Pixels from which a JPEG is written in one pass: two need all its coefficients in memory."""


class Rewritten(NamedTuple):
    """A picture encoded anew: its bytes, Pillow's name of its format, width and height in pixels."""

    data: bytes
    form: str
    width: int
    height: int
    remarks: tuple[Remark, ...]


def rewrite_picture(data: bytes, form: str, limits: Limits) -> Rewritten:
    """Decode `data` as Pillow format `form` (JPEG, PNG, WEBP, GIF, HEIF, AVIF), encode it anew.

    The orientation noted in EXIF is applied, a colour profile is turned into sRGB, and EXIF, XMP,
    ICC, comments, further pictures and anything after the end are gone. Animations stay animated;
    HEIF and AVIF become JPEG; a JPEG of more than `limits.kept_pixels` is decoded at a half, a
    quarter or an eighth. Raises FileRefused: bomb, damaged.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            sent = picture.size
            frames = int(getattr(picture, "n_frames", 1)) if form in _ANIMATED else 1
            _check_size(picture, form, frames, limits)
            out = io.BytesIO()
            if frames > 1:
                size = _write_animation(picture, form, frames, limits, out)
            else:
                smaller = form == "JPEG" and _reduce(picture, limits)
                _check_decoded(picture, form, sent, limits)
                form = "JPEG" if form in {"HEIF", "AVIF"} else form
                size = _write_still(picture, form, out)
    except DECODER_ERRORS as error:
        raise FileRefused("damaged", {"found": form.lower()}) from error
    return Rewritten(out.getvalue(), form, *size, ("smaller",) if frames == 1 and smaller else ())


def _check_size(picture: Image.Image, form: str, frames: int, limits: Limits) -> None:
    width, height = picture.size
    # All frames of an animation are in memory at once, with four bytes a pixel.
    animated = frames > 1 and width * height * frames * 8 > limits.decoded
    if width * height > limits.pixels or frames > limits.frames or animated:
        raise FileRefused(
            "bomb", {"width": width, "height": height, "frames": frames,
                     "pixels_allowed": _allowed(form, limits)}
        )  # fmt: skip


def _check_decoded(picture: Image.Image, form: str, sent: tuple[int, int], limits: Limits) -> None:
    width, height = picture.size
    need = width * height * _BYTES_A_PIXEL.get(form, 2 * len(picture.getbands()))
    if form == "JPEG" and picture.info.get("progressive"):
        layers = getattr(picture, "layer", [])
        widest = max((h * v for _, h, v, _ in layers), default=1) or 1
        need += sent[0] * sent[1] * 2 * sum(h * v for _, h, v, _ in layers) // widest
    if need > limits.decoded:
        most = limits.decoded // _BYTES_A_PIXEL.get(form, 9)
        raise FileRefused("bomb", {"width": sent[0], "height": sent[1], "pixels_allowed": most})


def _allowed(form: str, limits: Limits) -> int:
    if form not in _BYTES_A_PIXEL:
        return limits.pixels
    return min(limits.pixels, limits.decoded // _BYTES_A_PIXEL[form])


def _reduce(picture: Image.Image, limits: Limits) -> bool:
    """Let the decoder leave pixels out, until what remains is kept; whether it had to."""
    width, height = picture.size
    for scale in (1, 2, 4, 8):
        if -(-width // scale) * -(-height // scale) <= limits.kept_pixels:
            break
    if scale > 1:
        picture.draft(picture.mode, (width // scale, height // scale))
    return scale > 1


def _write_still(picture: Image.Image, form: str, out: io.BytesIO) -> tuple[int, int]:
    profile = picture.info.get("icc_profile")
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    upright = _bare(_to_srgb(picture, profile))
    if form == "JPEG":
        if upright.mode not in {"L", "RGB"}:
            upright = _bare(upright.convert("RGB"))
        small = upright.width * upright.height < _LARGE
        upright.save(out, "JPEG", quality=93, optimize=small)
    elif form == "WEBP":
        upright.save(out, "WEBP", quality=90, method=1)
    else:
        upright.save(out, form)
    return upright.size


def _write_animation(
    picture: Image.Image, form: str, count: int, limits: Limits, out: io.BytesIO
) -> tuple[int, int]:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        _check_size(frame, form, count, limits)  # a later frame may be larger than the first
        durations.append(int(frame.info.get("duration", 100) or 100))
        frames.append(_bare(frame.convert("RGBA")))
    loop = int(picture.info.get("loop", 0) or 0)
    frames[0].save(
        out, form, save_all=True, append_images=_rest(frames), duration=durations, loop=loop
    )
    return picture.size


def _rest(frames: list[Image.Image]) -> Iterator[Image.Image]:
    yield from frames[1:]


def _bare(picture: Image.Image) -> Image.Image:
    """`picture` itself, with no info besides a palette's transparency."""
    transparency = picture.info.get("transparency")
    picture.info = {} if transparency is None else {"transparency": transparency}
    picture.getexif().clear()
    return picture


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        converted = ImageCms.profileToProfile(
            picture,
            source,
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
            inPlace=mode == picture.mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # an unreadable profile is ignored by every viewer, so by us
    return converted if converted is not None else picture
