"""Whether credentials still match the source: what they lack (an outage) and what they have too much (a hole). Pure.

`gencreds verify` asks it. Permissions are compared by what they allow, as `difference` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from gencreds.difference import beyond
from gencreds.entries import is_wide, reaches_trust_root
from gencreds.inspection import Inspection
from gencreds.nats.claims import EVERY_KEY, AccountClaims
from gencreds.report import Grant, Report, ServiceReport


@dataclass(frozen=True)
class Verification:
    """The outcome for one `.creds` file: `problems` are what makes it invalid, or keeps it from being compared."""

    hostname: str
    plane: str
    missing: tuple[Grant, ...] = ()
    superfluous: tuple[Grant, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.missing or self.superfluous or self.problems)

    @property
    def alarming(self) -> tuple[Grant, ...]:
        """The superfluous entries that reach trust roots, or beyond single endpoints."""
        return tuple(grant for grant in self.superfluous if is_alarming(grant, self.hostname))


def is_alarming(grant: Grant, hostname: str) -> bool:
    """Whether a superfluous entry reaches trust roots, or beyond single endpoints."""
    return reaches_trust_root(grant.subject) or is_wide(grant.verb, grant.subject, hostname)


def verified(
    found: Inspection, source: Report, plane: str, now: float, account: str = "", claims: AccountClaims | None = None
) -> Verification:
    """Compare credentials with `source`, the report on `plane`; `now` is in Unix seconds.

    `account` is the public key of the account that they have to be of, `claims` what that account's JWT says; without,
    only the JWT's own signature is known to hold.
    """
    hostname = found.claims.name
    problems = [*_invalid(found, plane, now), *_chain(found, account, claims, now)]
    if found.planes and plane not in found.planes:
        return Verification(hostname, plane, problems=tuple(problems))
    service = next((service for service in source.services if service.hostname == hostname), None)
    held = ServiceReport(hostname, pub=found.lists()[0][1], sub=found.lists()[1][1])
    if service is None:
        problems.append(f"the source has no microservice {hostname!r}; is it of another bundle, or was it removed?")
        return Verification(hostname, plane, (), beyond(held, ServiceReport(hostname)), tuple(problems))
    if service.blocking:
        first = service.blocking[0]
        problems.append(
            f"the source has {len(service.blocking)} blocking finding(s), so what it needs is not known: "
            f"{first.file}:{first.line}: {first.message} ({first.rule})"
        )
    return Verification(hostname, plane, beyond(service, held), beyond(held, service), tuple(problems))


def _invalid(found: Inspection, plane: str, now: float) -> list[str]:
    claims, said = found.claims, []
    if not found.seed_belongs:
        said.append("the seed does not belong to the JWT's subject")
    if found.expired(now):
        said.append("they have expired")
    if claims.not_before is not None and claims.not_before > now:
        said.append("they are not valid yet")
    if any(other != plane for other in found.planes):
        said.append(f"their plane is {', '.join(found.planes)}, not {plane}")
    if claims.pub_deny or claims.sub_deny:
        said.append(f"they deny {len(claims.pub_deny) + len(claims.sub_deny)} subject(s), which gencreds never does")
    return said


def _chain(found: Inspection, account: str, claims: AccountClaims | None, now: float) -> list[str]:
    said = []
    if account and found.account != account:
        said.append(f"they are of account {found.account}, not {account}")
    if claims is None:
        return said
    if claims.subject != found.account:
        return [*said, f"they are of account {found.account}, and the account's JWT is that of {claims.subject}"]
    if found.issuer in {scope.key for scope in claims.scopes}:
        said.append("a scoped signing key signed them: the broker takes the permissions of its scope instead")
    elif found.issuer not in (claims.subject, *claims.signing_keys):
        said.append(f"{found.issuer} signed them, which is no signing key of the account (any more)")
    revoked = max(claims.revocations.get(key, 0) for key in (found.claims.subject, EVERY_KEY))
    if revoked >= found.issued_at:
        said.append("the account has revoked them")
    if claims.expires is not None and claims.expires <= now:
        said.append("the account's JWT has expired")
    return said
