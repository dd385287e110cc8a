"""Source trees made to mislead or exhaust whoever reads them. Each builder changes an ordinary one below `root`."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.unit.gencreds.golang_trees import write

SERVICE = """package caller

import (
	"context"

	"example.com/shop/target/targetapi"
)

func (svc *Service) Run(ctx context.Context) { targetapi.NewClient(svc).Load(ctx) }
"""
_ODD_NAME = "a\n\t\x1b[31mred\x1b]0;title\x07\u202eog.go"


class Case(NamedTuple):
    """A builder of a tree; `says` has to stand in what the command says is wrong (nothing wrong where it is empty)."""

    build: Callable[[Path], object]
    says: str = ""

    @property
    def name(self) -> str:
        """What the test is called."""
        return self.build.__name__.strip("_")


def _many_files(root: Path) -> None:
    for at in range(100_000):
        (root / "caller" / f"data{at}.txt").touch()


def _many_go_files(root: Path) -> None:
    for at in range(100_000):
        (root / "caller" / f"f{at}.go").write_text("package caller\n")


def _many_directories_between(root: Path) -> None:
    for at in range(30_000):
        (root / "caller" / f"d{at}api").mkdir()


def _deep_directories(root: Path) -> None:
    home = os.getcwd()
    os.chdir(root / "caller")
    try:
        for _ in range(5_000):
            os.mkdir("d")
            os.chdir("d")
        Path("f.go").write_text("package d\n")
    finally:
        os.chdir(home)


def _deep_import(root: Path) -> None:
    _deep_directories(root)
    path = "/".join(["d"] * 5_000)
    service = SERVICE.replace('"context"', f'"context"\n\n\t_ "example.com/shop/caller/{path}"')
    (root / "caller/service.go").write_text(service)


def _link_to_itself(root: Path) -> None:
    for name in ("loop.go", "loop", "loopapi"):
        (root / "caller" / name).symlink_to(name)


def _links_in_a_ring(root: Path) -> None:
    (root / "caller/one").symlink_to("two")
    (root / "caller/two").symlink_to("one")
    (root / "caller/upapi").symlink_to("..")
    (root / "caller/callerapi/up").symlink_to("../..")


def _go_file_that_leads_out(root: Path) -> None:
    (root.parent / "stranger.go").write_text("package caller\n")
    (root / "caller/stranger.go").symlink_to("../../stranger.go")


def _passwords_as_go(root: Path) -> None:
    (root / "caller/passwd.go").symlink_to("/etc/passwd")


def _manifest_that_leads_out(root: Path) -> None:
    (root.parent / "secret.yaml").write_text("general:\n  hostname: stolen.example\n")
    (root / "caller/manifest.yaml").unlink()
    (root / "caller/manifest.yaml").symlink_to(root.parent / "secret.yaml")


def _go_mod_that_leads_out(root: Path) -> None:
    (root.parent / "go.mod.txt").write_text("module example.com/stolen\n")
    (root / "go.mod").unlink()
    (root / "go.mod").symlink_to(root.parent / "go.mod.txt")


def _vendor_that_leads_out(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    (root / "vendor").symlink_to(root.parent / "elsewhere")


def _directory_that_leads_out(root: Path) -> None:
    os.rename(root / "target", root.parent / "target")
    (root / "target").symlink_to(root.parent / "target")


def _hard_links(root: Path) -> None:
    for at in range(2_000):
        os.link(root / "target/targetapi/definition.go", root / "target/targetapi" / f"more{at}.go")


def _pipe_as_go(root: Path) -> None:
    os.mkfifo(root / "caller/pipe.go")


def _pipe_as_manifest(root: Path) -> None:
    (root / "caller/manifest.yaml").unlink()
    os.mkfifo(root / "caller/manifest.yaml")


def _pipe_as_go_mod(root: Path) -> None:
    (root / "go.mod").unlink()
    os.mkfifo(root / "go.mod")


def _pipe_as_go_work(root: Path) -> None:
    os.mkfifo(root / "go.work")


def _pipe_as_go_sum(root: Path) -> None:
    os.mkfifo(root / "go.sum")


def _pipe_as_modules_txt(root: Path) -> None:
    (root / "vendor").mkdir()
    os.mkfifo(root / "vendor/modules.txt")


def _socket_as_go(root: Path) -> None:
    home = os.getcwd()
    os.chdir(root / "caller")
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket.go")
    finally:
        os.chdir(home)


def _device_as_go(root: Path) -> None:
    (root / "caller/zero.go").symlink_to("/dev/zero")


def _device_as_manifest(root: Path) -> None:
    (root / "caller/manifest.yaml").unlink()
    (root / "caller/manifest.yaml").symlink_to("/dev/zero")


def _directory_as_go(root: Path) -> None:
    (root / "caller/folder.go").mkdir()


def _directory_as_manifest(root: Path) -> None:
    (root / "caller/manifest.yaml").unlink()
    (root / "caller/manifest.yaml").mkdir()


def _directory_as_go_mod(root: Path) -> None:
    (root / "go.mod").unlink()
    (root / "go.mod").mkdir()


def _odd_file_names(root: Path) -> None:
    (root / "caller" / _ODD_NAME).write_text("package caller\n\nfunc {\n")
    Path(os.fsdecode(os.fsencode(root / "caller") + b"/\xff\xfe\x1b[2J.go")).write_text("package caller\n\nfunc {\n")


def _odd_directory_name(root: Path) -> None:
    folder = root / "caller" / f"x{_ODD_NAME}api"
    folder.mkdir()
    (folder / "definition.go").write_text("package oddapi\n\nfunc {\n")


def _odd_texts_in_go(root: Path) -> None:
    odd = "\\x1b[31m\\x07\\u202e\\r\\n\\t\\x00\\xff"
    (root / "caller/service.go").write_text(
        SERVICE.replace('targetapi"\n', 'targetapi"\n\t"github.com/microbus-io/fabric/pub"\n')
        + f'func (svc *Service) A(ctx context.Context) {{ targetapi.NewClient(svc).ForHost("{odd}").Load(ctx) }}\n'
        + f'func (svc *Service) B() {{ svc.Request(nil, pub.GET("https://h.example/{odd}")) }}\n'
        + f'func (svc *Service) C() {{ svc.Request(nil, pub.GET("{odd}")) }}\n'
        + f'func (svc *Service) D() {{ svc.Request(nil, pub.Method("{odd}"), pub.URL("https://h.example/x")) }}\n'
        + f'func (svc *Service) E() {{ svc.Subscribe("GET", "{odd}", svc.Run) }}\n'
        + "// gencreds:calls \x1b[31m\x07\u202e.example GET /\x1b]0;x\x07\n"
        + "// gencreds:calls \n// gencreds:calls a GET /{\n"
    )


def _odd_import_path(root: Path) -> None:
    (root / "caller/service.go").write_text(SERVICE + "\n")
    (root / "caller/more.go").write_text(
        'package caller\n\nimport xapi "example.com/\\x1b[31m\\u202e\\nxapi"\n\n'
        "func (svc *Service) X() { xapi.NewClient(svc).Load(nil) }\n"
    )


def _odd_hostname_of_an_api(root: Path) -> None:
    path = root / "target/targetapi/definition.go"
    path.write_text(path.read_text().replace('"target.example"', '"\\x1b[31m\\u202e\\n"'))


def _imports_in_a_circle(root: Path) -> None:
    service = SERVICE.replace('"context"', '"context"\n\n\t"example.com/shop/caller/one"') + "\nvar _ = one.One\n"
    write(
        root,
        {
            "caller/service.go": service,
            "caller/one/one.go": 'package one\n\nimport "example.com/shop/caller/two"\n\nconst One = two.Two\n',
            "caller/two/two.go": 'package two\n\nimport "example.com/shop/caller/one"\n\nconst Two = one.One\n',
            "target/targetapi/more.go": 'package targetapi\n\nimport . "example.com/shop/caller/callerapi"\n',
            "caller/callerapi/more.go": 'package callerapi\n\nimport . "example.com/shop/target/targetapi"\n',
        },
    )


def _replace_that_leads_out(root: Path) -> None:
    write(root.parent, {"out/outapi/definition.go": 'package outapi\n\nconst Hostname = "out.example"\n'})
    (root.parent / "out/go.mod").write_text("module example.com/out\n")
    (root / "go.mod").write_text(
        "module example.com/shop\n\nrequire example.com/out v1.0.0\n\nreplace example.com/out => ../out\n"
    )
    (root / "caller/more.go").write_text(
        'package caller\n\nimport "example.com/out/outapi"\n\n'
        "func (svc *Service) X() { outapi.NewClient(svc).Load(nil) }\n"
    )


def _replace_of_the_root(root: Path) -> None:
    (root / "go.mod").write_text(
        "module example.com/shop\n\nrequire example.com/out v1.0.0\n\nreplace example.com/out => /\n"
    )


def _module_that_requires_itself(root: Path) -> None:
    (root / "go.mod").write_text(
        "module example.com/shop\n\nrequire example.com/shop v1.0.0\n\nreplace example.com/shop => ./\n"
    )


def _very_many_requirements(root: Path) -> None:
    lines = "\n".join(f"\texample.com/m{at} v1.0.{at}" for at in range(20_000))
    (root / "go.mod").write_text(f"module example.com/shop\n\nrequire (\n{lines}\n)\n")


def _very_many_replacements(root: Path) -> None:
    lines = "\n".join(f"\texample.com/m{at} => ./target" for at in range(20_000))
    (root / "go.mod").write_text(f"module example.com/shop\n\nreplace (\n{lines}\n)\n")


def _go_mod_of_brackets(root: Path) -> None:
    (root / "go.mod").write_text("module example.com/shop\n" + "require (\n" * 100_000)


def _go_mod_of_ten_megabytes(root: Path) -> None:
    (root / "go.mod").write_text("module example.com/shop\n" + "// x\n" * 2_000_000)


def _go_mod_of_bytes(root: Path) -> None:
    (root / "go.mod").write_bytes(b"module \xff\xfe\x1b[31m\x00\n")


def _go_work_of_many_modules(root: Path) -> None:
    for at in range(5_000):
        write(root, {f"m{at}/go.mod": f"module example.com/m{at}\n"})
    (root / "go.work").write_text("go 1.24\n\nuse (\n\t.\n" + "".join(f"\t./m{at}\n" for at in range(5_000)) + ")\n")


def _go_work_that_leads_out(root: Path) -> None:
    (root / "go.work").write_text("go 1.24\n\nuse (\n\t.\n\t../..\n\t/\n)\n")


def _many_microservices(root: Path) -> None:
    for at in range(1_000):
        write(
            root,
            {
                f"s{at}/manifest.yaml": f"general:\n  hostname: s{at}.example\n",
                f"s{at}/s{at}api/definition.go": f'package s{at}api\n\nconst Hostname = "s{at}.example"\n',
                f"s{at}/service.go": SERVICE.replace("package caller", f"package s{at}"),
            },
        )


TREES: tuple[Case, ...] = (
    Case(_many_files),
    Case(_many_go_files, "gencreds: "),
    Case(_many_directories_between),
    Case(_deep_directories),
    Case(_deep_import),
    Case(_link_to_itself, "caller/loop.go:1 is a link out of the source root"),
    Case(_links_in_a_ring),
    Case(_go_file_that_leads_out, "caller/stranger.go:1 is a link out of the source root"),
    Case(_passwords_as_go, "caller/passwd.go:1 is a link out of the source root"),
    Case(_manifest_that_leads_out, "read caller/manifest.yaml: is no regular file inside the source root"),
    Case(_go_mod_that_leads_out, "targetapi cannot be found"),
    Case(_vendor_that_leads_out),
    Case(_directory_that_leads_out, "targetapi"),
    Case(_hard_links),
    Case(_pipe_as_go),
    Case(_pipe_as_manifest, "manifest.yaml"),
    Case(_pipe_as_go_mod, "targetapi cannot be found"),
    Case(_pipe_as_go_work),
    Case(_pipe_as_go_sum),
    Case(_pipe_as_modules_txt),
    Case(_socket_as_go),
    Case(_device_as_go, "caller/zero.go:1 is a link out of the source root"),
    Case(_device_as_manifest, "manifest.yaml"),
    Case(_directory_as_go),
    Case(_directory_as_manifest, "manifest.yaml"),
    Case(_directory_as_go_mod, "targetapi cannot be found"),
    Case(_odd_file_names, ".go:3 is no valid Go: expected name"),
    Case(_odd_directory_name),
    Case(_odd_texts_in_go, "a backtick or control character cannot be in a URL"),
    Case(_odd_import_path, "xapi cannot be found"),
    Case(_odd_hostname_of_an_api, "a backtick or control character cannot be in a URL"),
    Case(_imports_in_a_circle, "callerapi/more.go:3 imports"),
    Case(_replace_that_leads_out, "example.com/out/outapi defines no endpoint Load"),
    Case(_replace_of_the_root),
    Case(_module_that_requires_itself),
    Case(_very_many_requirements),
    Case(_very_many_replacements),
    Case(_go_mod_of_brackets, "go.mod"),
    Case(_go_mod_of_ten_megabytes, "go.mod"),
    Case(_go_mod_of_bytes, "targetapi cannot be found"),
    Case(_go_work_of_many_modules),
    Case(_go_work_that_leads_out, "go.work"),
    Case(_many_microservices),
)

MANIFESTS: Mapping[str, tuple[bytes, str]] = {
    "aliases": (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 120))
        + b"general:\n  hostname: caller.example\n",
        "",
    ),
    "an alias as hostname": (b"a: &a caller.example\ngeneral:\n  hostname: *a\n", "general.hostname is empty"),
    "merge keys": (b"x: &x {hostname: caller.example}\ngeneral:\n  <<: *x\n", "general.hostname is empty"),
    "tags": (b"!!python/object/apply:os.system ['id']\n", "hostname is empty"),
    "a tagged hostname": (b"general:\n  hostname: !!python/name:os.system caller.example\n", ""),
    "ten megabytes": (b"general:\n" + b"  x: y\n" * 1_500_000 + b"  hostname: caller.example\n", "larger than 1048576"),
    "a NUL": (b"general:\n  hostname: caller\0.example\n", "parse caller/manifest.yaml"),
    "no UTF-8": (b"general:\n  hostname: \xff\xfe\xfd.example\n", "parse caller/manifest.yaml"),
    "UTF-16": ("general:\n  hostname: caller.example\n".encode("utf-16"), ""),
    "duplicate keys": (b"general:\n  hostname: caller.example\n  hostname: other.example\n", "stated twice"),
    "a list as hostname": (b"general:\n  hostname: [caller.example]\n", "hostname is empty"),
    "a map as hostname": (b"general:\n  hostname: {a: b}\n", "hostname is empty"),
    "a number as hostname": (b"general:\n  hostname: 12\n", "the manifest says '12'"),
    "null as hostname": (b"general:\n  hostname: null\n", "the manifest says 'null'"),
    "escapes in a hostname": (b'general:\n  hostname: "\\e[31m\\u202e\\n\\x07"\n', "general.hostname"),
    "a huge hostname": (b"general:\n  hostname: " + b"a" * 1_000_000 + b"\n", "general.hostname"),
    "deep brackets": (b"general: " + b"[" * 500_000, "parse caller/manifest.yaml"),
    "deep indentation": (b"".join(b" " * at + b"a:\n" for at in range(1_000)), "parse caller/manifest.yaml"),
    "many documents": (b"--- a\n" * 150_000, "hostname is empty"),
    "many anchors": (b"".join(b"- &a%d x\n" % at for at in range(60_000)), "hostname is empty"),
    "a long key": (b"? " + b"k" * 900_000 + b"\n: v\n", "hostname is empty"),
    "nothing": (b"", "hostname is empty"),
}
