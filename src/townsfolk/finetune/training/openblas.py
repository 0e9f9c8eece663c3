"""A fast BLAS for MLX on a Linux processor.

The wheel of MLX for Linux brings the reference BLAS, twenty times slower than OpenBLAS, and takes
whichever is loaded before it.
"""

from __future__ import annotations

import ctypes.util
import platform
import shutil
from pathlib import Path

_FOLDERS = (
    "/usr/lib/*/openblas-pthread",
    "/usr/lib/*/openblas-openmp",
    "/usr/lib/*/openblas*",
    "/usr/lib/*",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
    "/opt/OpenBLAS/lib",
)
_NAMES = ("libopenblas.so.0", "libopenblas.so", "libopenblasp.so.0")

HOW_TO_GET = (
    "MLX trains about ten times faster with OpenBLAS: sudo apt install libopenblas0-pthread "
    "(Debian, Ubuntu), sudo dnf install openblas (Fedora), or name the library in OPENBLAS_LIBRARY"
)


def find_openblas(named: str | None = None) -> Path | None:
    """The library to load before MLX's; None where there is none, or where none is needed (macOS,
    or a machine with CUDA's build of MLX)."""
    if platform.system() != "Linux":
        return None
    if named:
        path = Path(named)
        return path if path.is_file() else None
    for pattern in _FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/"))):
            for name in _NAMES:
                if (folder / name).is_file():
                    return folder / name
    found = ctypes.util.find_library("openblas")
    elsewhere = Path(found) if found else None
    return elsewhere if elsewhere and elsewhere.is_file() else None


def mlx_environment(openblas: Path | None) -> dict[str, str]:
    """What the environment of a process with MLX has beside this one's."""
    added = {"LD_PRELOAD": str(openblas)} if openblas else {}
    if platform.system() == "Linux" and not (shutil.which("g++") or shutil.which("c++")):
        # MLX compiles its fused kernels when it runs; without a compiler it has to do without them.
        added["MLX_DISABLE_COMPILE"] = "1"
    return added
