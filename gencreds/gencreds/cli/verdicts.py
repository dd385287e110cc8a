"""What the commands make of findings: warnings are said, blocking ones end the command."""

from __future__ import annotations

from typing import TextIO

from gencreds.cli.failing import CommandFailed
from gencreds.microbus.model import Severity
from gencreds.rendering.sizes import advice
from gencreds.rendering.terminal import printable
from gencreds.report import Finding, Report, ServiceReport


def refuse_blocking(report: Report, consequence: str, complaints: TextIO) -> None:
    """Write the warnings; raises `CommandFailed` with all blocking findings and the `consequence`, if there are any."""
    blocking = []
    for service in report.services:
        for finding in service.findings:
            if finding.severity == Severity.BLOCKING:
                blocking.append(f"  {_line(service, finding)}")
            else:
                complaints.write(f"gencreds: warning: {_line(service, finding)}\n")
    if blocking:
        raise CommandFailed(f"{len(blocking)} blocking finding(s), {consequence}:", more=blocking)


def over_budget(report: Report, limit: int, complaints: TextIO) -> bool:
    """Return whether some microservice's CONNECT line is longer than `limit`, and say which and why."""
    large = [service for service in report.services if service.connect_bytes > limit]
    for service in large:
        complaints.write(
            f"gencreds: {printable(service.hostname)}: its CONNECT line would have {service.connect_bytes} bytes, "
            f"and the broker's max_control_line is {limit}\n"
        )
        for line in advice(service.pub, service.sub, service.connect_bytes, limit):
            complaints.write(f"  {line}\n")
    return bool(large)


def _line(service: ServiceReport, finding: Finding) -> str:
    return printable(f"{service.hostname}: {finding.file}:{finding.line}: {finding.message} ({finding.rule})")
