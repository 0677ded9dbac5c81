"""The content id of a file, worked out as PROTOCOL.md and BEP 52 tell it and in no other way: beside our own program, to judge it by.

    python3 pieces_root.py FILE ...          size, piece size, root and SHA-256 of the piece layer of files
    python3 pieces_root.py --sizes SIZE ...  the same of the test content of these sizes
"""

import sys
from hashlib import sha256

BLOCK = 16 * 1024
LARGEST_PIECE = 16 * 1024 * 1024
ZERO = bytes(32)


def piece_size(size):
    piece = BLOCK
    while piece < LARGEST_PIECE and -(-size // piece) >= 2000:
        piece *= 2
    return piece


def pairs(layer):
    return [sha256(layer[i] + layer[i + 1]).digest() for i in range(0, len(layer), 2)]


def next_power_of_two(count):
    width = 1
    while width < count:
        width *= 2
    return width


def content_id(content):
    """The root, and the piece layer without its padding."""
    leaves = [sha256(content[at : at + BLOCK]).digest() for at in range(0, max(len(content), 1), BLOCK)]
    layer = leaves + [ZERO] * (next_power_of_two(len(leaves)) - len(leaves))
    piece = piece_size(len(content))
    pieces = max(1, -(-len(content) // piece))
    width = BLOCK
    piece_layer = None
    while True:
        # A file of one piece has a tree that may be lower than a piece's.
        if pieces > 1 and width == piece:
            piece_layer = layer[:pieces]
        if len(layer) == 1:
            return layer[0], piece_layer or layer
        layer = pairs(layer)
        width *= 2


def test_content(size):
    """Byte i is (7 i + floor(i / 251)) modulo 251, which repeats after 251 * 251 bytes."""
    period = bytes((7 * i + i // 251) % 251 for i in range(251 * 251))
    return (period * (size // len(period) + 1))[:size]


def tell(content):
    root, piece_layer = content_id(content)
    print(len(content), piece_size(len(content)), root.hex(), sha256(b"".join(piece_layer)).hexdigest())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--sizes"]:
        for text in sys.argv[2:]:
            tell(test_content(int(text)))
    else:
        for path in sys.argv[1:]:
            with open(path, "rb") as file:
                tell(file.read())
