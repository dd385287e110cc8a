"""Sources from a folder: which main file is meant, what changes the digest, and what is told where none fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from microbus_operator.local.runtime.sources import FolderSources, main_of
from microbus_operator.source.errors import NoSource

from .sessions import SHOP
from .test_refusals import shop_with


def tree(folder: Path, *mains: str) -> Path:
    """A source with those main files."""
    for main in mains:
        path = folder / main
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("// The bundle.\npackage main\n\nfunc main() {}\n")
    return folder


@pytest.mark.parametrize(
    ("mains", "image", "found"),
    [
        (["main.go"], "registry/shop", "main.go"),
        (["main/main.go", "signer/main.go"], "registry/shop/signer", "signer/main.go"),
        (["cmd/shop/main.go", "cmd/tool/main.go"], "shop", "cmd/shop/main.go"),
        (["main/main.go", "signerapp/main.go"], "shop/signer", "signerapp/main.go"),
        (["app/main.go", ".hidden/main.go", "node_modules/x/main.go", "x/testdata/main.go"], "other", "app/main.go"),
    ],
)
def test_the_main_file_is_the_one_called_like_the_image_or_the_only_one(
    mains: list[str], image: str, found: str, tmp_path: Path
) -> None:
    assert main_of(tree(tmp_path, *mains), image, None) == found


def test_several_of_which_none_is_called_like_the_image_are_listed(tmp_path: Path) -> None:
    with pytest.raises(
        NoSource, match=r"has a/main.go, b/main.go, and none is called shop as the image is; name it in"
    ):
        main_of(tree(tmp_path, "a/main.go", "b/main.go"), "registry/shop", None)


@pytest.mark.parametrize("main", ["other/main.go", "../main.go"])
def test_a_main_file_that_is_not_there_or_leads_out_is_refused(main: str, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text("package main\n")
    with pytest.raises(NoSource, match="is not there; correct the bundle's `main`"):
        main_of(tree(tmp_path / "source", "main.go"), "shop", main)


async def test_a_reading_is_made_again_where_a_file_changed_also_in_a_replaced_module(tmp_path: Path) -> None:
    source = shop_with(tmp_path, "go.mod", "")
    fabric = tmp_path / "fabric"
    fabric.mkdir()
    (fabric / "go.mod").write_text("module github.com/microbus-io/other\n")
    with (source / "go.mod").open("a") as module:
        module.write("\nreplace github.com/microbus-io/other => ../fabric\n")
    sources = FolderSources(source, without=tmp_path / "state", cache=tmp_path / "scans")

    async def read() -> tuple[str, str]:
        reading = await sources.read("shop/signer", [], plane="prod")
        assert (await sources.place(reading.reference)).main == "signerapp/main.go"
        return reading.digest, reading.source_digest

    first = await read()
    assert await read() == first
    (fabric / "more.go").write_text("package other\n")
    second = await read()
    assert second != first
    (source / ".hidden").write_text("nobody reads this")
    assert await read() == second


async def test_planes_and_bundles_have_digests_of_their_own_and_trust_that_is_only_declared(tmp_path: Path) -> None:
    sources = FolderSources(SHOP, without=tmp_path / "state", cache=tmp_path / "scans")
    readings = [
        await sources.read(image, [], plane=plane)
        for image, plane in (("shop/signer", "prod"), ("shop/signer", "test"), ("shop/main", "prod"))
    ]
    assert len({reading.digest for reading in readings}) == 3
    assert {reading.trust for reading in readings} == {"Declared"}
    assert readings[0].reference == f"docker.io/shop/signer@{readings[0].digest}"
