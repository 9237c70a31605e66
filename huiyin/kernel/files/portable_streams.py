"""Streams of a PDF: what compression hides behind its end, pictures, colour profiles."""

import re
import struct
import zlib

from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, StreamObject

from huiyin.kernel.files.embedded import clean_profile, jpeg_parts
from huiyin.kernel.files.verdict import FileRefused, Limits

_FLATE = {"/FlateDecode", "/Fl"}
_JPEG = {"/DCTDecode", "/DCT"}
_OPAQUE = {"/JPXDecode", "/JBIG2Decode"}
"""Codes of pictures with boxes or segments for notes, that nothing here reads."""
_INLINE_JPEG = re.compile(rb"/(?:DCT|DCTDecode)\b")
_REMARK = re.compile(rb"(?:^|[\r\n])%")


def clean_stream(stream: StreamObject, limits: Limits) -> bool:
    """Clean one stream in place; whether it may still tell of its author.

    Raises FileRefused (bomb), and what decoders raise.
    """
    filters = _filters(stream)
    stream_data: bytes = stream._data
    if filters and filters[0] in _FLATE:
        stream_data = _cut_flate(stream_data, limits)
        if stream_data != stream._data:
            stream._data = stream_data  # set_data would compress it anew
    if filters and filters[-1] in _JPEG:
        return _clean_jpeg(stream, filters, limits)
    if filters and filters[-1] in _OPAQUE:
        return True
    if "/N" in stream and stream.get("/Subtype") is None and "/Type" not in stream:
        return _clean_profile(stream)
    return False


def drawing_tells(stream: StreamObject, limits: Limits) -> bool:
    """Whether a stream of drawing instructions holds remarks, or photographs within itself."""
    filters = _filters(stream)
    data: bytes = stream._data
    if filters and filters[0] in _FLATE:
        data = zlib.decompressobj().decompress(data, limits.unpacked)
        filters = filters[1:]
    return bool(filters) or bool(_INLINE_JPEG.search(data)) or bool(_REMARK.search(data))


def _filters(stream: StreamObject) -> list[str]:
    value = stream.get("/Filter")
    value = value.get_object() if value is not None else None
    if value is None or isinstance(value, NullObject):
        return []
    return [str(name) for name in value] if isinstance(value, ArrayObject) else [str(value)]


def _cut_flate(data: bytes, limits: Limits) -> bytes:
    """`data` without what follows the end of its compression; as it is where that is never met."""
    unpack = zlib.decompressobj()
    room, rest = limits.unpacked, data
    try:
        while rest and not unpack.eof:
            room -= len(unpack.decompress(rest, 1 << 20))
            rest = unpack.unconsumed_tail
            if room < 0:
                raise FileRefused("bomb", {"unpacked_allowed": limits.unpacked})
    except zlib.error:
        return data
    unused = len(unpack.unused_data)
    return data[: len(data) - unused] if unpack.eof and unused else data


def _clean_jpeg(stream: StreamObject, filters: list[str], limits: Limits) -> bool:
    """Leave the JPEG alone, cut, without the filters that were put around it."""
    data: bytes = stream._data
    if len(filters) > 1:
        bare = StreamObject()
        bare._data = data
        bare[NameObject("/Filter")] = ArrayObject(NameObject(name) for name in filters[:-1])
        parameters = stream.get("/DecodeParms")
        parameters = parameters.get_object() if parameters is not None else None
        last = None
        if isinstance(parameters, ArrayObject):
            bare[NameObject("/DecodeParms")] = ArrayObject(parameters[:-1])
            last = parameters[-1].get_object()
        data = decode_stream_data(bare)
        if len(data) > limits.unpacked:
            raise FileRefused("bomb", {"unpacked_allowed": limits.unpacked})
        stream.pop(NameObject("/DecodeParms"), None)
        if isinstance(last, DictionaryObject):
            stream[NameObject("/DecodeParms")] = last
        stream[NameObject("/Filter")] = NameObject("/DCTDecode")
        stream._data = data
    try:
        stream._data = b"".join(jpeg_parts(data))
    except (struct.error, IndexError, ValueError):
        return True
    return False


def _clean_profile(stream: StreamObject) -> bool:
    try:
        profile = clean_profile(decode_stream_data(stream))
    except ValueError:
        return False  # no profile: another stream with /N in it
    stream.pop(NameObject("/Filter"), None)
    stream.pop(NameObject("/DecodeParms"), None)
    stream._data = zlib.compress(profile)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return False
