"""What the commands make of findings: warnings are said, blocking ones end the command."""

from __future__ import annotations

from typing import TextIO

from gencreds.cli.failing import CommandFailed
from gencreds.microbus.model import Severity
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
        raise CommandFailed("\n".join([f"{len(blocking)} blocking finding(s), {consequence}:", *blocking]))


def _line(service: ServiceReport, finding: Finding) -> str:
    return printable(f"{service.hostname}: {finding.file}:{finding.line}: {finding.message} ({finding.rule})")
