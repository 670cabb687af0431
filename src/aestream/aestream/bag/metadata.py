"""metadata.yaml, version 9: what rosbag2 of ROS 2 Jazzy and later wants to know of a bag."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from aestream_core.formats.bags.storage import Tally, Topic

VERSION = 9


@dataclass(frozen=True)
class FileEntry:
    """One file of a bag.

    Attributes:
        name: inside the folder.
        tally: what is in it.
    """

    name: str
    tally: Tally


def metadata(files: Sequence[FileEntry], topics: Sequence[Topic], *, storage: str) -> dict[str, Any]:
    """Describe a bag: its files in order, and its topics, which are numbered from 1 in each file."""
    tallies = [file.tally for file in files]
    start_ns = min((tally.start_ns for tally in tallies if tally.messages), default=0)
    end_ns = max((tally.end_ns for tally in tallies), default=0)
    return {
        "version": VERSION,
        "storage_identifier": storage,
        "duration": {"nanoseconds": end_ns - start_ns},
        "starting_time": {"nanoseconds_since_epoch": start_ns},
        "message_count": sum(tally.messages for tally in tallies),
        "topics_with_message_count": [
            {"topic_metadata": _topic(topic), "message_count": sum(each.counts.get(number, 0) for each in tallies)}
            for number, topic in enumerate(topics, 1)
        ],
        "compression_format": "",
        "compression_mode": "",
        "relative_file_paths": [file.name for file in files],
        "files": [_file(file) for file in files],
        "custom_data": None,
        "ros_distro": os.environ.get("ROS_DISTRO", "jazzy"),
    }


def to_yaml(described: dict[str, Any], *, whole: bool) -> str:
    """Write it as YAML: as the whole of metadata.yaml, or without the key on top, as the storages keep it."""
    content = {"rosbag2_bagfile_information": described} if whole else described
    return str(yaml.safe_dump(content, sort_keys=False, default_flow_style=False))


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "type": topic.type,
        "serialization_format": "cdr",
        "offered_qos_profiles": profiles(topic.qos),
        "type_description_hash": topic.type_hash,
    }


def _file(file: FileEntry) -> dict[str, Any]:
    return {
        "path": file.name,
        "starting_time": {"nanoseconds_since_epoch": file.tally.start_ns},
        "duration": {"nanoseconds": file.tally.end_ns - file.tally.start_ns},
        "message_count": file.tally.messages,
    }


def profiles(text: str) -> list[dict[str, Any]]:
    """Read the qualities of service that a bag keeps with a topic; none where they cannot be read."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
