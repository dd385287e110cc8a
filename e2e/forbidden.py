"""For each microservice of the shop, calls that its code does not make: each must be refused by the broker."""

from __future__ import annotations

from collections.abc import Mapping

from gencreds.subjects import covers

from .attempts import Attempt
from .shop import Service


def attempts_of(service: Service, everyone: Mapping[str, Service]) -> list[Attempt]:
    """Subjects that `service` must not use, none of which its allow-list covers.

    For each: a foreign `<src>`, another plane, an ungranted trust root, an ungranted endpoint of a host that it does
    call, everything, and what other microservices receive.
    """
    mine = service.hostname.replace(".", "_")
    other = next(name for name in sorted(everyone) if name != service.hostname).replace(".", "_")
    attempts = [
        Attempt("pub", f"prod.safe.443.{other}.{mine}._.GET.anything", "a foreign source"),
        Attempt("pub", f"prod.reply._.{other}.{mine}.abc", "a reply in another's name"),
        Attempt("pub", f"staging.safe.888.{mine}.{other}._.GET.ping", "another plane"),
        Attempt("pub", f"prod.danger.666.{mine}.access_token_core._.POST.mint", "a trust root that it never calls"),
        Attempt("pub", f"prod.danger.666.{mine}.signer_shop._.POST.ungranted", "an ungranted endpoint of a trust root"),
        Attempt("sub", ">", "everything"),
        Attempt("sub", "prod.>", "everything on the plane"),
        Attempt("sub", f"prod.safe.*.*.{other}.>", "another's requests"),
        Attempt("sub", f"prod.reply._.*.{other}.*", "another's replies"),
        Attempt("sub", "$SYS.>", "the system account's subjects"),
    ]
    for callee in sorted({subject.split(".")[4] for subject in service.pub if len(subject.split(".")) > 7} - {"*"}):
        attempts.append(
            Attempt(
                "pub", f"prod.safe.443.{mine}.{callee}._.DELETE.not-in-the-code", f"an ungranted endpoint of {callee}"
            )
        )
    allowed = {"pub": service.pub, "sub": service.sub}
    return [a for a in attempts if not any(covers(pattern, a.subject) for pattern in allowed[a.verb])]


def granted(service: Service) -> list[Attempt]:
    """One concrete subject for each grant of `service`: what its code does, and the broker must accept."""
    return [Attempt("pub", concrete(subject), "its own code") for subject in service.pub] + [
        Attempt("sub", subject, "its own code") for subject in service.sub
    ]


def concrete(pattern: str) -> str:
    """A subject that `pattern` covers, without a wildcard."""
    return ".".join("x" if segment in ("*", ">") else segment for segment in pattern.split("."))
