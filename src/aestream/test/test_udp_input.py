"""`aestream.UdpInput` and `aestream.send_udp`."""

import threading

import numpy as np
from making_recordings import some_events

import aestream

LONG_S = 20.0


def test_what_is_sent_is_what_comes_in() -> None:
    events = some_events()
    with aestream.UdpInput(port=0, once=True, idle_timeout_s=LONG_S) as stream:
        sending = threading.Thread(target=aestream.send_udp, args=(events,), kwargs={"port": stream.port})
        sending.start()
        got = np.concatenate([packet.to_numpy() for packet in stream])
        sending.join(LONG_S)
        assert np.array_equal(got, events.to_numpy())
        assert (stream.width, stream.height) == (64, 48)
        assert stream.counters()["lost_events"] == 0


def test_windows_and_filters_work_on_what_comes_in() -> None:
    events = some_events()
    size = {"width": 64, "height": 48}
    with aestream.UdpInput(port=0, once=True, idle_timeout_s=LONG_S, filters=("polarity:on",), **size) as stream:
        sent = threading.Thread(target=aestream.send_udp, args=([events],), kwargs={"port": stream.port})
        sent.start()
        frames = [window.tensor for window in stream.tensors("numpy", window_us=10_000)]
        sent.join(LONG_S)
    assert sum(float(frame.sum()) for frame in frames) == events.to_numpy()["p"].sum()
    assert frames[0].shape == (2, 48, 64)


def test_what_was_sent_is_counted() -> None:
    with aestream.UdpInput(port=0) as stream:
        counters = aestream.send_udp(some_events(), port=stream.port, protocol="spif", rate_hz=None)
    assert (counters["events"], counters["datagrams"]) == (20_000, 79)
