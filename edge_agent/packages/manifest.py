"""What a package says of itself: kind, version, and each file with its digest. PURE."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Kind = Literal["agent", "profiles"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMAT = 1
MOST_FILES = 500
MOST_BYTES = 512 * 1024 * 1024
"""All files of a package together, unpacked."""
MANIFEST_MOST_BYTES = 256 * 1024
NOTES_MOST = 2_000
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){0,3}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class PackageError(ValueError):
    """A package that is not to be used: why, and what to do about it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the package: a plain name, its SHA-256 in hexadecimal, its length in bytes."""

    name: str
    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed part of a package.

    ``version`` is numbers with dots. ``least`` is the version an agent must at least have to take
    it, "" for any. ``back`` allows the step to an older version. ``made_at_ms`` is UTC ms.
    """

    kind: Kind
    version: str
    made_at_ms: int
    files: tuple[Packed, ...]
    least: str = ""
    back: bool = False
    notes_en: str = ""
    notes_ja: str = ""

    @property
    def file_name(self) -> str:
        """What the package is called where it is kept and asked for."""
        return f"{self.kind}-{self.version}.zip"


def version_key(text: str) -> tuple[int, ...]:
    """By which versions are ordered. Raises ``PackageError`` for a text that is no version."""
    if not _VERSION.fullmatch(text):
        raise PackageError(f"{text[:40]!r} is no version", "write numbers with dots: 1.4.2")
    numbers = [int(part) for part in text.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def unfit(manifest: Manifest, version: str) -> str:
    """Why an agent of that version must not take the package; "" when it may."""
    new, now = version_key(manifest.version), version_key(version)
    if manifest.least and now < version_key(manifest.least):
        return f"it needs version {manifest.least} first, here is {version}"
    if new < now and not manifest.back:
        return f"version {manifest.version} is older than {version}"
    return ""


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes that are signed. Raises ``PackageError`` for a manifest nobody would take."""
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, sort_keys=True, ensure_ascii=True)
    payload = text.encode("ascii")
    decode_manifest(payload)
    return payload


def decode_manifest(payload: bytes) -> Manifest:
    """The manifest in ``payload``. Raises ``PackageError``."""
    doc = _document(payload)
    if doc.get("format") != FORMAT:
        raise _bad("its format is not known here", "update the program first")
    files = tuple(_packed(item) for item in _files(doc))
    names = {one.name.lower() for one in files}
    if len(names) != len(files) or not files:
        raise _bad("it names no file, or one twice")
    if sum(one.length for one in files) > MOST_BYTES:
        raise _bad(f"its files are larger than {MOST_BYTES} bytes")
    kind, least = doc.get("kind"), _text(doc, "least", 40)
    if kind not in KINDS:
        raise _bad(f"its kind is not one of {', '.join(KINDS)}", "update the program first")
    version = _text(doc, "version", 40)
    for text in filter(None, (version or " ", least)):
        version_key(text)
    notes = (_text(doc, "notes_en", NOTES_MOST), _text(doc, "notes_ja", NOTES_MOST))
    return Manifest(
        *(kind, version, _count(doc, "made_at_ms"), files, least, _flag(doc, "back"), *notes)
    )


def _document(payload: bytes) -> Mapping[str, Any]:
    if len(payload) > MANIFEST_MOST_BYTES:
        raise _bad("its manifest is too large")
    try:
        doc = json.loads(payload)
    except (ValueError, RecursionError):
        raise _bad("its manifest is no JSON") from None
    if not isinstance(doc, dict):
        raise _bad("its manifest is no object")
    return doc


def _files(doc: Mapping[str, Any]) -> list[Any]:
    files = doc.get("files")
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise _bad(f"its list of files is not one of at most {MOST_FILES}")
    return files


def _packed(item: object) -> Packed:
    if not isinstance(item, dict):
        raise _bad("a file of its list is no object")
    name, digest = _text(item, "name", 200), _text(item, "sha256", 64)
    if not _FILE.fullmatch(name) or not _DIGEST.fullmatch(digest):
        raise _bad(f"a file of its list has no plain name, or no SHA-256: {name[:60]!r}")
    return Packed(name, digest, _count(item, "length"))


def _text(doc: Mapping[str, Any], key: str, most: int) -> str:
    value = doc.get(key, "")
    if not isinstance(value, str) or len(value) > most:
        raise _bad(f"{key} is not a text of at most {most} characters")
    return value


def _count(doc: Mapping[str, Any], key: str) -> int:
    value = doc.get(key, 0)
    if type(value) is not int or not 0 <= value < 2**53:
        raise _bad(f"{key} is not a whole number")
    return value


def _flag(doc: Mapping[str, Any], key: str) -> bool:
    value = doc.get(key, False)
    if not isinstance(value, bool):
        raise _bad(f"{key} is not true or false")
    return value


def _bad(what: str, hint: str = "make the package anew") -> PackageError:
    return PackageError(f"not a package of ours: {what}", hint)
