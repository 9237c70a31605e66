"""Base45 (RFC 9285): bytes as the 45 characters that a QR code packs most tightly. Pure."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PLACE = {character: at for at, character in enumerate(ALPHABET)}


def encode(given: bytes) -> str:
    """Return three characters for each two bytes, two for a last single one."""
    found = []
    for at in range(0, len(given), 2):
        part = given[at : at + 2]
        number = int.from_bytes(part, "big")
        for _ in range(len(part) + 1):
            number, rest = divmod(number, 45)
            found.append(ALPHABET[rest])
    return "".join(found)


def decode(text: str) -> bytes:
    """Return the bytes; raise ValueError for any text that `encode` does not make."""
    found = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        if len(part) == 1 or any(one not in PLACE for one in part):
            raise ValueError("not base45")
        number = sum(PLACE[one] * 45**power for power, one in enumerate(part))
        if number >= 1 << 8 * (len(part) - 1):
            raise ValueError("not base45")
        found += number.to_bytes(len(part) - 1, "big")
    return bytes(found)
