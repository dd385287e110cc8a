"""Which keys of a bundle's `config` become files beside its credentials, and which are mistakes.

Microbus looks for each file in its working directory, for `<hostname>_<file>` before the bare name: `nats.creds`,
`ca.pem`, `cert.pem` with `key.pem`; and for `config.yaml` and `env.yaml`. A bare `nats.creds` is what every
microservice without its own file connects with (pitfall N12). So keys are projected by name, and none with
credentials is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from microbus_operator.core.conditions import listed

BARE_CREDENTIALS = "nats.creds"
ENVIRONMENT_FILES = ("env.yaml", "env.local.yaml")
FILES = ("config.yaml", "config.local.yaml", *ENVIRONMENT_FILES)
# What a microservice would present instead of, or beside, its credentials.
OTHER_CREDENTIALS = tuple(f"MICROBUS_NATS_{what}" for what in ("USER", "PASSWORD", "TOKEN", "USER_JWT", "NKEY_SEED"))
PLANE_VARIABLE, NATS_VARIABLE = "MICROBUS_PLANE", "MICROBUS_NATS"


@dataclass(frozen=True)
class ConfigFiles:
    """A Secret or ConfigMap whose keys become files: the names of its keys (None: there is no such object).

    Of its environment files, by key, the Microbus variables that they set, and what they say the plane is. Nothing
    else that it holds is ever here.
    """

    kind: str
    name: str
    keys: frozenset[str] | None = frozenset()
    variables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    planes: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """How messages name it."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Mistake:
    """Something about a delivery that is not as it should be: a condition's reason, and what, where and what to do.

    `blocking` is one by which a client would have other credentials than its own, or none: nothing is rolled out then.
    """

    reason: str
    message: str
    blocking: bool = False


def is_credentials(key: str) -> bool:
    """Whether Microbus would connect with a file of that name."""
    return key == BARE_CREDENTIALS or key.endswith(f"_{BARE_CREDENTIALS}")


def projected(configs: Sequence[ConfigFiles]) -> tuple[tuple[ConfigFiles, tuple[str, ...]], ...]:
    """The keys of each that become files, sorted; of a key that two have, the later one's."""
    result = []
    for index, config in enumerate(configs):
        later = {key for other in configs[index + 1 :] for key in other.keys or ()}
        keys = sorted(key for key in (config.keys or ()) if _is_file(key) and key not in later)
        result.append((config, tuple(keys)))
    return tuple(result)


def config_mistakes(configs: Sequence[ConfigFiles], plane: str, *, has_tls: bool) -> Iterator[Mistake]:
    """What is wrong with them. `has_tls` is whether the Plane's servers speak TLS."""
    for config in configs:
        if config.keys is None:
            message = f"{config.told} does not exist; create it, or correct the reference"
            yield Mistake("ConfigNotFound", message, blocking=True)
            continue
        yield from _key_mistakes(config, config.keys)
        yield from environment_mistakes(config, plane)
    twice = [
        f"{key} ({first.told} and {other.told})"
        for index, first in enumerate(configs)
        for other in configs[index + 1 :]
        for key in sorted((first.keys or frozenset()) & (other.keys or frozenset()))
        if _is_file(key)
    ]
    if twice:
        yield Mistake("FileTwice", f"{listed(twice)} is there twice, and the latter is used; take one out")
    yield from _tls_mistakes({key for _, keys in projected(configs) for key in keys}, has_tls)


def _key_mistakes(config: ConfigFiles, keys: frozenset[str]) -> Iterator[Mistake]:
    stray = sorted(filter(is_credentials, keys))
    if stray:
        yield Mistake(
            "StrayCredentials",
            f"{config.told} has the key {listed(stray)}, which microservices would connect with instead of their own "
            "credentials; take it out",
            blocking=True,
        )
    misnamed = sorted(key for key in keys if key.endswith(".creds") and not is_credentials(key))
    if misnamed:
        yield Mistake(
            "MisnamedCredentials",
            f"{config.told} has the key {listed(misnamed)}, which Microbus does not look for, and the operator "
            "delivers the credentials itself; take it out",
        )
    others = sorted(key for key in keys if not _is_file(key) and not key.endswith(".creds"))
    if others:
        yield Mistake(
            "FileIgnored",
            f"{config.told} has the key {listed(others)}, which is none of {', '.join(FILES)} and *.pem, and is not "
            "projected; mount it elsewhere by workload.template",
        )


def environment_mistakes(config: ConfigFiles, plane: str) -> Iterator[Mistake]:
    for key, names in sorted(config.variables.items()):
        others = sorted(names & set(OTHER_CREDENTIALS))
        if others:
            yield other_credentials(f"{key} of {config.told}", others)
        if NATS_VARIABLE in names:
            yield Mistake(
                "BrokerDiffers",
                f"{key} of {config.told} sets {NATS_VARIABLE}, which the Plane says; take it out",
            )
    for key, said in sorted(config.planes.items()):
        if said != plane:
            yield Mistake(
                "PlaneDiffers",
                f"{key} of {config.told} sets {PLANE_VARIABLE} to {said}, and the Plane is {plane}; take it out",
            )


def other_credentials(where: str, variables: Sequence[str]) -> Mistake:
    """Variables that Microbus still connects with."""
    return Mistake(
        "OtherCredentials",
        f"{where} sets {listed(variables)}, which microservices would connect with beside their own credentials; take "
        "it out",
        blocking=True,
    )


def _tls_mistakes(files: set[str], has_tls: bool) -> Iterator[Mistake]:
    # As nats.go has it: with a CA or a certificate of its own a client insists on TLS.
    wanting = sorted(key for key in files if _artifact(key) in ("ca.pem", "cert.pem", "key.pem"))
    if wanting and not has_tls:
        yield Mistake(
            "NoTls",
            f"with {listed(wanting)} beside its credentials a microservice insists on TLS, which the Plane's servers "
            "do not speak; take it out",
        )
    for one, other in (("cert.pem", "key.pem"), ("key.pem", "cert.pem")):
        alone = sorted(key for key in files if _artifact(key) == one and f"{key.removesuffix(one)}{other}" not in files)
        if alone:
            yield Mistake("HalfCertificate", f"{listed(alone)} is there without its {other}, and counts only with it")


def _artifact(key: str) -> str:
    """What a file is to the connector: `ca.pem` for `orders.shop_ca.pem` too. An ingress' certificates are none."""
    return key.rpartition("_")[2]


def _is_file(key: str) -> bool:
    return key in FILES or key.endswith(".pem")
