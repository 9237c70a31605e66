"""Sound and film: recognised by structure; tags that can be cut out without decoding are cut out."""

import struct

from huiyin.kernel.files.verdict import FileRefused

_MP4_BRANDS = {
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
    b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"dash", b"mmp4", b"qt  ",
}  # fmt: skip
_M4A_BRANDS = {b"M4A ", b"M4B "}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_NOTES = {b"udta", b"meta", b"uuid"}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"moof", b"traf"}
_TIMES = {b"mvhd", b"tkhd", b"mdhd"}
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def iso_media_type(data: bytes) -> str | None:
    """ "mp4", "m4a" or "heic" for a file that opens with an ISO 14496-12 `ftyp` box."""
    if len(data) < 16 or data[4:8] != b"ftyp":
        return None
    brand = data[8:12]
    if brand in _M4A_BRANDS:
        return "m4a"
    if brand in _HEIF_BRANDS:
        return "heic"
    return "mp4" if brand in _MP4_BRANDS else None


def blank_iso_notes(data: bytes) -> bytes:
    """User data (`udta`, where telephones note the place), `meta` and `uuid` boxes become `free`
    space of the same length, and dates of making become zero: no offset in the film moves.

    Raises FileRefused (damaged) if the boxes do not fill the file exactly or no `moov` is there.
    """
    out = bytearray(data)
    seen: set[bytes] = set()
    _walk(out, 0, len(out), seen, depth=0)
    if b"moov" not in seen:
        raise FileRefused("damaged", {"found": "mp4"})
    return bytes(out)


def _walk(out: bytearray, at: int, end: int, seen: set[bytes], depth: int) -> None:
    while at < end:
        if end - at < 8:
            raise FileRefused("damaged", {"found": "mp4"})
        size, name = struct.unpack_from(">I4s", out, at)
        header = 8
        if size == 1 and end - at >= 16:
            (size,) = struct.unpack_from(">Q", out, at + 8)
            header = 16
        elif size == 0 and depth == 0:
            size = end - at
        if size < header or at + size > end:
            raise FileRefused("damaged", {"found": "mp4"})
        if depth == 0:
            seen.add(name)
        body = at + header
        if name in _NOTES:
            out[at + 4 : at + 8] = b"free"
            out[body : at + size] = bytes(at + size - body)
        elif name in _TIMES and at + size - body >= 20:
            width = 16 if out[body] == 1 else 8
            out[body + 4 : body + 4 + width] = bytes(width)
        elif name in _CONTAINERS and depth < 8:
            _walk(out, body, at + size, seen, depth + 1)
        at += size


def is_mp3(data: bytes) -> bool:
    """Whether two MPEG layer III frames follow each other where the sound should begin."""
    at = _after_id3(data)
    first = _frame_length(data, at)
    return bool(first) and bool(_frame_length(data, at + first) or at + first == len(data))


def strip_mp3_tags(data: bytes) -> bytes:
    """The frames without ID3v2 at the start, and ID3v1 and APE tags at the end."""
    start, end = _after_id3(data), len(data)
    if data[-128:-125] == b"TAG":
        end -= 128
    if data[end - 32 : end - 24] == b"APETAGEX":
        (size,) = struct.unpack_from("<I", data, end - 20)
        end = max(start, end - size - 32)
    return data[start:end]


def _after_id3(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = (size << 7) | (byte & 0x7F)
    return 10 + size + (10 if data[5] & 0x10 else 0)


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


def check_ogg(data: bytes) -> None:
    """Pages must follow each other from the first byte to the last (RFC 3533), and hold sound."""
    at = 0
    if not any(tag in data[:512] for tag in (b"\x01vorbis", b"OpusHead", b"Speex   ", b"\x7fFLAC")):
        raise FileRefused("type_not_allowed", {"found": "ogg"})
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + 27 > len(data):
            raise FileRefused("damaged", {"found": "ogg"})
        segments = data[at + 26]
        at += 27 + segments + sum(data[at + 27 : at + 27 + segments])
    if at != len(data):
        raise FileRefused("damaged", {"found": "ogg"})
