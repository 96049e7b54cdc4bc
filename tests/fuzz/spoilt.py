"""Files with slips in their text or their bytes."""

from __future__ import annotations

import codecs
from random import Random

PIECES = (
    "", "'", '"', ":", ": ", "{", "}", "[", "]", ",", "\t", "\n", "\n  ", "#", "&a ", "*a", "&a [*a]", "<<: *a\n", "<<: {a: 1}\n",
    "!!str ", "!!binary ", "!x ", "%YAML 1.1\n---\n", "---\n", "...\n", "- ", "? ", "|", ">", "|2-", "0", "null", "true", "[1]",
    "{a: 1}", "ж", "\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2028", "\u200b", "\ufeff", "\ufffe", "😀", "\r", "\r\n",
    "\\u0000", "\\ud800", "\\x", "\\U0010ffff", "1e999999", "9" * 500, "x" * 5000, "[" * 200, "{a: " * 200, "[" * 100_000,
    "'" * 50, "\n" * 1000, " " * 300, "a: " * 50, "- " * 100, "? " * 100, ", " * 100, "{? ", "[? a : b]", "{a}", "{a, b: }",
)  # fmt: skip
BYTES = (b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x82",
         b"\xef\xbb\xbf", b"\x1a", b"\x0c", b"\x0b")  # fmt: skip


def spoilt_text(text: str, chance: Random) -> bytes:
    """The text with one to three slips, as bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 2, 5, 30)))
        match chance.randrange(6):
            case 0 | 1 | 2:
                text = text[:start] + chance.choice(PIECES) + text[end:]
            case 3:
                text = text[:start] + text[end:]
            case 4:
                other = chance.randrange(len(text) + 1)
                text = text[:start] + text[other : other + chance.choice((1, 5, 40, 300))] + text[end:]
            case 5:
                lines = text.split("\n")
                at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[at], lines[to] = lines[to], lines[at]
                if chance.random() < 0.5:
                    lines.insert(to, chance.choice(lines))
                text = "\n".join(lines)
    return text.encode("utf-8", "surrogatepass")


def spoilt_bytes(content: bytes, chance: Random) -> bytes:
    """The bytes with some of them flipped, cut, put in or written in another encoding."""
    at = chance.randrange(len(content) + 1)
    match chance.randrange(9):
        case 0:
            return content[:at]
        case 1:
            return content[at:]
        case 2:
            return content[:at] + chance.choice(BYTES) + content[at:]
        case 3:
            other = chance.choice(
                ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "utf-8-sig", "koi8-r", "utf-7")
            )
            return content.decode("utf-8", "replace").encode(other, "replace")
        case 4:
            return chance.choice((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"")) + content
        case 5:
            return content.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\xc2\x85", b"\xe2\x80\xa8", b"")))
        case 6:
            return content[:at] + bytes(chance.randrange(256) for _ in range(chance.choice((1, 3, 20)))) + content[at:]
        case 7:
            return content * 2
        case _:
            mutable = bytearray(content)
            for _ in range(chance.choice((1, 2, 8))):
                if mutable:
                    mutable[chance.randrange(len(mutable))] ^= 1 << chance.randrange(8)
            return bytes(mutable)


def bomb(chance: Random) -> bytes:
    """A file that is small and means much: aliases of aliases, deep brackets, many keys, digits without end."""
    depth = chance.choice((9, 30, 1000, 100_000))
    return chance.choice((
        "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a [*a]\n", "&a {b: *a}\n", "partner: &a P\nname: *a\n", "<<: &a {<<: *a}\n",
        "[" * depth, "[" * depth + "]" * depth, "{a: " * depth, "- " * depth, "? " * depth, "'" * depth, "a: " * depth,
        "!" * depth, "&" + "a" * depth, "{" + ",".join(f"k{number}: 1" for number in range(min(depth, 70_000))) + "}",
        "partner: P\nfacts: {people: " + "9" * depth + "}\n", "partner: " + "x" * depth, "#" * depth, "\n" * depth,
        "partner: P\nfacts: {people: 1e" + "9" * min(depth, 1000) + "}\n", "x" * (1024**2 + chance.choice((-1, 0, 1))),
        "".join(" " * level + "a:\n" for level in range(min(depth, 1000))),
    )).encode()  # fmt: skip
