"""A real image registry for tests: github.com/distribution/distribution on a free loopback port, and pushing to it.

Images are pushed blob by blob through its HTTP API, so that a test can push what no builder would.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import queue
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from .api_servers import program

STARTS_WITHIN = 20.0
STOPS_WITHIN = 10.0

USER, PASSWORD = "puller", "right-password"
# bcrypt of PASSWORD at the least cost, the only hash that the registry's htpasswd takes.
HTPASSWD = "$2b$04$abcdefghijklmnopqrstuuS80hwFD6gSIL20SCUGvmL7S939BjOHW"

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True)
class ImageRegistry:
    """Where it listens (`host`, as an image reference names it) and keeps its blobs; `user` is whom it wants to see."""

    host: str
    storage: Path
    user: str | None = None

    def blob_file(self, digest: str) -> Path:
        """The file that holds a blob, to be tampered with."""
        value = digest.removeprefix("sha256:")
        return self.storage / "docker/registry/v2/blobs/sha256" / value[:2] / value / "data"

    def push_image(self, repository: str, tag: str, layers: Sequence[bytes], layer_type: str = GZIP_LAYER) -> str:
        """Push an image of these layers, oldest first, as they are; returns its digest."""
        diff_ids = [digest_of(gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer) for layer in layers]
        config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self.push_blob(repository, json.dumps(config).encode(), OCI_CONFIG),
            "layers": [self.push_blob(repository, layer, layer_type) for layer in layers],
        }
        return self.push_manifest(repository, tag, manifest)

    def push_index(self, repository: str, tag: str, digests: dict[str, str]) -> str:
        """Push an index of manifests that are there, by `os/architecture`; returns its digest."""
        manifests = []
        for platform, digest in digests.items():
            system, architecture = platform.split("/")
            size = self.blob_file(digest).stat().st_size
            place = {"os": system, "architecture": architecture}
            manifests.append({"mediaType": OCI_MANIFEST, "digest": digest, "size": size, "platform": place})
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests}
        return self.push_manifest(repository, tag, index)

    def push_manifest(self, repository: str, tag: str, manifest: dict[str, object]) -> str:
        """Push a manifest or an index as it is; returns its digest."""
        body = json.dumps(manifest).encode()
        self._send("PUT", f"/v2/{repository}/manifests/{tag}", body, str(manifest["mediaType"]))
        return digest_of(body)

    def push_blob(self, repository: str, content: bytes, media_type: str) -> dict[str, object]:
        """Push a blob; returns its descriptor."""
        upload = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"")
        digest = digest_of(content)
        self._send("PUT", f"{upload}{'&' if '?' in upload else '?'}digest={digest}", content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def _send(self, method: str, path: str, body: bytes, media_type: str = "application/octet-stream") -> str:
        headers = {"Content-Type": media_type}
        if self.user:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{self.user}:{PASSWORD}".encode()).decode()
        url = urljoin(f"http://{self.host}", path)
        request = urllib.request.Request(url, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.headers.get("Location", "")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {url}: {error.code} {error.read().decode()}") from error


def digest_of(content: bytes) -> str:
    """The sha256 digest of some bytes, as registries write it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def pull_secret(host: str, username: str, password: str) -> bytes:
    """A `.dockerconfigjson`, as `kubectl create secret docker-registry` makes it."""
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    entry = {"username": username, "password": password, "auth": auth}
    return json.dumps({"auths": {host: entry}}).encode()


@contextmanager
def running_registry(folder: Path, with_login: bool = False) -> Iterator[ImageRegistry]:
    """A registry whose storage is below `folder`, for as long as the context lasts; `with_login` lets in USER only."""
    storage = folder / "storage"
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info"},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        "http": {"addr": "127.0.0.1:0"},
    }
    if with_login:
        passwords = folder / "htpasswd"
        passwords.write_text(f"{USER}:{HTPASSWD}\n")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(passwords)}}
    settings = folder / "config.yml"
    settings.write_text(json.dumps(config))
    process = subprocess.Popen(
        [program("registry"), "serve", str(settings)],
        env={"OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield ImageRegistry(_listening(process), storage, USER if with_login else None)
    finally:
        process.terminate()
        process.wait(timeout=STOPS_WITHIN)


def _listening(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stderr is not None
        with process.stderr as log:
            for line in log:
                lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    seen: list[str] = []
    while line := lines.get(timeout=STARTS_WITHIN):
        seen.append(line)
        if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
            return found[1]
    raise AssertionError(f"the registry ended before it listened: {''.join(seen[-5:])}")
