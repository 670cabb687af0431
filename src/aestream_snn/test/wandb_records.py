"""What an offline run of Weights & Biases has on disk: records of protobuf in the log format of LevelDB."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK, FILE_HEADER, CHUNK_HEADER = 32_768, 7, 7
WHOLE, LAST = 1, 4


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """Give the rows of the one run below a folder, values by name."""
    from wandb.proto import wandb_internal_pb2

    (path,) = folder.glob("wandb/offline-run-*/*.wandb")
    rows = []
    for data in _records(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        if record.HasField("history"):
            items = record.history.item
            rows.append({item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items})
    return rows


def _records(data: bytes) -> Iterator[bytes]:
    """Join chunks; none goes over the end of a block."""
    at, pieces = FILE_HEADER, b""
    while at + CHUNK_HEADER <= len(data):
        left = BLOCK - at % BLOCK
        if left < CHUNK_HEADER:
            at += left
            continue
        length, kind = struct.unpack_from("<HB", data, at + 4)
        pieces += data[at + CHUNK_HEADER : at + CHUNK_HEADER + length]
        at += CHUNK_HEADER + length
        if kind in (WHOLE, LAST):
            yield pieces
            pieces = b""
