"""Package event-stream: packets of 13-byte records, y up."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from bench.files.adapter import Adapter, Job, structured


def stream(job: Job) -> Iterable[Any]:
    """Give its packets."""
    import event_stream

    return event_stream.Decoder(job.path)  # type: ignore[no-any-return]


def whole(job: Job) -> Any:
    """Join the packets."""
    return np.concatenate(list(stream(job)))


def prepare(job: Job) -> Any:
    """Make an array of its dtype, with y up as the format has it."""
    import event_stream

    array = structured(job, [("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])
    array["y"] = job.height - 1 - array["y"]
    return array.astype(event_stream.dvs_dtype)


def write(array: Any, job: Job) -> None:
    """Write an array."""
    import event_stream

    with event_stream.Encoder(job.output, "dvs", job.width, job.height) as encoder:
        encoder.write(array)


ADAPTER = Adapter(stream={"es": stream}, whole={"es": whole}, write={"es": write}, prepare=prepare)
