"""From an image in a real registry to gencreds' report on the source in it, and what stands in the way."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gencreds.report import Report
from microbus_operator.source.discover import SourceReader
from microbus_operator.source.errors import (
    AccessDenied,
    AnalysisFailed,
    ArchiveRefused,
    DigestMismatch,
    ImageInvalid,
    ImageNotFound,
    NoSource,
    RegistryRefused,
    RegistryUnavailable,
)
from microbus_operator.source.settings import MIB, SourceSettings

from ..unit.source.tar_making import Entry, make_archive, make_tar
from .registries import PASSWORD, USER, ImageRegistry, digest_of, pull_secret, running_registry
from .sources import BROKEN_GO, service_archive

SHOP = Path(__file__).parents[2] / "examples" / "shop"
FILE = ".microbus/source.tar.gz"
APP_LAYER = gzip.compress(make_tar([Entry("app", b"\x7fELF")]), mtime=0)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRegistry]:
    """A registry that lets anybody in."""
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="module")
def closed_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageRegistry]:
    """A registry that lets in `USER` only."""
    with running_registry(tmp_path_factory.mktemp("closed-registry"), with_login=True) as running:
        yield running


@pytest.fixture
def repository(request: pytest.FixtureRequest) -> str:
    """A repository of the test's own."""
    return f"tests/{request.node.name.split('[')[0].lower()[:60].strip('_')}"


def settings_for(*registries: ImageRegistry, workdir: Path | None = None) -> SourceSettings:
    return SourceSettings(insecure_registries=frozenset(each.host for each in registries), workdir=workdir)


def layer(archive: bytes, *others: Entry) -> bytes:
    """A layer with the source archive."""
    return gzip.compress(make_tar([*others, Entry(FILE, archive)]), mtime=0)


@pytest.fixture
def reader(registry: ImageRegistry, closed_registry: ImageRegistry, tmp_path: Path) -> Iterator[SourceReader]:
    """A reader that has read nothing yet; what it puts on disk must be gone in the end."""
    yield SourceReader(settings_for(registry, closed_registry, workdir=tmp_path))
    assert list(tmp_path.iterdir()) == []


async def test_a_tag_leads_to_digest_source_and_report(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    archive = service_archive("orders.example")
    digest = registry.push_image(repository, "1", [APP_LAYER, layer(archive)])
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert reading.digest == digest
    assert reading.reference == f"{registry.host}/{repository}@{digest}"
    assert reading.source_digest == digest_of(archive)
    assert reading.trust == "DigestBound"
    (service,) = reading.report.services
    assert service.hostname == "orders.example"
    assert service.blocking == ()
    assert "prod.safe.*.*.orders_example.>" in service.sub
    assert service.directory == "orders"


async def test_what_gencreds_bundles_says_in_an_image_what_it_says_on_a_laptop(
    registry: ImageRegistry, reader: SourceReader, repository: str, tmp_path: Path
) -> None:
    archive = tmp_path / "source.tar.gz"
    gencreds("bundle", "--bundle", "main/main.go", "--out", str(archive))
    registry.push_image(repository, "1", [APP_LAYER, layer(archive.read_bytes())])
    archive.unlink()
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    scanned = gencreds("scan", "--bundle", "main/main.go", "--plane", "prod", "--format", "json")
    assert reading.report == Report.from_json(scanned)


def gencreds(*arguments: str) -> bytes:
    """Run gencreds in the example's folder; returns its stdout."""
    done = subprocess.run([sys.executable, "-m", "gencreds", *arguments], cwd=SHOP, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


async def test_a_digest_is_read_as_it_is(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    digest = registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
    registry.push_image(repository, "1", [layer(service_archive("other.example"))])
    reading = await reader.read(f"{registry.host}/{repository}:1@{digest}", [], plane="prod")
    assert reading.digest == digest
    assert [service.hostname for service in reading.report.services] == ["orders.example"]


async def test_a_moved_tag_is_noticed(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    image = f"{registry.host}/{repository}"
    registry.push_image(repository, "latest", [layer(service_archive("first.example"))])
    first = await reader.read(image, [], plane="prod")
    registry.push_image(repository, "latest", [layer(service_archive("second.example"))])
    second = await reader.read(image, [], plane="prod")
    assert [each.report.services[0].hostname for each in (first, second)] == ["first.example", "second.example"]


async def test_an_index_gives_its_own_digest_and_the_source_for_the_platform(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    manifests = {
        platform: registry.push_image(repository, platform.replace("/", "-"), [layer(service_archive(hostname))])
        for platform, hostname in {"linux/arm64": "arm.example", "linux/amd64": "amd.example"}.items()
    }
    digest = registry.push_index(repository, "1", manifests)
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert reading.digest == digest
    assert [service.hostname for service in reading.report.services] == ["amd.example"]


async def test_an_index_of_one_platform_beside_attestations_is_that_platform(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    arm = registry.push_image(repository, "arm", [layer(service_archive("arm.example"))])
    attestation = registry.push_image(repository, "attestation", [APP_LAYER])
    registry.push_index(repository, "1", {"linux/arm64": arm, "unknown/unknown": attestation})
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert [service.hostname for service in reading.report.services] == ["arm.example"]


async def test_an_index_without_the_platform_says_which_it_has(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    one = registry.push_image(repository, "one", [APP_LAYER])
    registry.push_index(repository, "1", {"linux/arm64": one, "windows/amd64": one})
    with pytest.raises(ImageNotFound, match="linux/amd64 but for: linux/arm64, windows/amd64"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


@pytest.mark.parametrize("what", ["tests/{name}:absent", "tests/{name}@sha256:" + "0" * 64, "no/such/repository:1"])
async def test_what_is_not_there_is_named(
    registry: ImageRegistry, reader: SourceReader, repository: str, what: str
) -> None:
    registry.push_image(repository, "1", [APP_LAYER])
    image = f"{registry.host}/{what.format(name=repository.removeprefix('tests/'))}"
    with pytest.raises(ImageNotFound) as found:
        await reader.read(image, [], plane="prod")
    assert image in str(found.value)
    assert "push the image" in str(found.value)


async def test_later_layers_win(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    newer = service_archive("newer.example")
    layers = [layer(service_archive("older.example")), layer(newer), APP_LAYER]
    registry.push_image(repository, "1", layers)
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert reading.source_digest == digest_of(newer)


async def test_layers_below_the_source_are_not_fetched(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    base = gzip.compress(make_tar([Entry("large", os.urandom(1000))]))
    registry.push_image(repository, "1", [base, layer(service_archive("orders.example"))])
    registry.blob_file(digest_of(base)).unlink()
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert [service.hostname for service in reading.report.services] == ["orders.example"]


async def test_an_image_without_source_is_told_how_to_get_some(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    registry.push_image(repository, "1", [APP_LAYER])
    with pytest.raises(NoSource) as found:
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert f"image {registry.host}/{repository}:1" in str(found.value)
    assert "gencreds bundle" in str(found.value)
    assert "/.microbus/source.tar.gz" in str(found.value)


@pytest.mark.parametrize("whiteout", [".wh..microbus", ".microbus/.wh.source.tar.gz", ".microbus/.wh..wh..opq"])
async def test_deleted_source_is_no_source(
    registry: ImageRegistry, reader: SourceReader, repository: str, whiteout: str
) -> None:
    deleting = gzip.compress(make_tar([Entry(whiteout)]))
    registry.push_image(repository, "1", [layer(service_archive("orders.example")), deleting, APP_LAYER])
    with pytest.raises(NoSource, match=rf"layer {digest_of(deleting)} deletes /\.microbus/source\.tar\.gz"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


async def test_source_above_a_whiteout_counts(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    again = layer(service_archive("again.example"), Entry(".microbus/.wh..wh..opq"))
    registry.push_image(repository, "1", [layer(service_archive("old.example")), again])
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert [service.hostname for service in reading.report.services] == ["again.example"]


async def test_zstd_layers_are_refused_by_name(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    zstd = b"\x28\xb5\x2f\xfd" + bytes(100)
    registry.push_image(repository, "1", [zstd], "application/vnd.oci.image.layer.v1.tar+zstd")
    with pytest.raises(ArchiveRefused, match=rf"layer {digest_of(zstd)} is compressed with zstd; build it with gzip"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


def flip(file: Path) -> None:
    """Another byte, the same size."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def grow(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


@pytest.mark.parametrize("tamper", [flip, cut, grow])
async def test_a_tampered_layer_is_noticed(
    registry: ImageRegistry, reader: SourceReader, repository: str, tamper: object
) -> None:
    assert callable(tamper)
    content = layer(service_archive(f"{tamper.__name__}.example"))
    registry.push_image(repository, "1", [content])
    tamper(registry.blob_file(digest_of(content)))
    with pytest.raises((DigestMismatch, RegistryUnavailable)) as found:
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert isinstance(found.value, DigestMismatch)
    assert digest_of(content) in str(found.value)


async def test_tampered_manifests_and_configurations_are_noticed(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    digest = registry.push_image(repository, "1", [APP_LAYER, APP_LAYER])
    manifest = registry.blob_file(digest)
    config = next(text for text in manifest.read_text().split('"') if text.startswith("sha256:"))
    flip(registry.blob_file(config))
    with pytest.raises(DigestMismatch, match=rf"blob {config}"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    manifest.write_text(manifest.read_text().replace(config, digest_of(b"another")))
    with pytest.raises(DigestMismatch, match=rf"manifest {digest}"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


async def test_what_is_no_image_is_refused(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    blob = registry.push_blob(repository, b'{"name": "chart"}', "application/vnd.cncf.helm.config.v1+json")
    media_type = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": media_type, "config": blob, "layers": []}
    registry.push_manifest(repository, "1", manifest)
    with pytest.raises(ImageInvalid, match="no container image"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


async def test_a_closed_registry_opens_for_the_right_pull_secret_only(
    closed_registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    host = closed_registry.host
    closed_registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
    wrong = pull_secret(host, USER, "wrong-password")
    right = pull_secret(f"http://{host}/tests", USER, PASSWORD)
    stranger = pull_secret("registry.example", USER, PASSWORD)
    image = f"{host}/{repository}:1"
    with pytest.raises(AccessDenied, match="the app's image pull secrets hold none for it") as found:
        await reader.read(image, [stranger], plane="prod")
    assert "imagePullSecrets" in str(found.value)
    with pytest.raises(AccessDenied, match="refuses image pull secret number 1") as found:
        await reader.read(image, [wrong], plane="prod")
    assert "wrong-password" not in str(found.value)
    reading = await reader.read(image, [wrong, stranger, right], plane="prod")
    assert [service.hostname for service in reading.report.services] == ["orders.example"]
    with pytest.raises(AccessDenied):
        await reader.read(image, [wrong], plane="prod")


async def test_a_reading_is_remembered_by_digest_and_plane(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    content = layer(service_archive("orders.example"))
    digest = registry.push_image(repository, "1", [content])
    first = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    registry.blob_file(digest_of(content)).unlink()
    assert await reader.read(f"{registry.host}/{repository}@{digest}", [], plane="prod") is first
    with pytest.raises(ImageNotFound, match=digest_of(content)):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="test")


async def test_two_who_ask_for_the_same_share_one_reading(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
    image = f"{registry.host}/{repository}:1"
    first, second = await asyncio.gather(*(reader.read(image, [], plane="prod") for _ in range(2)))
    assert first is second


async def test_no_more_is_remembered_than_settled(registry: ImageRegistry, repository: str) -> None:
    reader = SourceReader(replace(settings_for(registry), remembered_readings=1))
    registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
    image = f"{registry.host}/{repository}:1"
    first = await reader.read(image, [], plane="prod")
    assert await reader.read(image, [], plane="prod") is first
    await reader.read(image, [], plane="test")
    assert await reader.read(image, [], plane="prod") is not first


async def test_a_lasting_refusal_is_remembered_for_a_while(registry: ImageRegistry, repository: str) -> None:
    now = 1000.0
    settings = settings_for(registry)
    reader = SourceReader(settings, clock=lambda: now)
    content = gzip.compress(make_tar([Entry("app", b"remembered")]))
    registry.push_image(repository, "1", [content])
    image = f"{registry.host}/{repository}:1"
    with pytest.raises(NoSource):
        await reader.read(image, [], plane="prod")
    registry.blob_file(digest_of(content)).unlink()
    with pytest.raises(NoSource):
        await reader.read(image, [], plane="prod")
    now += settings.remembered_refusal_seconds
    with pytest.raises(ImageNotFound):
        await reader.read(image, [], plane="prod")


async def test_a_registry_that_is_down_is_the_weather(tmp_path: Path, repository: str) -> None:
    with running_registry(tmp_path) as registry:
        registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
        reader = SourceReader(settings_for(registry))
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    with pytest.raises(RegistryUnavailable) as found:
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert found.value.passing
    assert "asks again" in str(found.value)


async def test_loopback_is_for_listed_registries_only(registry: ImageRegistry, repository: str) -> None:
    registry.push_image(repository, "1", [layer(service_archive("orders.example"))])
    reader = SourceReader(SourceSettings())
    for host in (registry.host, registry.host.replace("127.0.0.1", "localhost")):
        with pytest.raises(RegistryRefused, match="link-local, loopback or reserved address"):
            await reader.read(f"{host}/{repository}:1", [], plane="prod")


async def test_blocking_findings_are_part_of_the_report(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    archive = service_archive("orders.example", {"orders/broken.go": BROKEN_GO})
    registry.push_image(repository, "1", [layer(archive)])
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    (service,) = reading.report.services
    assert {finding.file for finding in service.blocking} == {"orders/broken.go"}


async def test_the_app_may_name_another_main_file_of_the_archive(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    archive = service_archive("orders.example", {"cmd/none/main.go": "package main\n\nfunc main() {}\n"})
    registry.push_image(repository, "1", [layer(archive)])
    image = f"{registry.host}/{repository}:1"
    reading = await reader.read(image, [], plane="prod", main="main/main.go")
    assert [service.hostname for service in reading.report.services] == ["orders.example"]
    for absent in ("cmd/other/main.go", "../source.json", "orders"):
        with pytest.raises(ArchiveRefused, match="which the app names as its bundle's `main`"):
            await reader.read(image, [], plane="prod", main=absent)
    with pytest.raises(AnalysisFailed):
        await reader.read(image, [], plane="prod", main="cmd/none/main.go")


async def test_hostile_archives_are_refused_with_image_and_entry(
    registry: ImageRegistry, reader: SourceReader, repository: str
) -> None:
    registry.push_image(repository, "1", [layer(make_archive(Entry("src/../../escaped.go")))])
    with pytest.raises(ArchiveRefused) as found:
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert f"image {registry.host}/{repository}:1: /.microbus/source.tar.gz has a name that" in str(found.value)
    assert "src/../../escaped.go" in str(found.value)


async def test_a_layer_of_zeros_is_stopped(registry: ImageRegistry, reader: SourceReader, repository: str) -> None:
    bomb = gzip.compress(make_tar([Entry("zeros", bytes(96 << 20))]))
    registry.push_image(repository, "1", [bomb])
    with pytest.raises(ArchiveRefused, match="as a decompression bomb does"):
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")


@pytest.mark.parametrize("text", ["a[" * 500_000, "{" * 1_000_000, "func (" * 170_000, "(" * 1_000_000])
async def test_deeply_nested_go_is_a_blocking_finding(
    registry: ImageRegistry, reader: SourceReader, repository: str, text: str
) -> None:
    """D6: a 1 MB file of this kind can cost a parser 1.4 GB."""
    archive = service_archive("orders.example", {"orders/hostile.go": f"package orders\n\nvar x = {text}"})
    registry.push_image(repository, "1", [layer(archive)])
    reading = await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    (service,) = reading.report.services
    assert [finding.file for finding in service.blocking] == ["orders/hostile.go"]


async def test_go_that_needs_more_memory_than_there_is_fails_alone(
    registry: ImageRegistry, closed_registry: ImageRegistry, repository: str, tmp_path: Path
) -> None:
    """D6, D3: it has no report at all, and the operator, whose process this is, goes on."""
    settings = settings_for(registry, closed_registry, workdir=tmp_path)
    reader = SourceReader(replace(settings, analysis=replace(settings.analysis, address_space=160 * MIB)))
    hostile = f"package orders\n\nvar x = []int{{{'1,' * 500_000}}}"
    registry.push_image(repository, "1", [layer(service_archive("orders.example", {"orders/hostile.go": hostile}))])
    registry.push_image(repository, "2", [layer(service_archive("orders.example"))])
    with pytest.raises(AnalysisFailed) as failed:
        await reader.read(f"{registry.host}/{repository}:1", [], plane="prod")
    assert f"image {registry.host}/{repository}:1: the analysis of main/main.go" in str(failed.value)
    assert "160 MiB of memory" in str(failed.value)
    assert (await reader.read(f"{registry.host}/{repository}:2", [], plane="prod")).report.services
