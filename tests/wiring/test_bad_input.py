"""What users get wrong, on either kind of store: a condition names the object, what was found and what to do, and
nothing is lost. The stories of `e2e/test_bad_input.py`, by the same names.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from e2e.source_images import source_archive
from e2e.test_bad_input import BROKEN

from microbus_operator.kube.errors import ApiRefused

from ..contract.registries import ImageRegistry
from ..contract.test_source_from_registry import APP_LAYER, layer
from ..contract.waiting import until
from .conftest import BOTH, opened
from .stories import HOSTNAME, WITHIN, Story, ready

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BOTH)
async def shop(
    request: pytest.FixtureRequest, registry: ImageRegistry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Story]:
    """A shop that is Ready, once for all that is done wrong beside it."""
    folder = tmp_path_factory.mktemp("shop")
    async with opened(request, folder / "objects") as store, ready(store, registry, folder) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def nothing_is_lost(shop: Story, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Whatever happens to the others, the shop keeps its credentials."""
    before = await shop.user_key()
    yield
    await shop.settled()
    assert await shop.user_key() == before
    assert not [record.message for record in caplog.records if record.exc_info]


async def told(story: Story, name: str, spec: dict[str, Any], reason: str, namespace: str = "") -> str:
    """Applies an app, waits until `Ready` is False for that reason, and returns the message. The app is deleted."""
    await story.apply("MicrobusApp", name, spec, namespace)
    try:
        return await story.until_told("MicrobusApp", name, f"False {reason}:", namespace)
    finally:
        await story.cluster.delete("MicrobusApp", namespace or story.namespace, name)
        await story.gone(("MicrobusApp", name), namespace=namespace)


def pushed(story: Story, tree: str) -> str:
    """The reference of an image with one of the broken sources."""
    story.registry.push_image(f"{story.namespace}/{tree}", "1", [layer(source_archive(BROKEN / tree))])
    return f"{story.registry.host}/{story.namespace}/{tree}:1"


async def test_an_image_that_does_not_exist(shop: Story) -> None:
    image = f"{shop.registry.host}/no/such:1"
    assert image in await told(shop, "absent", shop.app_of(image), "ImageNotFound")


async def test_an_image_without_source(shop: Story) -> None:
    shop.registry.push_image(f"{shop.namespace}/none", "1", [APP_LAYER])
    message = await told(shop, "sourceless", shop.app_of(f"{shop.registry.host}/{shop.namespace}/none:1"), "NoSource")
    assert "/.microbus/source.tar.gz" in message


async def test_broken_go_is_a_finding_with_file_and_line(shop: Story) -> None:
    message = await told(shop, "syntax", shop.app_of(pushed(shop, "syntax")), "BlockingFindings")
    assert "broken.example" in message
    assert "service.go:" in message


async def test_an_unresolvable_api_import_is_a_finding(shop: Story) -> None:
    assert "nowhereapi" in await told(shop, "import", shop.app_of(pushed(shop, "import")), "BlockingFindings")


async def test_a_plane_name_with_a_dot_is_refused_at_once(shop: Story) -> None:
    with pytest.raises(ApiRefused, match=r"spec\.plane"):
        await shop.apply("Plane", "dotted", {"plane": "prod.eu", "nats": {"image": "nats"}})


async def test_two_apps_claim_one_hostname(shop: Story) -> None:
    message = await told(shop, "twin", shop.app_of(shop.image("1")), "HostnameConflict")
    assert HOSTNAME in message
    assert f"{shop.namespace}/shop" in message


async def test_an_app_of_a_namespace_that_the_plane_does_not_allow(shop: Story) -> None:
    message = await told(shop, "outsider", shop.app_of(shop.image("1")), "NamespaceNotAllowed", shop.elsewhere)
    assert "allowedNamespaces" in message


async def test_a_secret_of_the_wanted_name_that_is_not_ours(shop: Story) -> None:
    name = "stranger-alone.example-creds"
    meta = {"name": name, "namespace": shop.namespace}
    await shop.cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"mine": "keep"}})
    try:
        assert name in await told(shop, "stranger", shop.app_of(pushed(shop, "alone")), "SecretConflict")
        found = await shop.cluster.get("Secret", shop.namespace, name)
        assert found is not None
        assert list(found["data"]) == ["mine"]
    finally:
        await shop.cluster.delete("Secret", shop.namespace, name)


async def test_a_config_with_credentials_in_it_is_not_delivered_n12(shop: Story) -> None:
    meta = {"name": "stray", "namespace": shop.namespace}
    data = {"config.yaml": "all: {}", "nats.creds": "anything"}
    await shop.cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": data})
    try:
        spec = shop.app_of(pushed(shop, "alone"), config={"secretRef": "stray"})
        message = await told(shop, "stray", spec, "StrayCredentials")
        assert "bundle main: Secret stray has the key nats.creds" in message
        assert await shop.cluster.get("Deployment", shop.namespace, "stray-main") is None
    finally:
        await shop.cluster.delete("Secret", shop.namespace, "stray")


async def test_a_plane_that_does_not_exist(shop: Story) -> None:
    message = await told(shop, "lost", shop.app_of(shop.image("1"), plane="elsewhere"), "PlaneNotFound")
    assert f"{shop.namespace}/elsewhere" in message


async def test_a_deleted_keys_secret_is_a_lost_seed_and_comes_back_with_its_backup(shop: Story) -> None:
    backup = await shop.cluster.get("Secret", shop.namespace, "prod-account-1")
    assert backup is not None
    for field in ("resourceVersion", "uid", "creationTimestamp", "managedFields"):
        backup["metadata"].pop(field, None)
    await shop.cluster.delete("Secret", shop.namespace, "prod-account-1")
    seen = await shop.until_told("Plane", "prod", "False SeedLost:", asked=True)
    assert f"{shop.namespace}/prod-account-1" in seen
    assert await shop.cluster.list("Secret", shop.namespace, {"microbus.io/key": "account"}) == []
    await shop.cluster.create({**backup, "apiVersion": "v1", "kind": "Secret"})
    await shop.until_told("Plane", "prod", "True", asked=True)


async def test_a_key_in_use_that_is_not_ours_any_more_is_to_be_restored_and_not_deleted(shop: Story) -> None:
    label = "app.kubernetes.io/managed-by"
    found = await shop.cluster.get("Secret", shop.namespace, "prod-account-1")
    assert found is not None
    for value, said in ((None, "False SecretConflict:"), (found["metadata"]["labels"][label], "True")):
        patch = {"metadata": {"labels": {label: value}}}
        await shop.cluster.merge("Secret", shop.namespace, "prod-account-1", patch)
        seen = await shop.until_told("Plane", "prod", said, asked=True)
        assert value or "restore it from a backup" in seen


async def test_brokers_that_cannot_be_reached(shop: Story) -> None:
    shop.node.can_run_brokers = False
    try:
        assert "prod-nats" in await shop.until_told("Plane", "prod", "False NatsUnavailable:", asked=True)
    finally:
        shop.node.can_run_brokers = True
    await shop.until_told("Plane", "prod", "True", asked=True)


WRONG = [
    pytest.param({"issuedBefore": "2999-01-01T00:00:00Z"}, "is in the future", id="dated-in-the-future"),
    pytest.param({"reason": "no idea"}, "it needs one of publicKey and issuedBefore", id="of-nothing"),
]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        *WRONG,
        pytest.param(
            {"service": "stock.example", "issuedBefore": "2026-01-01T00:00:00Z"},
            f"has no microservice stock.example; it has {HOSTNAME}",
            id="of-an-unknown-service",
        ),
    ],
)
async def test_a_revocation_of_an_app_that_cannot_be_meant(shop: Story, request_: dict[str, str], said: str) -> None:
    spec = shop.app_of(shop.image("1"))
    await shop.apply("MicrobusApp", "shop", {**spec, "revocations": [request_]})
    message = await until_refused(shop, "MicrobusApp", "shop")
    assert message.startswith("False RevocationRefused: spec.revocations[0]")
    assert said in message
    await shop.until_ready("MicrobusApp", "shop")
    await shop.apply("MicrobusApp", "shop", spec)


@pytest.mark.parametrize(("request_", "said"), WRONG)
async def test_a_revocation_of_a_plane_that_cannot_be_meant(shop: Story, request_: dict[str, str], said: str) -> None:
    await shop.plane(revocations=[request_])
    message = await until_refused(shop, "Plane", "prod")
    assert message.startswith("False RevocationRefused: spec.revocations[0]")
    assert said in message
    await shop.until_ready("Plane", "prod")
    await shop.plane()


@pytest.mark.parametrize("request_", [{"publicKey": "*"}, {"publicKey": "UABC"}, {"issuedBefore": "yesterday"}])
async def test_a_revocation_that_is_none_is_refused_at_once(shop: Story, request_: dict[str, str]) -> None:
    spec = shop.app_of(shop.image("1"))
    (field,) = request_
    with pytest.raises(ApiRefused, match=rf"spec\.revocations\[0\]\.{field}"):
        await shop.apply("MicrobusApp", "shop", {**spec, "revocations": [request_]})
    with pytest.raises(ApiRefused, match=rf"spec\.revocations\[0\]\.{field}"):
        await shop.plane(revocations=[request_])


@pytest.mark.parametrize("path", [("generation",), ("signingKey", "generation")])
async def test_a_generation_that_goes_back_is_refused_at_once(shop: Story, path: tuple[str, ...]) -> None:
    def of(generation: int) -> dict[str, Any]:
        wanted: Any = generation
        for field in reversed(path):
            wanted = {field: wanted}
        # Of no Plane: nothing is issued for it.
        return {**shop.app_of(shop.image("1"), plane="elsewhere"), "credentials": wanted}

    await shop.apply("MicrobusApp", "ahead", of(3))
    with pytest.raises(ApiRefused, match=rf"spec\.credentials\.{'.'.join(path)}.*generation only grows"):
        await shop.apply("MicrobusApp", "ahead", of(2))
    await shop.cluster.delete("MicrobusApp", shop.namespace, "ahead")
    await shop.gone(("MicrobusApp", "ahead"))


async def until_refused(story: Story, kind: str, name: str) -> str:
    """Wait until `Revoked` is False, and return what it says."""

    async def seen() -> str:
        story.check()
        return (await story.conditions(kind, name)).get("Revoked", "")

    return await until(seen, lambda said: said.startswith("False"), f"{kind} {name} to refuse it", WITHIN)


async def test_the_manifest_that_is_there_is_accepted_as_it_is(shop: Story) -> None:
    before = await shop.versions()
    await shop.plane()
    await shop.app()
    await shop.looked_again()
    assert await shop.versions() == before
