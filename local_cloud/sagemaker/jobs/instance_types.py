"""The instance types of jobs and endpoints, and their memory."""

from __future__ import annotations

GIBIBYTE = 1024**3

# GiB by size: the memory of a `large` times the factor. Source: SageMaker's instance tables.
_FACTORS = {
    "large": 1,
    "xlarge": 2,
    "2xlarge": 4,
    "4xlarge": 8,
    "8xlarge": 16,
    "12xlarge": 24,
    "16xlarge": 32,
    "24xlarge": 48,
}


def _sizes(gibibytes_of_large: int, names: str) -> dict[str, int]:
    return {name: gibibytes_of_large * _FACTORS[name] for name in names.split()}


_SIXTH = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"
_GPU = "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
_FAMILIES: dict[str, dict[str, int]] = {
    "t2": {"medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32},
    "t3": {"medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32},
    "m4": {"xlarge": 16, "2xlarge": 32, "4xlarge": 64, "10xlarge": 160, "16xlarge": 256},
    "c4": {"xlarge": 8, "2xlarge": 15, "4xlarge": 30, "8xlarge": 60},
    "m5": _sizes(8, "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge"),
    "c5": {"xlarge": 8, "2xlarge": 16, "4xlarge": 32, "9xlarge": 72, "18xlarge": 144},
    "r5": _sizes(16, _SIXTH),
    # With GPUs, which this machine does not provide (`job_notes`).
    "p3": {"2xlarge": 61, "8xlarge": 244, "16xlarge": 488},
    "g4dn": _sizes(8, _GPU),
    "g5": _sizes(8, f"{_GPU} 24xlarge") | {"48xlarge": 768},
    "g6": _sizes(8, f"{_GPU} 24xlarge") | {"48xlarge": 768},
    "m6i": _sizes(8, _SIXTH),
    "c6i": _sizes(4, _SIXTH.removeprefix("large ")),
    "r6i": _sizes(16, _SIXTH),
    "m7i": _sizes(8, _SIXTH),
    "c7i": _sizes(4, _SIXTH),
    "r7i": _sizes(16, _SIXTH),
}
MEMORY_BYTES: dict[str, int] = {
    f"ml.{family}.{size}": gibibytes * GIBIBYTE
    for family, sizes in _FAMILIES.items()
    for size, gibibytes in sizes.items()
}


def has_gpu(instance_type: str) -> bool:
    """Return whether instances of the type have GPUs: their families are p… and g…."""
    return instance_type.removeprefix("ml.")[:1] in ("p", "g")


def suggestion(instance_type: str) -> str:
    """Return the valid sizes of the type's family or, for an unknown family, the families."""
    family = instance_type.removeprefix("ml.").partition(".")[0]
    if family in _FAMILIES:
        return f"ml.{family} has the sizes {', '.join(_FAMILIES[family])}"
    return f"known families are {', '.join(f'ml.{name}' for name in _FAMILIES)}"
