"""YAML with places: mappings whose entries are read by name and type, and say where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from aestream.launching.description import Template
from aestream.launching.errors import LaunchError, Place, unsupported
from aestream.launching.template import parse_template


class Entity:
    """One element of a launch file: its kind (`node`, `arg`, ...) and its attributes.

    Every attribute that is read is noted; `finish` refuses what is left over.
    """

    def __init__(self, kind: str, node: yaml.Node, *, document: Document) -> None:
        """Wrap a YAML node, a mapping or (for elements with children alone) a sequence."""
        self.kind = kind
        self.place = document.place(node)
        self._document = document
        self._node = node
        self._read: set[str] = set()
        self._attributes: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            self._attributes = document.attributes(node)
        elif not isinstance(node, yaml.SequenceNode):
            raise self.error(f"{kind!r} must be a mapping of attributes, got {document.construct(node)!r}")

    def error(self, message: str) -> LaunchError:
        """Return an error that names this place."""
        return LaunchError(message, place=self.place)

    def value(self, name: str) -> Any:
        """Return an attribute as plain Python; None where it is absent."""
        self._read.add(name)
        node = self._attributes.get(name)
        return None if node is None else self._document.construct(node)

    def optional_text(self, name: str) -> str | None:
        """Return a string attribute; None where it is absent."""
        value = self.value(name)
        if value is None or isinstance(value, str):
            return value
        raise self.error(f"attribute {name!r} of {self.kind!r} must be a string, got {value!r}: write it in quotes")

    def text(self, name: str) -> str:
        """Return a string attribute that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise self.error(f"{self.kind!r} needs the attribute {name!r}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a bool attribute."""
        value = self.value(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(f"attribute {name!r} of {self.kind!r} must be true or false, got {value!r}")
        return value

    def optional_template(self, name: str) -> Template | None:
        """Return a string attribute, parsed for substitutions; None where it is absent."""
        text = self.optional_text(name)
        return None if text is None else parse_template(text, self.place)

    def template(self, name: str) -> Template:
        """Return a string attribute that must be there, parsed for substitutions."""
        return parse_template(self.text(name), self.place)

    def entities(self, name: str) -> list[Entity]:
        """Return an attribute that is a list of mappings; empty where it is absent."""
        self._read.add(name)
        node = self._attributes.get(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(i, yaml.MappingNode) for i in node.value):
            raise self.error(f"attribute {name!r} of {self.kind!r} must be a list of mappings")
        return [Entity(name, item, document=self._document) for item in node.value]

    def children(self) -> list[Entity]:
        """Return the elements inside: the list that this is, or the attribute `children`."""
        self._read.add("children")
        node = self._node if isinstance(self._node, yaml.SequenceNode) else self._attributes.get("children")
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(f"{self.kind!r} must be a list of elements, or have one in the attribute 'children'")
        return [self._document.element(item) for item in node.value]

    def finish(self) -> None:
        """Refuse attributes that nobody read.

        Raises:
            LaunchError: There are some.
        """
        if isinstance(self._node, yaml.SequenceNode):
            if "children" not in self._read:
                raise self.error(f"{self.kind!r} must be a mapping of attributes, not a list")
            return
        for name, node in self._attributes.items():
            if name not in self._read:
                known = ", ".join(sorted(self._read))
                raise unsupported(
                    f"attribute {name!r} of {self.kind!r} (known here: {known})", self._document.place(node)
                )


class Document:
    """One YAML file."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            LaunchError: The file cannot be read, or is not YAML.
        """
        self.path = path
        try:
            self._loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
            self._root = self._loader.get_single_node()
        except OSError as error:
            raise LaunchError(f"cannot read launch file {str(path)!r}: {error.strerror}") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = Place(path, mark.line + 1) if mark else None
            raise LaunchError(f"not YAML: {getattr(error, 'problem', error)}", place=place) from None

    def root(self) -> Entity:
        """Return the element `launch` that the file consists of."""
        if self._root is None:
            raise LaunchError("the file is empty", place=Place(self.path, 1))
        entity = self.element(self._root)
        if entity.kind != "launch":
            raise entity.error(f"expected 'launch' as the one top-level element, got {entity.kind!r}")
        return entity

    def element(self, node: yaml.Node) -> Entity:
        """Wrap `- kind: {...}`."""
        if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
            raise LaunchError("expected one element here, '- <kind>: ...'", place=self.place(node))
        key, value = node.value[0]
        return Entity(str(self.construct(key)), value, document=self)

    def attributes(self, node: yaml.MappingNode) -> dict[str, yaml.Node]:
        """Return the entries of a mapping; a name that stands twice is an error."""
        self._loader.flatten_mapping(node)
        attributes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(self.construct(key))
            if name in attributes:
                raise LaunchError(f"attribute {name!r} stands twice", place=self.place(key))
            attributes[name] = value
        return attributes

    def construct(self, node: yaml.Node) -> Any:
        """Return a node as plain Python."""
        return self._loader.construct_object(node, deep=True)

    def place(self, node: yaml.Node) -> Place:
        """Return where a node begins."""
        return Place(self.path, node.start_mark.line + 1)
