"""Pod templates as people write them: any YAML until an API server has seen it, read without trusting its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

Yaml = Mapping[str, Any]


@dataclass(frozen=True)
class Mount:
    """A volume's place in a container. `sub_path` is the field that makes it one, empty where it is whole."""

    volume: str
    path: str
    sub_path: str = ""

    def is_within(self, directory: str) -> bool:
        """Whether it is mounted at `directory` or below it. `/var/run` is `/run` in most images."""
        mine, theirs = _real(self.path), _real(directory)
        return mine == theirs or mine.startswith(f"{theirs}/")


@dataclass(frozen=True)
class Container:
    """What of a container decides which credentials its process finds. `env` is None where it is said elsewhere."""

    name: str
    image: str
    command: tuple[str, ...]
    working_dir: str
    env: Mapping[str, str | None]
    is_env_from_elsewhere: bool
    mounts: tuple[Mount, ...]
    security: Yaml


def mapping(value: Any) -> Yaml:  # noqa: ANN401 - any YAML
    """`value`, or an empty map where it is none."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> tuple[Yaml, ...]:  # noqa: ANN401 - any YAML
    """The maps in a list; none where it is no list."""
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list | tuple) else ()


def containers_of(template: Yaml) -> tuple[Container, ...]:
    """The containers of a pod template, or of a part of one."""
    return tuple(_container(item) for item in mappings(mapping(template.get("spec")).get("containers")))


def volumes_of(template: Yaml) -> dict[str, Yaml]:
    """The volumes of a pod template by name."""
    return {_text(item, "name"): item for item in mappings(mapping(template.get("spec")).get("volumes"))}


def _container(item: Yaml) -> Container:
    command = item.get("command")
    return Container(
        name=_text(item, "name"),
        image=_text(item, "image"),
        command=tuple(map(str, command)) if isinstance(command, list | tuple) else (),
        working_dir=_text(item, "workingDir"),
        env={_text(entry, "name"): _value(entry) for entry in mappings(item.get("env"))},
        is_env_from_elsewhere=bool(item.get("envFrom")),
        mounts=tuple(_mount(entry) for entry in mappings(item.get("volumeMounts"))),
        security=mapping(item.get("securityContext")),
    )


def _mount(entry: Yaml) -> Mount:
    sub_path = next((field for field in ("subPath", "subPathExpr") if entry.get(field)), "")
    return Mount(_text(entry, "name"), _text(entry, "mountPath"), sub_path)


def _value(entry: Yaml) -> str | None:
    return None if entry.get("valueFrom") else str(entry.get("value", ""))


def _text(item: Yaml, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _real(path: str) -> str:
    clean = normpath(path or "/")
    return clean.removeprefix("/var") if clean == "/var/run" or clean.startswith("/var/run/") else clean
