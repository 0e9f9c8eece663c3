"""A PostgreSQL server of our own: Debian's, in a folder, on a socket, for as long as tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def postgres_found() -> Path | None:
    """The folder of its programs, where it is installed."""
    on_path = shutil.which("initdb")
    places = [*_PLACES, *([Path(on_path).parent] if on_path else [])]
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Its address. It refuses to run as root, so it runs as `postgres` there."""
    programs = postgres_found()
    assert programs is not None
    data, sockets = folder / "data", folder / "s"
    sockets.mkdir(parents=True)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        for part in (folder, *folder.parents):
            if part == Path("/tmp"):
                break
            part.chmod(part.stat().st_mode | 0o055)
        shutil.chown(folder, "postgres")
        shutil.chown(sockets, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd="/")

    run(str(programs / "initdb"), "-D", str(data), "-U", "townsfolk", "-A", "trust", "-N")
    options = f"-k {sockets} -c listen_addresses='' -c fsync=off"
    log = str(folder / "log")
    run(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "start")
    try:
        yield f"postgresql://townsfolk@/postgres?host={sockets}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
