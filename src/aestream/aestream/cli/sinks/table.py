"""The table of sinks: a new one is one file and one row."""

from aestream.cli.sinks import file, image, null, shm, speck, stdout, tensor, udp, websocket, zmq
from aestream.cli.sinks.base import SinkRow

SINKS: dict[str, SinkRow] = {
    "stdout": stdout.ROW,
    "file": file.ROW,
    "tensor": tensor.ROW,
    "image": image.ROW,
    "zmq": zmq.ROW,
    "shm": shm.ROW,
    "websocket": websocket.ROW,
    "udp": udp.ROW,
    "speck": speck.ROW,
    "null": null.ROW,
}
