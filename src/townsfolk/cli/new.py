"""`townsfolk new`: make a small working town in a folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a small working town in DIR, a new or an empty folder."""
    import shlex

    from townsfolk.town.errors import TownsfolkError

    try:
        _require_room(folder)
        _copy_starter(folder)
    except OSError as error:
        raise TownsfolkError(
            f"the town cannot be written to {folder} ({error.strerror or error}); "
            "name a new folder in a place where you may write, with room on the disk"
        ) from error
    town = shlex.quote(str(folder))
    click.echo(f"Made a town in {folder}. Next:")
    click.echo(f"  townsfolk check --town {town}")
    click.echo(f"  townsfolk play first_meeting --town {town}")


def _require_room(folder: Path) -> None:
    """Raise an error unless the folder is empty or not there yet."""
    from townsfolk.town.errors import TownsfolkError

    if folder.is_dir():
        if any(folder.iterdir()):
            raise TownsfolkError(
                f"the folder {folder} is not empty; nothing was changed. "
                "Name a folder that does not exist yet, or an empty one"
            )
    elif folder.exists() or folder.is_symlink():
        raise TownsfolkError(
            f"{folder} is a file, not a folder; nothing was changed. "
            "Name a folder that does not exist yet, or an empty one"
        )


def _copy_starter(folder: Path) -> None:
    """Copy the starter town; the copies belong to the user, so they are writable."""
    import shutil
    from importlib.resources import as_file, files

    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("townsfolk.town") / "starter") as starter:
        for source in sorted(starter.rglob("*")):
            path = source.relative_to(starter)
            # Without the dot in the package, or it would hide files from the build.
            target = folder / (".gitignore" if path == Path("gitignore") else path)
            if source.is_dir():
                target.mkdir()
            else:
                shutil.copyfile(source, target)
