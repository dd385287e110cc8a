"""What can go wrong with a state folder. Each message is one line that names the folder or file and what to do."""

from __future__ import annotations

from microbus_operator.kube.errors import ApiUnavailable, KubeError


class StateRefused(KubeError):
    """The folder cannot be used: of a newer version, held by another process, somebody else's, or none of ours."""


class StateHeld(StateRefused):
    """Another process has the folder, which may end."""


class ObjectUnreadable(ApiUnavailable):
    """What a file holds is not known: half-written, edited into something invalid, or not readable.

    It is the weather and never an absence: no seed is minted because its file could not be read (pitfall K2).
    """
