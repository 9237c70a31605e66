"""Sound and film: recognised by structure; tags that can be cut out without decoding are cut out."""

import io
import struct

import mutagen
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis

from huiyin.kernel.files.verdict import DECODER_ERRORS, FileRefused

_M4A_BRANDS = {b"M4A ", b"M4B "}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_OTHERS = {b"crx ", b"jp2 ", b"jpx ", b"mjp2"}
# ISO 14496-12 and Apple's QuickTime File Format: what plays a film. What is not named here is
# notes (`udta`, where telephones note the place, `meta`, `uuid`), previews, or unknown.
_KEPT = {
    b"": {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"pdin"},
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods", b"cmov"},
    b"trak": {b"tkhd", b"edts", b"mdia", b"tref", b"tapt", b"clip", b"matt", b"load"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"moof": {b"mfhd", b"traf"},
    b"traf": {
        b"tfhd",
        b"tfdt",
        b"trun",
        b"saiz",
        b"saio",
        b"sbgp",
        b"sgpd",
        b"subs",
        b"senc",
        b"sdtp",
    },
}
_TIMES = {b"mvhd", b"tkhd", b"mdhd"}
_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def iso_media_type(data: bytes) -> str | None:
    """ "mp4", "mov", "m4a", "heic" or "avif" for a file of ISO 14496-12 or QuickTime boxes."""
    if len(data) < 16:
        return None
    if data[4:8] in _QUICKTIME and struct.unpack_from(">I", data)[0] <= max(len(data), 16):
        return "mov"
    if data[4:8] != b"ftyp":
        return None
    brand = data[8:12]
    if brand in _M4A_BRANDS:
        return "m4a"
    if brand in _HEIF_BRANDS:
        return "heic"
    if brand in _AVIF_BRANDS:
        return "avif"
    if brand in _OTHERS:
        return None
    return "mov" if brand == b"qt  " else "mp4"


def blank_iso_notes(data: bytes) -> bytes:
    """Boxes that play nothing become `free` space of the same length, names of handlers and dates
    of making become zero: no offset in the film moves.

    Raises FileRefused (damaged) if the boxes do not fill the file exactly or no `moov` is there.
    """
    out = bytearray(data)
    seen: set[bytes] = set()
    _walk(out, 0, len(out), seen, b"")
    if b"moov" not in seen:
        raise FileRefused("damaged", {"found": "mp4"})
    return bytes(out)


def _walk(out: bytearray, at: int, end: int, seen: set[bytes], parent: bytes) -> None:
    while at < end:
        if parent and end - at == 4 and out[at:end] == bytes(4):
            return  # QuickTime ends a list so
        if end - at < 8:
            raise FileRefused("damaged", {"found": "mp4"})
        size, name = struct.unpack_from(">I4s", out, at)
        header = 8
        if size == 1 and end - at >= 16:
            (size,) = struct.unpack_from(">Q", out, at + 8)
            header = 16
        elif size == 0 and not parent:
            size = end - at
        if size < header or at + size > end:
            raise FileRefused("damaged", {"found": "mp4"})
        if not parent:
            seen.add(name)
        body = at + header
        if name not in _KEPT[parent]:
            out[at + 4 : at + 8] = b"free"
            out[body : at + size] = bytes(at + size - body)
        elif name in _TIMES and at + size - body >= 20:
            width = 16 if out[body] == 1 else 8
            out[body + 4 : body + 4 + width] = bytes(width)
        elif name == b"hdlr" and at + size - body > 24:
            out[body + 24 : at + size] = bytes(at + size - body - 24)
        elif name in _KEPT:
            _walk(out, body, at + size, seen, name)
        at += size


def is_mp3(data: bytes) -> bool:
    """Whether two MPEG layer III frames follow each other where the sound should begin."""
    at = _after_id3(data)
    first = _frame_length(data, at)
    return bool(first) and bool(_frame_length(data, at + first) or at + first == len(data))


def mp3_frames(data: bytes) -> bytes:
    """The frames alone: tags before, between and behind them (ID3, APE, Lyrics3) are gone.

    Raises FileRefused (damaged) if there is none.
    """
    frames: list[bytes] = []
    at = _after_id3(data)
    while at < len(data):
        length = _frame_length(data, at)
        if not length:
            at = data.find(b"\xff", at + 1)
            if at < 0:
                break
            continue
        follows = at + length
        # a frame stands by itself at the end alone, or two bytes of a tag were taken for one
        if follows < len(data) and not _frame_length(data, follows) and not frames:
            at += 1
            continue
        frames.append(data[at:follows])
        at = follows
    if not frames:
        raise FileRefused("damaged", {"found": "mp3"})
    return b"".join(frames)


def _after_id3(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = (size << 7) | (byte & 0x7F)
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    return at


def _frame_length(data: bytes, at: int) -> int:
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = (data[at + 1] >> 3) & 3, (data[at + 1] >> 1) & 3
    bitrate, rate = data[at + 2] >> 4, (data[at + 2] >> 2) & 3
    if layer != 1 or version == 1 or bitrate in {0, 15} or rate == 3:
        return 0
    table, samples = (_BITRATES, 144) if version == 3 else (_BITRATES_2, 72)
    return samples * table[bitrate] * 1000 // _RATES[version][rate] + ((data[at + 2] >> 1) & 1)


def rebuild_wav(data: bytes) -> bytes:
    """The `fmt `, `fact` and `data` chunks alone, in a new RIFF file; notes and tails are gone.

    Raises FileRefused (damaged) without both `fmt ` and `data`.
    """
    parts: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        if name in {b"fmt ", b"fact", b"data"} and name not in parts:
            parts[name] = body
        at += 8 + size + (size & 1)
    if len(parts.get(b"fmt ", b"")) < 16 or b"data" not in parts:
        raise FileRefused("damaged", {"found": "wav"})
    body = b"WAVE"
    for name in (b"fmt ", b"fact", b"data"):
        if name in parts:
            chunk = parts[name]
            body += struct.pack("<4sI", name, len(chunk)) + chunk + b"\x00" * (len(chunk) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def strip_ogg(data: bytes) -> bytes:
    """The sound without comments and the picture of a cover.

    Pages must follow each other from the first byte to the last (RFC 3533), and hold sound.
    Raises FileRefused: type_not_allowed, damaged.
    """
    reader = next((kind for mark, kind in _OGG.items() if mark in data[:512]), None)
    if reader is None:
        raise FileRefused("type_not_allowed", {"found": "ogg"})
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + 27 > len(data):
            raise FileRefused("damaged", {"found": "ogg"})
        segments = data[at + 26]
        at += 27 + segments + sum(data[at + 27 : at + 27 + segments])
    if at != len(data):
        raise FileRefused("damaged", {"found": "ogg"})
    out = io.BytesIO(data)
    try:
        reader(io.BytesIO(data)).delete(out)  # type: ignore[no-untyped-call]
    except _FAULTS as error:
        raise FileRefused("damaged", {"found": "ogg"}) from error
    return out.getvalue()


_FAULTS: tuple[type[Exception], ...] = (mutagen.MutagenError, *DECODER_ERRORS)
_OGG = {
    b"OpusHead": OggOpus,
    b"\x01vorbis": OggVorbis,
    b"Speex   ": OggSpeex,
    b"\x7fFLAC": OggFLAC,
}


def is_flac(data: bytes) -> bool:
    """Whether a FLAC stream opens behind tags of another format."""
    return data.startswith(b"ID3") and data[(at := _after_id3(data)) : at + 4] == b"fLaC"


def flac_sound(data: bytes) -> bytes:
    """A FLAC file's stream with two of its blocks (RFC 9639, 8): how to decode it, where to seek.

    Raises FileRefused (damaged).
    """
    at = _after_id3(data)
    if data[at : at + 4] != b"fLaC":
        raise FileRefused("damaged", {"found": "flac"})
    at += 4
    kept: list[bytes] = []
    last = False
    while not last:
        if at + 4 > len(data):
            raise FileRefused("damaged", {"found": "flac"})
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        if kind in {0, 3}:
            kept.append(bytes([kind]) + data[at + 1 : at + 4 + size])
        at += 4 + size
    if not kept or kept[0][0] != 0 or data[at : at + 1] != b"\xff":
        raise FileRefused("damaged", {"found": "flac"})
    kept[-1] = bytes([kept[-1][0] | 0x80]) + kept[-1][1:]
    end = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    return b"fLaC" + b"".join(kept) + data[at:end]


_AMR = {
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1),
}
"""Head -> bytes of a frame by its type (RFC 4867, 5.3)."""


def amr_frames(data: bytes) -> bytes:
    """Head and whole frames of a recording; raises FileRefused (damaged) without any."""
    head = next(head for head in _AMR if data.startswith(head))
    at = len(head)
    while at < len(data):
        length = _AMR[head][(data[at] >> 3) & 15]
        if data[at] & 0x83 or at + length > len(data):
            break
        at += length
    if at == len(head):
        raise FileRefused("damaged", {"found": "amr"})
    return data[:at]


def is_amr(data: bytes) -> bool:
    """Whether it opens as an AMR recording of one channel."""
    return data.startswith(tuple(_AMR))


def adts_frames(data: bytes) -> bytes:
    """The frames of AAC in ADTS (ISO 13818-7, 6.2) that follow one another, without tags.

    Empty if no two do.
    """
    at = start = _after_id3(data)
    count = 0
    while at + 7 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0:
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < 7 or at + length > len(data):
            break
        at += length
        count += 1
    return data[start:at] if count > 1 or at == len(data) > start else b""
