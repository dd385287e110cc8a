"""What all kinds share: the base model, object metadata, conditions and durations, in Kubernetes' own shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

GROUP = "microbus.io"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

# Go's time.ParseDuration, less the units below a second that no credential's life is counted in.
DURATION_PATTERN = r"^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$"
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s)")
_LONGEST = (2**63 - 1) // 10**9
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def duration_seconds(text: str) -> int:
    """Seconds in a Go duration such as `720h` or `1h30m`, rounded down. Raises ValueError for anything else.

    At most what Go's own type holds (292 years): a later `exp` would be no integer to a server.
    """
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"{text!r} is not a duration such as 720h, 90m or 30s")
    return min(int(sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(text))), _LONGEST)


def _checked(text: str) -> str:
    duration_seconds(text)
    return text


# How often something is done: never, or every so many whole minutes and hours.
INTERVAL_PATTERN = r"^(0s|([0-9]+(h|m))+)$"
Duration = Annotated[str, Field(pattern=DURATION_PATTERN, max_length=32), AfterValidator(_checked)]
Interval = Annotated[str, Field(pattern=INTERVAL_PATTERN, max_length=32), AfterValidator(_checked)]


class Model(BaseModel):
    """A piece of a kind: camelCase in YAML, frozen, and blind to fields of a newer version."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")

    def to_manifest(self) -> dict[str, Any]:
        """The object as the API server stores it: by alias, without what is not set."""
        return self.model_dump(by_alias=True, exclude_none=True, mode="json")


class Condition(Model):
    """`metav1.Condition`."""

    type: str = Field(max_length=316)
    status: Literal["True", "False", "Unknown"]
    reason: str = Field(max_length=1024)
    message: str = Field(max_length=32768)
    observed_generation: int = 0
    last_transition_time: str = Field(json_schema_extra={"format": "date-time"})


class ObjectMeta(Model):
    """The part of `metav1.ObjectMeta` that the operator reads."""

    name: str
    namespace: str
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}

    @property
    def is_deleting(self) -> bool:
        """Whether the object only waits for its finalizers."""
        return self.deletion_timestamp is not None
