"""The subscriptions of a recorder: found in the graph, followed as publishers appear."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription

from aestream.bag.errors import NotPlayableError
from aestream.bag.ros.definitions import definition_of, message_class
from aestream.bag.ros.qos import offered_text, recording_qos
from aestream_core.formats.bags.storage import Topic


class TopicFollower:
    """Subscribes to the topics that are wanted as soon as somebody publishes them; messages stay serialised.

    A topic that is wanted with its type is subscribed to at once: its first message is heard too.

    Attributes:
        refused: why topics that are there are not recorded, by name.
    """

    def __init__(
        self,
        node: Node,
        *,
        wanted: Mapping[str, str] | None,
        add: Callable[[Topic], int],
        put: Callable[[int, bytes], None],
    ) -> None:
        """Look at the graph with `look`.

        Args:
            node: owns the subscriptions.
            wanted: types by full name of the topic, empty where the type is not known; None for all but hidden topics.
            add: is told of each topic, once; gives its number.
            put: gets every message with that number.
        """
        self.refused: dict[str, str] = {}
        self._node, self._wanted, self._add, self._put = node, wanted, add, put
        self._numbers: dict[str, int] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._ahead: dict[str, QoSProfile] = {}

    def look(self) -> None:
        """Subscribe to what has appeared."""
        if self._wanted is None:
            names = {name for name, _ in self._node.get_topic_names_and_types() if not _is_hidden(name)}
        else:
            names = set(self._wanted)
        for name in sorted(names - self.refused.keys()):
            if name not in self._subscriptions or name in self._ahead:
                self._follow(name)

    def take_rest(self) -> None:
        """Take what has arrived and no executor has handed on yet."""
        for name, subscription in self._subscriptions.items():
            with subscription.handle:
                while (taken := subscription.handle.take_message(subscription.msg_type, True)) is not None:
                    self._on_message(name, taken[0])

    def close(self) -> None:
        """Leave every topic."""
        for subscription in self._subscriptions.values():
            self._node.destroy_subscription(subscription)
        self._subscriptions, self._ahead = {}, {}

    def _follow(self, name: str) -> None:
        publishers = self._node.get_publishers_info_by_topic(name)
        types = sorted({publisher.topic_type for publisher in publishers})
        if len(types) > 1:
            self._refuse(name, f"it has several types: {', '.join(types)}")
        elif publishers:
            self._follow_as(name, types[0], recording_qos([each.qos_profile for each in publishers]))
        elif name not in self._ahead and self._wanted is not None and self._wanted[name]:
            self._ahead[name] = recording_qos([])
            self._subscribe(name, self._wanted[name], self._ahead[name])

    def _follow_as(self, name: str, type_name: str, qos: QoSProfile) -> None:
        ahead = self._ahead.pop(name, None)
        if ahead is not None:
            if (type_name, qos) == ((self._wanted or {})[name], ahead):
                return
            self._node.destroy_subscription(self._subscriptions.pop(name))
        self._subscribe(name, type_name, qos)

    def _subscribe(self, name: str, type_name: str, qos: QoSProfile) -> None:
        try:
            kind = message_class(type_name)
        except NotPlayableError as error:
            self._refuse(name, str(error))
            return

        def on_message(data: bytes) -> None:
            self._on_message(name, data)

        self._subscriptions[name] = self._node.create_subscription(kind, name, on_message, qos, raw=True)

    def _on_message(self, name: str, data: bytes) -> None:
        if name not in self._numbers:
            publishers = self._node.get_publishers_info_by_topic(name)
            self._numbers[name] = self._add(_described(name, self._subscriptions[name], publishers))
        self._put(self._numbers[name], data)

    def _refuse(self, name: str, reason: str) -> None:
        self.refused[name] = reason
        self._ahead.pop(name, None)
        self._node.get_logger().warning(f"{name} is not recorded: {reason}")


def _is_hidden(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("/"))


def _described(name: str, subscription: Subscription, publishers: Sequence[Any]) -> Topic:
    kind = subscription.msg_type
    type_name = f"{kind.__module__.partition('.')[0]}/msg/{kind.__name__}"
    definition = definition_of(type_name)
    return Topic(
        name,
        type_name,
        definition=definition,
        definition_kind="ros2msg" if definition else "",
        type_hash=str(publishers[0].topic_type_hash) if publishers else "",
        qos=offered_text([publisher.qos_profile for publisher in publishers]),
    )
