"""The table of sources: a new one is one file and one row."""

from aestream.cli.sources import camera, file, shm, sim, speck, stdin, udp, zmq
from aestream.cli.sources.base import SourceRow

SOURCES: dict[str, SourceRow] = {
    "file": file.ROW,
    "camera": camera.ROW,
    "stdin": stdin.ROW,
    "udp": udp.ROW,
    "zmq": zmq.ROW,
    "shm": shm.ROW,
    "sim": sim.ROW,
    "speck": speck.ROW,
}
