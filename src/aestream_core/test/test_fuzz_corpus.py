"""The stored fuzzing corpus through the public API, and a short run of the fuzzer itself."""

import base64
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from message_reference import TWINS, Event
from recording_files import joined

from aestream_core.errors import AestreamError, DamagedRecordingError
from aestream_core.files import EXTRAS, FILE_FORMATS, open_file
from aestream_core.formats.native import NATIVE_FORMATS
from aestream_core.messages import MESSAGE_ENCODINGS, MessageDecoder
from aestream_core.net import DatagramDecoder

PACKAGE = Path(__file__).resolve().parents[1]
CORPUS = PACKAGE / "fuzz" / "corpus"
TOOL = PACKAGE.parents[1] / "tools" / "fuzz.py"
CUT_EVERYWHERE_BYTES = 300
CHANGED_COPIES = 12
DATAGRAMS = ("datagram_framed", "datagram_spif")
SENSOR = {"width": 640, "height": 480}
LATEST_NS = 1 << 62
"""Time bases before which no time runs over."""


def changed_copies(data: bytes, *, cut_everywhere: bool) -> Iterator[bytes]:
    """Copies that are cut, at every byte or at a few, and copies with some bytes changed."""
    draw = random.Random(len(data))
    places = range(1, len(data))
    for size in places if cut_everywhere else draw.sample(places, min(len(places), CHANGED_COPIES)):
        yield data[:size]
    for _ in range(CHANGED_COPIES if data else 0):
        copy = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            copy[draw.randrange(len(copy))] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        yield bytes(copy)


def overwrite(path: Path, data: bytes) -> None:
    """Replace a file's content. Not by emptying it first: some file systems wait for the disk then."""
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def read(path: Path, name: str, *, skip_errors: bool) -> tuple[int, DamagedRecordingError | None]:
    """Read to the end or to an error of ours; gives the number of events, and the damage that the stream raised."""
    count = 0
    try:
        stream = open_file(path, format=name, extras=tuple(EXTRAS), memory_map=False, skip_errors=skip_errors)
    except AestreamError:
        return 0, None
    try:
        for packet in stream:
            count += len(packet)
    except DamagedRecordingError as error:
        return count, error
    return count, None


@pytest.mark.parametrize("name", [row.name for row in NATIVE_FORMATS])
def test_every_native_format_has_a_stored_corpus(name: str) -> None:
    assert len(list((CORPUS / name).iterdir())) >= 4


def test_every_stored_corpus_is_read_here() -> None:
    messages = {f"message_{encoding}" for encoding in MESSAGE_ENCODINGS}
    assert {folder.name for folder in CORPUS.iterdir()} <= {*FILE_FORMATS, *DATAGRAMS, *messages}


@pytest.mark.parametrize("name", sorted(folder.name for folder in CORPUS.iterdir() if folder.name in FILE_FORMATS))
def test_stored_inputs_and_changed_copies_end_in_events_or_in_our_errors(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"input{FILE_FORMATS[name].extensions[0]}"
    path.touch()
    for stored in sorted((CORPUS / name).iterdir()):
        data = stored.read_bytes()
        # Seeds are small and cut at every byte; of the many inputs that fuzzing found beside them a few cuts do.
        cut_everywhere = len(data) < CUT_EVERYWHERE_BYTES and not stored.name.startswith("found-")
        for copy in (data, *changed_copies(data, cut_everywhere=cut_everywhere)):
            overwrite(path, copy)
            count, damage = read(path, name, skip_errors=False)
            assert damage is None or damage.byte_offset <= len(copy), (stored.name, copy)
            count_skipping, not_skipped = read(path, name, skip_errors=True)
            assert not_skipped is None, (stored.name, copy)
            assert count_skipping >= count, (stored.name, copy)


def datagrams_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut an input of the fuzzing program of datagrams: 2 bytes of length, 1 of sender and time, the datagram."""
    while len(data) >= 3:
        size = int.from_bytes(data[:2], "little")
        yield data[2], data[3 : 3 + size]
        data = data[3 + size :]


@pytest.mark.parametrize("name", DATAGRAMS)
def test_stored_datagrams_and_changed_copies_end_in_counted_events(name: str) -> None:
    stored = sorted((CORPUS / name).iterdir())
    assert len(stored) >= 4
    for each in stored:
        data = each.read_bytes()
        for copy in (data, *changed_copies(data, cut_everywhere=False)):
            decoder, came = DatagramDecoder(), list(datagrams_of(copy))
            for at, (how, datagram) in enumerate(came):
                decoder.take(datagram, sender=how & 3, arrival_us=1000 * at)
            counters = decoder.counters()
            assert sum(map(len, decoder.packets())) == counters["events"], each
            assert counters["datagrams"] == len(came)


def on_sensor(event: Event) -> bool:
    return event[1] < SENSOR["width"] and event[2] < SENSOR["height"]


def decoded(encoding: str, base_ns: int, *messages: bytes) -> list[Event]:
    """Decode the messages of one topic; the time base is that of the first."""
    decoder = MessageDecoder(encoding, **SENSOR)
    packets = decoder.decode(messages[0], time_base_ns=base_ns)
    for message in messages[1:]:
        packets += decoder.decode(message)
    return [tuple(map(int, event)) for event in joined(packets)]


@pytest.mark.parametrize("encoding", MESSAGE_ENCODINGS)
def test_stored_messages_and_changed_copies_give_events_of_the_sensor_cut_or_not(encoding: str) -> None:
    stored = sorted((CORPUS / f"message_{encoding}").iterdir())
    assert len(stored) >= 4
    for each in stored:
        for copy in (each.read_bytes(), *changed_copies(each.read_bytes(), cut_everywhere=False)):
            base_ns, data = int.from_bytes(copy[:8], "little"), copy[8:]
            events = decoded(encoding, base_ns, data)
            assert all(on_sensor(event) for event in events), (each, copy)
            if encoding.startswith("evt"):
                middle = len(data) // 2
                assert decoded(encoding, base_ns, data[:middle], data[middle:]) == events, (each, copy)
            elif encoding in TWINS and base_ns < LATEST_NS:
                assert events == list(filter(on_sensor, TWINS[encoding](data, base_ns))), (each, copy)


@pytest.mark.timeout(600)
def test_a_short_run_of_the_fuzzer_finds_nothing(tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("the fuzzing tool is not beside the package here")
    command = [sys.executable, str(TOOL), "--out", str(tmp_path), "run", "--minutes", "0.01"]
    done = subprocess.run(command, capture_output=True, text=True)
    if "libFuzzer" in done.stderr:
        pytest.skip(done.stderr.strip())
    found = {str(path): base64.b64encode(path.read_bytes()) for path in tmp_path.glob("*/*-*") if path.is_file()}
    assert done.returncode == 0, (done.stdout, done.stderr, found)
