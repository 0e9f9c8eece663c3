"""The processes of a training: one, or several that share each batch."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def workers(
    command: Sequence[str],
    count: int,
    environment: Mapping[str, str],
    folder: Path,
    errors: TextIO,
) -> Iterator[subprocess.Popen[str]]:
    """Start them and give the first, whose output is read; when the block ends, so do all.

    When one of them dies, the others would wait for it for ever, and are ended. Each ends when its
    standard input does, which this process holds: so none is left when this one is killed.
    """
    settings = [dict(environment)]
    if count > 1:
        hosts = folder / "hosts.json"
        hosts.write_text(json.dumps([[f"127.0.0.1:{port}"] for port in _free_ports(count)]))
        # Each process its share of the cores, or they wait for each other.
        threads = str(max(1, (os.cpu_count() or count) // count))
        shared = {"MLX_HOSTFILE": str(hosts), "OPENBLAS_NUM_THREADS": threads}
        settings = [{**environment, **shared, "MLX_RANK": str(rank)} for rank in range(count)]
    processes: list[subprocess.Popen[str]] = []

    def end() -> None:
        for process in processes:
            process.terminate()

    def watch(process: subprocess.Popen[str]) -> None:
        if process.wait() != 0:
            end()

    with ExitStack() as opened:
        for rank, of_process in enumerate(settings):
            output = subprocess.PIPE if rank == 0 else subprocess.DEVNULL
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                text=True,
                env=of_process,
            )
            processes.append(opened.enter_context(process))
        opened.callback(end)
        for process in processes[1:]:
            threading.Thread(target=watch, args=(process,), daemon=True).start()
        yield processes[0]
        processes[0].wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
