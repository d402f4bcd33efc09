"""Packages made, looked at, unpacked: what was signed arrives, anything else leaves no trace."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.packages import archive, keys
from edge_agent.packages.manifest import Manifest, PackageError

WHEEL = "mieruka-0.2.0-py3-none-any.whl"


@pytest.fixture
def trusted(tmp_path: Path) -> tuple[str, ...]:
    """The one key that is trusted; its private part is in ``maker.pem``."""
    return (keys.make_key(tmp_path / "maker.pem"),)


@pytest.fixture
def package(tmp_path: Path, trusted: tuple[str, ...]) -> Path:
    """A package of two files."""
    return make(tmp_path, tmp_path / "maker.pem")


def make(folder: Path, key: Path) -> Path:
    """A package of two files, signed with a key."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / WHEEL).write_bytes(b"wheel" * 50_000)
    (source / "needed-1.0-py3-none-any.whl").write_bytes(b"other")
    files = sorted(source.iterdir())
    manifest = Manifest("agent", "0.2.0", 1, tuple(map(archive.packed, files)))
    archive.pack(folder / manifest.file_name, manifest, files, keys.load_key(key))
    return folder / manifest.file_name


def changed(package: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """The package with its entries changed, as somebody on the way would."""
    to = package.with_name("changed.zip")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            for name, content in change(entry, old.read(entry)):
                new.writestr(name, content)
    return to


def test_what_was_packed_is_unpacked(
    tmp_path: Path, package: Path, trusted: tuple[str, ...]
) -> None:
    """Each file with its content, under its own name; who signed is told."""
    found = archive.unpack(package, tmp_path / "to", trusted)
    assert found.signer == trusted[0]
    assert found.manifest == archive.look(package, trusted).manifest
    assert {one.name: one.read_bytes() for one in (tmp_path / "to").iterdir()} == {
        one.name: one.read_bytes() for one in (tmp_path / "source").iterdir()
    }


def test_the_same_files_make_the_same_package(tmp_path: Path, package: Path) -> None:
    """Whoever makes it again can compare."""
    before = package.read_bytes()
    assert make(tmp_path, tmp_path / "maker.pem").read_bytes() == before


def test_another_key_is_not_believed(tmp_path: Path, package: Path) -> None:
    """A package is nothing without a key that is trusted here."""
    other = keys.make_key(tmp_path / "other.pem")
    for trusted in ((other,), ()):
        with pytest.raises(PackageError, match="no key that is trusted"):
            archive.unpack(package, tmp_path / "to", trusted)
    assert not (tmp_path / "to").exists()


CHANGES: dict[str, Callable[[str, bytes], list[tuple[str, bytes]]]] = {
    "a byte of a file": lambda n, c: [(n, b"X" + c[1:] if n == WHEEL else c)],
    "a longer file": lambda n, c: [(n, c + b"X" if n == WHEEL else c)],
    "a bomb": lambda n, c: [(n, b"\0" * 200_000_000 if n == WHEEL else c)],
    "a shorter file": lambda n, c: [(n, c[:-1] if n == WHEEL else c)],
    "a file is gone": lambda n, c: [] if n == WHEEL else [(n, c)],
    "the manifest": lambda n, c: [(n, c.replace(b"0.2.0", b"9.2.0") if "json" in n else c)],
    "the signature": lambda n, c: [(n, bytes(64) if n.endswith(".sig") else c)],
    "no signature": lambda n, c: [] if n.endswith(".sig") else [(n, c)],
    "a long signature": lambda n, c: [(n, c * 100 if n.endswith(".sig") else c)],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_on_the_way_is_refused(
    tmp_path: Path,
    package: Path,
    trusted: tuple[str, ...],
    change: Callable[[str, bytes], list[tuple[str, bytes]]],
) -> None:
    """Not one file stays behind, and the reason has a hint."""
    with pytest.raises(PackageError) as caught:
        archive.unpack(changed(package, change), tmp_path / "to", trusted)
    assert caught.value.hint
    assert list((tmp_path / "to").glob("*")) == []


def test_a_further_entry_is_not_unpacked(
    tmp_path: Path, package: Path, trusted: tuple[str, ...]
) -> None:
    """What the manifest does not name stays in the zip, wherever its name would lead."""
    more = changed(package, lambda n, c: [(n, c), (f"../{n}.evil", b"x")])
    archive.unpack(more, tmp_path / "to", trusted)
    assert not list(tmp_path.rglob("*.evil"))


def named_in_no_letters() -> bytes:
    """A zip that says its names are UTF-8, and they are not."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("é", b"x")
    return made.getvalue().replace("é".encode(), b"\xff\xff")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\0" * 1000, named_in_no_letters()],
    ids=["empty", "cut", "zeros", "names"],
)
def test_what_is_no_package_is_told(tmp_path: Path, content: bytes) -> None:
    """One line with a hint."""
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(PackageError, match="damaged or no package"):
        archive.look(path, ("x",))
    with pytest.raises(PackageError, match="cannot be used"):
        archive.look(tmp_path / "none.zip", ("x",))


def test_a_package_cut_anywhere_is_refused(
    tmp_path: Path, package: Path, trusted: tuple[str, ...]
) -> None:
    """A download that broke off is no package."""
    whole, part = package.read_bytes(), tmp_path / "part.zip"
    for length in range(0, len(whole), 20_011):
        part.write_bytes(whole[:length])
        with pytest.raises(PackageError):
            archive.unpack(part, tmp_path / "to", trusted)


def test_a_key_is_kept_from_others_and_never_written_over(tmp_path: Path) -> None:
    """Mode 0600, and a second key wants another file."""
    path = tmp_path / "key.pem"
    keys.make_key(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(PackageError, match="cannot be made"):
        keys.make_key(path)
    path.write_text("no key")
    with pytest.raises(PackageError, match="no private key"):
        keys.load_key(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "names no key"), ("# only a remark\n", "names no key"), ("abc\n", "is no public key")],
)
def test_a_list_of_trusted_keys_that_is_none_is_told(tmp_path: Path, text: str, told: str) -> None:
    """No list, an empty one, a faulty one: no package is taken, and why is said."""
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(PackageError, match=told):
        keys.trusted_in(path)
    with pytest.raises(PackageError, match="no key is trusted"):
        keys.trusted_in(None)
    with pytest.raises(PackageError, match="cannot be read"):
        keys.trusted_in(tmp_path / "none")


def test_a_list_may_have_remarks_and_several_keys(tmp_path: Path, package: Path) -> None:
    """The second key signs as well as the first: so a key can be exchanged."""
    other, mine = keys.make_key(tmp_path / "b.pem"), keys.load_key(tmp_path / "maker.pem")
    path = tmp_path / "keys"
    path.write_text(
        f"# makers\n{other}  the old one\n\n{keys.public_text(mine.public_key())} new\n"
    )
    assert len(base64.b64decode(other)) == 32
    assert archive.look(package, keys.trusted_in(path)).signer == keys.trusted_in(path)[1]
