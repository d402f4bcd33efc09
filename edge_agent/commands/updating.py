"""`edge-agent update`: packages looked at and unpacked, as root's helper does; how one stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from edge_agent import config
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.errors import StopError
from edge_agent.packages import archive
from edge_agent.packages.archive import Opened
from edge_agent.packages.keys import trusted_in
from edge_agent.packages.manifest import PackageError
from edge_agent.process.verb_group import verb_group
from edge_agent.update.keeper import FOLDER
from edge_agent.update.standing import Phase, StandingFile
from edge_agent.words import Said, in_language, joined, language_of, said

app = verb_group(
    no_args_is_help=True,
    help="Signed packages on this machine: look at one, unpack one, tell how an update stands.",
)
PackageArgument = Annotated[Path, typer.Argument(metavar="PACKAGE", help="A package's file.")]
KeysOption = Annotated[Path, typer.Option("--keys", help="The list of trusted public keys.")]

_PHASES: Mapping[Phase, Said] = {
    "fetching": said("is being fetched"),
    "handed": said("handed to root, to be installed"),
    "done": said("done"),
    "failed": said("failed"),
}


@app.command()
def look(package: PackageArgument, keys: KeysOption, as_json: JsonOption = False) -> None:
    """Tell what a package is, when a trusted key signed it."""
    with _told():
        _tell(archive.look(package, trusted_in(keys)), package, as_json)


@app.command()
def unpack(
    package: PackageArgument,
    folder: Annotated[Path, typer.Argument(help="Where its files go; made if need be.")],
    keys: KeysOption,
    as_json: JsonOption = False,
) -> None:
    """Unpack a package that a trusted key signed, each file as it was signed."""
    with _told():
        _tell(archive.unpack(package, folder, trusted_in(keys)), package, as_json)


@app.command()
def status(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Tell how far the newest update from afar has come here."""
    settings = config.load(path)
    standing = StandingFile(settings.agent.state_dir / FOLDER).load()
    if as_json:
        write_json(asdict(standing))
    elif standing.phase:
        parts = (standing.package, _PHASES[standing.phase], standing.reason)
        told = joined(": ", (part for part in parts if part))
        typer.echo(in_language(told, language_of(settings.agent.language)))
    else:
        nothing = said("no update was ever asked for")
        typer.echo(in_language(nothing, language_of(settings.agent.language)))


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with a package, as this program's own error."""
    try:
        yield
    except PackageError as error:
        raise StopError(str(error), error.hint) from error


def _tell(found: Opened, package: Path, as_json: bool) -> None:
    manifest = found.manifest
    if as_json:
        digest = archive.packed(package).sha256
        write_json({**asdict(manifest), "signer": found.signer, "package": digest})
        return
    typer.echo(f"{manifest.kind} {manifest.version}, signed by {found.signer}")
    for one in manifest.files:
        typer.echo(f"  {one.name}  {one.length}  sha256:{one.sha256}")
