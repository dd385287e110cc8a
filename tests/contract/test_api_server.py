"""What the API server accepts, refuses and stores, and what `kube` makes of it."""

from __future__ import annotations

from .api_servers import ApiServer


def test_it_starts(api_server: ApiServer) -> None:
    assert api_server.answers("/apis/microbus.io/v1alpha1")[0] == 200
