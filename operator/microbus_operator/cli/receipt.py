"""`kubectl microbus receipt`: the proof that user keys are dead, step by step, as the app's status has it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from microbus_operator.api.app import MicrobusApp, Receipt
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, table
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app

HEADERS = ["KEY", "MICROSERVICE", "REASON", "REQUESTED", "SIGNED", "SERVED", "ACKNOWLEDGED", "LAST CLOSED"]


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """An app's receipts, or those of one microservice or key; exit code 1 while one of them is not complete."""
    app = await get_app(cluster, namespace, options.app)
    if app is None:
        raise CannotAnswer(f'microbusapps.microbus.io "{options.app}" not found in namespace {namespace}')
    return told(app, options.of, options.output)


def told(app: MicrobusApp, of: str | None, output: str | None) -> Answer:
    """The receipts `of` a hostname or a user key, all where it is None."""
    found = [each for each in app.status.receipts if of in (None, each.public_key, each.hostname)]
    code = 0 if all(each.closed_at is not None for each in found) else 1
    if output == "json":
        return Answer(as_json({"app": app.key, "items": [_as_items(each) for each in found]}), code)
    if not found:
        return Answer("", remarks=(_nothing(app, of),))
    return Answer(table(HEADERS, [_row(each) for each in found]), code)


def _nothing(app: MicrobusApp, of: str | None) -> str:
    what = f" of {of}" if of else ""
    return f"No receipts{what} in MicrobusApp {app.key}: nothing was revoked there lately."


def _row(receipt: Receipt) -> list[object]:
    acknowledged = [server.acknowledged_at for server in receipt.servers]
    servers = f"{_time(max(acknowledged))} ({len(acknowledged)})" if acknowledged else None
    return [
        *(receipt.public_key, receipt.hostname, receipt.reason, _time(receipt.requested_at)),
        *(_time(receipt.signed_at), _time(receipt.served_at), servers, _time(receipt.closed_at)),
    ]


def _as_items(receipt: Receipt) -> dict[str, object]:
    return {
        "publicKey": receipt.public_key,
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
