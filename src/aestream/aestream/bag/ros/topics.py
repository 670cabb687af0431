"""The subscriptions of a recorder: found in the graph, followed as publishers appear."""

from collections.abc import Callable
from functools import partial

from rclpy.node import Node
from rclpy.subscription import Subscription

from aestream.bag.errors import NotPlayableError
from aestream.bag.ros.definitions import definition_of, message_class
from aestream.bag.ros.qos import offered_text, recording_qos
from aestream_core.formats.bags.storage import Topic


class TopicFollower:
    """Subscribes to the topics that are wanted as soon as somebody publishes them; messages stay serialised.

    Attributes:
        refused: why topics that are there are not recorded, by name.
    """

    def __init__(
        self, node: Node, *, wanted: frozenset[str] | None, add: Callable[[Topic], int], put: Callable[[int, bytes], None]
    ) -> None:
        """Look at the graph with `look`.

        Args:
            node: owns the subscriptions.
            wanted: full names of topics; None for all but hidden ones.
            add: is told of each topic, once; gives its number.
            put: gets every message with that number.
        """
        self.refused: dict[str, str] = {}
        self._node, self._wanted, self._add, self._put = node, wanted, add, put
        self._numbers: dict[str, int] = {}
        self._subscriptions: dict[str, Subscription] = {}

    def look(self) -> None:
        """Subscribe to what has appeared."""
        for name, types in self._node.get_topic_names_and_types():
            if name not in self._subscriptions and name not in self.refused and self._is_wanted(name):
                self._follow(name, types)

    def take_rest(self) -> None:
        """Take what has arrived and no executor has handed on yet."""
        for name, subscription in self._subscriptions.items():
            with subscription.handle:
                while (taken := subscription.handle.take_message(subscription.msg_type, True)) is not None:
                    self._put(self._numbers[name], taken[0])

    def close(self) -> None:
        """Leave every topic."""
        for subscription in self._subscriptions.values():
            self._node.destroy_subscription(subscription)
        self._subscriptions = {}

    def _is_wanted(self, name: str) -> bool:
        if self._wanted is not None:
            return name in self._wanted
        return not any(part.startswith("_") for part in name.split("/"))

    def _follow(self, name: str, types: list[str]) -> None:
        publishers = self._node.get_publishers_info_by_topic(name)
        if not publishers:
            return
        if len(types) > 1:
            self._refuse(name, f"it has several types: {', '.join(types)}")
            return
        try:
            kind = message_class(types[0])
        except NotPlayableError as error:
            self._refuse(name, str(error))
            return
        offers = [publisher.qos_profile for publisher in publishers]
        if name not in self._numbers:
            definition = definition_of(types[0])
            topic = Topic(
                name,
                types[0],
                definition=definition,
                definition_kind="ros2msg" if definition else "",
                type_hash=str(getattr(publishers[0], "topic_type_hash", "")),
                qos=offered_text(offers),
            )
            self._numbers[name] = self._add(topic)
        self._subscriptions[name] = self._node.create_subscription(
            kind, name, partial(self._put, self._numbers[name]), recording_qos(offers), raw=True
        )

    def _refuse(self, name: str, reason: str) -> None:
        self.refused[name] = reason
        self._node.get_logger().warning(f"{name} is not recorded: {reason}")
