"""What the last bits of a network depend on beside its recipe and the versions of libraries."""

from __future__ import annotations

import platform
import re
from pathlib import Path


def processor() -> str:
    """What this machine's processor is called."""
    info = Path("/proc/cpuinfo")
    said = info.read_text(encoding="utf-8", errors="replace") if info.is_file() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", said, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def told(device: str = "cpu") -> dict[str, str]:
    """Processor, the instructions that torch uses of it, and what multiplies matrices, by what each is called.

    device  "cuda": also the card that trains
    """
    import torch

    built = torch.__config__.show()
    mkl = re.search(r"Math Kernel Library Version (\S+?)-", built)
    other = re.search(r"\bBLAS_INFO=(\w+)", built)
    return {
        "processor": processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "BLAS": f"MKL {mkl[1]}" if mkl else other[1] if other else "",
        **({"GPU": torch.cuda.get_device_name()} if device == "cuda" else {}),
    }
