"""Writes the seeds of the stored corpus in plain Python: small files of each format, messages, datagrams.

    python src/aestream_core/fuzz/make_seeds.py

Beside the seeds lie inputs that fuzzing found, named `found-` and a hash. Nothing here is shared with the native
writers, so that a mistake in one does not hide the same mistake in the other.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "test"))

from seeds.aedat import aedat1_seeds, aedat2_seeds, aedat3_seeds, aedat4_seeds  # noqa: E402
from seeds.datagrams import framed_seeds, spif_seeds  # noqa: E402
from seeds.messages import MESSAGE_SEEDS  # noqa: E402
from seeds.others import csv_seeds, es_seeds, nmnist_seeds  # noqa: E402
from seeds.prophesee import dat_seeds, evt2_seeds, evt3_seeds, evt21_seeds  # noqa: E402

SEEDS = {
    "evt2": evt2_seeds,
    "evt21": evt21_seeds,
    "evt3": evt3_seeds,
    "dat": dat_seeds,
    "aedat1": aedat1_seeds,
    "aedat2": aedat2_seeds,
    "aedat3": aedat3_seeds,
    "aedat4": aedat4_seeds,
    "es": es_seeds,
    "nmnist": nmnist_seeds,
    "csv": csv_seeds,
    "datagram_spif": spif_seeds,
    "datagram_framed": framed_seeds,
    **{f"message_{encoding}": seeds for encoding, seeds in MESSAGE_SEEDS.items()},
}


def main() -> None:
    """Write them all."""
    for format_name, seeds in SEEDS.items():
        folder = HERE / "corpus" / format_name
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in seeds():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
