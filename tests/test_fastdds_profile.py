"""The profile of Fast DDS is one that every parser reads, and its values fit each other."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from aestream_driver.sources.table import MAX_MESSAGE_BYTES
from aestream_ros.qos import EVENT_QUEUE_DEPTH

PROFILE = Path(__file__).resolve().parents[1] / "config" / "fastdds.xml"
DDS = "{http://www.eprosima.com}"
BYTES_PER_S = 200e6


@pytest.fixture(scope="module")
def values() -> dict[str, int]:
    names = ("segment_size", "maxMessageSize", "port_queue_capacity")
    root = ElementTree.parse(PROFILE).getroot()
    return {name: int(root.findtext(f".//{DDS}{name}") or 0) for name in names}


def test_the_port_holds_more_messages_than_the_topic_keeps(values: dict[str, int]) -> None:
    assert values["port_queue_capacity"] > EVENT_QUEUE_DEPTH


def test_the_segment_bridges_a_tenth_of_a_second_at_the_promised_rate(values: dict[str, int]) -> None:
    assert values["segment_size"] >= BYTES_PER_S / 10
    assert MAX_MESSAGE_BYTES < values["maxMessageSize"] <= values["segment_size"] / 2
