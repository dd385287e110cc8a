"""The user's kubeconfig: which cluster, and which namespace where none is named. `ConfigException` is its error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yaml
from kubernetes.aio import client, config
from kubernetes.aio.config import ConfigException

from microbus_operator.kube.api_server import SERVICE_ACCOUNT, ApiServer

__all__ = ["ConfigException", "connected", "current_namespace"]


async def connected(kubeconfig: str | None, context: str | None) -> ApiServer:
    """A connection as kubectl would make it; in a pod without a kubeconfig, by its service account.

    Raises `ConfigException`, whose text says what is wrong with the kubeconfig.
    """
    if kubeconfig is None and context is None and SERVICE_ACCOUNT.exists():
        return await ApiServer.connect()
    configuration = client.Configuration()
    with _clear():
        await config.load_kube_config(  # type: ignore[no-untyped-call]
            config_file=kubeconfig, context=context, client_configuration=configuration
        )
    return ApiServer(client.ApiClient(configuration))


def current_namespace(kubeconfig: str | None, context: str | None) -> str:
    """The namespace of the context, `default` where it names none. Raises `ConfigException`."""
    namespace_file = SERVICE_ACCOUNT.with_name("namespace")
    if kubeconfig is None and context is None and namespace_file.exists():
        return namespace_file.read_text().strip()
    with _clear():
        contexts, active = config.list_kube_config_contexts(kubeconfig)  # type: ignore[no-untyped-call]
        chosen = next((item for item in contexts if item["name"] == context), None) if context else active
        if chosen is None:
            raise ConfigException(f"it has no context {context}")
        return str(chosen["context"].get("namespace") or "default")


@contextmanager
def _clear() -> Iterator[None]:
    """Turn what the client lets through for a file that is no kubeconfig into a `ConfigException`, without its text."""
    try:
        yield
    except (yaml.YAMLError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigException(f"it is no kubeconfig ({type(error).__name__})") from None
