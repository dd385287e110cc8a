"""`kubectl microbus receipt`: the proof that user keys are dead, step by step, as an app's or Plane's status says."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.api.revocations import Receipt
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, table
from microbus_operator.cli.status import subject_of
from microbus_operator.core.receipts import named
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app, get_plane

HEADERS = ["KEY", "MICROSERVICE", "REASON", "REQUESTED", "SIGNED", "SERVED", "ACKNOWLEDGED", "LAST CLOSED"]


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """An app's or a Plane's receipts, or those of one microservice or key; exit code 1 while one is not complete."""
    kind, name = subject_of([options.subject]) if "/" in options.subject else ("app", options.subject)
    found = await (get_plane if kind == "plane" else get_app)(cluster, namespace, name or "")
    if found is None:
        plural = "planes" if kind == "plane" else "microbusapps"
        raise CannotAnswer(f'{plural}.microbus.io "{name}" not found in namespace {namespace}')
    return told(found, options.of, options.output)


def told(subject: MicrobusApp | Plane, of: str | None, output: str | None) -> Answer:
    """The receipts `of` a hostname or a user key, all where it is None."""
    kept = list(subject.status.receipts)
    if isinstance(subject, Plane) and subject.status.rotation is not None:
        kept.append(subject.status.rotation.receipt)
    found = [each for each in kept if of in (None, each.public_key, each.hostname)]
    code = 0 if all(each.closed_at is not None for each in found) else 1
    kind, key = type(subject).__name__, f"{subject.metadata.namespace}/{subject.metadata.name}"
    if output == "json":
        whose = {"app" if isinstance(subject, MicrobusApp) else "plane": key}
        return Answer(as_json({**whose, "items": [_as_items(each) for each in found]}), code)
    if not found:
        what = f" of {of}" if of else ""
        return Answer("", remarks=(f"No receipts{what} in {kind} {key}: nothing was revoked there lately.",))
    return Answer(table(HEADERS, [_row(each) for each in found]), code)


def _row(receipt: Receipt) -> list[object]:
    acknowledged = [server.acknowledged_at for server in receipt.servers]
    servers = f"{_time(max(acknowledged))} ({len(acknowledged)})" if acknowledged else None
    return [
        *(named(receipt), receipt.hostname, receipt.reason, _time(receipt.requested_at)),
        *(_time(receipt.signed_at), _time(receipt.served_at), servers, _time(receipt.closed_at)),
    ]


def _as_items(receipt: Receipt) -> dict[str, object]:
    return {
        "publicKey": receipt.public_key,
        **({"issuedBefore": _time(receipt.issued_before)} if receipt.issued_before is not None else {}),
        "hostname": receipt.hostname,
        "reason": receipt.reason,
        "requestedAt": _time(receipt.requested_at),
        "signedAt": _time(receipt.signed_at),
        "servedAt": _time(receipt.served_at),
        "servers": [{"name": each.name, "acknowledgedAt": _time(each.acknowledged_at)} for each in receipt.servers],
        "lastConnectionClosedAt": _time(receipt.closed_at),
        "complete": receipt.closed_at is not None,
    }


def _time(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None
