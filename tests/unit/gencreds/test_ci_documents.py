"""What docs/ci.md gives people to copy does what it says: its commands are run, as they stand, on the example shop."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gencreds.cli import main
from gencreds.cli.commands import COMMANDS
from gencreds.rendering.sarif import NEW_TRUST_ROOT, NEW_WILDCARD

from .shop_trees import calling, committed, copied

ROOT = Path(__file__).resolve().parents[3]
ACTION, WORKFLOW, CONFIGURATION = (
    yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)
)
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
SIGN = 'signerapi.NewClient(svc).Sign(ctx, "audit")'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose only commit is the shop, in a folder of its own."""
    copied(tmp_path / "repository" / "services" / "shop")
    committed(tmp_path / "repository")
    return tmp_path / "repository"


def run(words: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, **environment}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def steps(document: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {step.get("name", step.get("uses")): step for step in document}


def compared(repository: Path, directory: str = "services/shop") -> tuple[int, str]:
    """Run the action's own step as GitHub would, and return the code that it puts out and its summary."""
    step = steps(ACTION["runs"]["steps"])["Compare permissions"]
    outputs, summary = repository.parent / "outputs", repository.parent / "summary"
    for file in (outputs, summary):
        file.write_text("")
    given = {"base": "HEAD", "directory": directory} | {
        name: spec["default"] for name, spec in ACTION["inputs"].items() if name not in ("base", "directory", "package")
    }
    environment = {
        name: given[re.fullmatch(r"\$\{\{ inputs\.(\S+) \}\}", value)[1]] for name, value in step["env"].items()
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = run(shell, repository, GITHUB_OUTPUT=str(outputs), GITHUB_STEP_SUMMARY=str(summary), **environment)
    assert done.returncode == 0, done.stderr
    (code,) = re.findall(r"^code=(\d+)$", outputs.read_text(), re.MULTILINE)
    return int(code), summary.read_text()


def test_the_action_passes_what_is_harmless(repository: Path) -> None:
    assert compared(repository) == (
        0,
        "## gencreds: no difference in 6 microservices\n\n`HEAD:services/shop` → `./services/shop`\n",
    )


def test_the_action_shows_and_stops_a_new_trust_root(repository: Path) -> None:
    calling(repository / "services" / "shop", SIGN)
    code, summary = compared(repository)
    assert code == 3
    assert "- 🔴 **trust root**: `inventory.shop` PUB `POST signer.shop:666/sign`\n" in summary
    assert (repository / "gencreds.md").read_text() == summary
    (result,) = json.loads((repository / "gencreds.sarif").read_text())["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "services/shop/inventory/audit.go"
    gate = steps(WORKFLOW["jobs"]["gencreds"]["steps"])["Gate"]
    assert run(["bash", "-c", gate["run"]], repository, CODE=str(code)).returncode == 3


def test_the_action_works_at_the_repositorys_top(tmp_path: Path) -> None:
    committed(copied(tmp_path / "shop"))
    calling(tmp_path / "shop", SIGN)
    assert compared(tmp_path / "shop", ".")[0] == 3


def test_no_script_has_an_expression_in_it() -> None:
    """What a pull request's author writes reaches a shell through its environment alone."""
    for step in (*ACTION["runs"]["steps"], *WORKFLOW["jobs"]["gencreds"]["steps"]):
        assert "${{" not in step.get("run", "")


def test_the_workflow_uses_the_action_and_runs_without_the_bases_rights() -> None:
    assert list(WORKFLOW) == ["name", True, "permissions", "jobs"]
    assert WORKFLOW[True] == "pull_request"
    assert WORKFLOW["permissions"]["contents"] == "read"
    uses = next(step for step in WORKFLOW["jobs"]["gencreds"]["steps"] if step.get("id") == "gencreds")
    assert uses["uses"] == "./.github/actions/gencreds"
    assert set(uses["with"]) <= set(ACTION["inputs"])


@pytest.mark.parametrize("name", ["gencreds", "gencreds-diff"])
def test_a_hook_passes_the_shop_and_stops_what_it_is_for(tmp_path: Path, name: str) -> None:
    (wanted,) = (hook for hook in CONFIGURATION["repos"][0]["hooks"] if hook["id"] == name)
    hook = HOOKS[name]
    assert (hook["language"], hook["pass_filenames"], hook["args"]) == ("python", False, wanted["args"])
    command = [*shlex.split(hook["entry"]), *wanted["args"]]
    shop = copied(tmp_path / "shop")
    committed(shop)
    assert run(command, shop).returncode == 0
    calling(shop, SIGN)
    assert run(command, shop).returncode == (3 if name == "gencreds-diff" else 0)
    calling(shop, "signerapi.NewClient(")
    assert run(command, shop).returncode == 1


@pytest.mark.parametrize("file", ["a/b.go", "manifest.yaml", "orders/manifest.yaml", "go.mod", "x/go.work"])
def test_hooks_run_for_what_is_analysed(file: str) -> None:
    assert all(re.search(hook["files"], file) for hook in HOOKS.values())
    assert not any(re.search(hook["files"], "README.md") for hook in HOOKS.values())


def test_the_commands_are_documented(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "cli.md").read_text()
    for command in COMMANDS:
        assert f"`{command.name}`" in text or f"## {command.name}\n" in text
        assert main(["help", command.name]) == 0
        flags = set(re.findall(r"^  -([a-z-]+)", capsys.readouterr().out, re.MULTILINE))
        for line in re.findall(rf"^    gencreds {command.name} .*$", text, re.MULTILINE):
            assert set(re.findall(r" --([a-z-]+)", line)) <= flags


def test_the_rules_of_a_difference_have_their_sections() -> None:
    text = (ROOT / "docs" / "ci.md").read_text()
    for rule in (NEW_TRUST_ROOT, NEW_WILDCARD):
        assert f"\n### {rule}\n" in text
