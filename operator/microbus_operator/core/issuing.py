"""From a plan to the action that issues a microservice's credentials, and what is written down beside them."""

from __future__ import annotations

import json
from hashlib import sha256

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import API_VERSION
from microbus_operator.api.revocations import EVERY_USER
from microbus_operator.core import names
from microbus_operator.core.actions import IssueUser
from microbus_operator.core.evidence import EVIDENCE_ANNOTATION, evidence_text
from microbus_operator.core.observed import AppObserved
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.remembered import evidence_as_it_was

DELIVERED_ANNOTATION = "microbus.io/delivered"
GENERATION_ANNOTATION = "microbus.io/credentials-generation"
PREVIOUS_ANNOTATION = "microbus.io/previous-keys"
PREVIOUS_SIGNERS_ANNOTATION = "microbus.io/previous-signers"
ISSUANCE_ANNOTATION = "microbus.io/issuance"
REASON_ANNOTATION = "microbus.io/issued-because"
SOURCE_ANNOTATION = "microbus.io/source-digest"
PUBLIC_KEY_ANNOTATION = "microbus.io/user-public-key"


def issuance_id(plan: ServicePlan) -> str:
    """Names what was granted, so that two issuances with one allow-list can be told to be equal."""
    text = json.dumps([sorted(plan.wanted.pub), sorted(plan.wanted.sub)])
    return sha256(text.encode()).hexdigest()[:12]


def recorded_keys(app: MicrobusApp, hostname: str) -> dict[str, int]:
    """User keys that the status knows of: a Secret that was deleted or edited may live on in somebody's hands."""
    service = next((service for service in app.status.services if service.hostname == hostname), None)
    if service is None:
        return {}
    current = {service.user_public_key: service.issued_at or 0} if service.user_public_key else {}
    return {**{previous.public_key: previous.issued_at for previous in service.previous}, **current}


def issue_action(observed: AppObserved, plan: ServicePlan, now: int) -> IssueUser:
    """The issuance. The key that it replaces is written down in the same request, to be revoked when nobody uses it."""
    signer = next((key for key in observed.signing_keys if key.public_key == plan.wanted.signing_key), None)
    if signer is None or plan.reason is None:
        raise ValueError(f"{plan.wanted.hostname} is not to be issued")
    app, found, wanted = observed.app, plan.found, plan.wanted
    previous = {**recorded_keys(app, wanted.hostname), **(found.previous if found else {})}
    if found and found.public_key:
        previous[found.public_key] = max(found.issued_at, previous.get(found.public_key, 0))
    signers = dict(found.previous_signers) if found else {}
    if found and found.public_key and found.issuer:
        signers[found.public_key] = found.issuer
    labels = {**names.app_labels(app), names.SERVICE_LABEL: names.bounded(wanted.hostname)}
    return IssueUser(
        hostname=wanted.hostname,
        namespace=app.metadata.namespace,
        secret=names.creds_secret(app.metadata.name, wanted.hostname),
        owner={"apiVersion": API_VERSION, "kind": "MicrobusApp", "name": app.metadata.name, "uid": app.metadata.uid},
        labels=labels,
        annotations={
            GENERATION_ANNOTATION: str(wanted.generation),
            ISSUANCE_ANNOTATION: issuance_id(plan),
            REASON_ANNOTATION: plan.reason.word,
            SOURCE_ANNOTATION: _source_digest(observed, plan),
            PREVIOUS_ANNOTATION: json.dumps(previous, sort_keys=True),
            PREVIOUS_SIGNERS_ANNOTATION: json.dumps({k: signers[k] for k in sorted(signers) if k in previous}),
            EVIDENCE_ANNOTATION: evidence_as_it_was(found)
            if found and plan.is_remembered
            else evidence_text(plan.report),
        },
        pub=wanted.pub,
        sub=wanted.sub,
        issuer_account=wanted.account,
        signer=signer.key.ref,
        # Nor may it be as old as what is refused of everybody, whatever our clock says.
        issued_after=max([*previous.values(), plan.wanted.revoked.get(EVERY_USER, 0)], default=0),
        life=wanted.life,
        replaces=found.resource_version if found else "",
        reason=plan.reason.message,
    )


def _source_digest(observed: AppObserved, plan: ServicePlan) -> str:
    """The digest of the source that the grants were derived from."""
    if not plan.is_remembered:
        return observed.reading(plan.bundle).source_digest or ""
    known = (bundle.source_digest for bundle in observed.app.status.bundles if bundle.name == plan.bundle)
    return next(known, None) or ""
