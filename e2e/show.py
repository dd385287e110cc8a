"""`make demo`: the main job on the test cluster, shown: install, apply, wait, call, be refused, and how to look on."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Mapping

from .attempts import refused
from .forbidden import attempts_of
from .kind import Cluster, connected
from .shop import (
    SHOP,
    SYSTEM,
    Service,
    app_manifest,
    install_operator,
    is_ready,
    nats_port,
    plane_manifest,
    remove,
    services,
    storefront,
)

RED, GREEN, BOLD, PLAIN = ("\033[31m", "\033[32m", "\033[1m", "\033[0m")
if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
    RED = GREEN = BOLD = PLAIN = ""


def main() -> int:
    """Show the main job; 1 where something that must pass does not, or something that must be refused passes."""
    cluster = connected()
    step("removing what an earlier run left")
    remove(cluster)
    step("helm install: the operator and its resolvers")
    install_operator(cluster, (SYSTEM, SHOP))
    step("kubectl apply: Plane prod, MicrobusApp shop")
    cluster.kubectl.apply(plane_manifest(cluster), app_manifest(cluster))
    is_ready(cluster)
    step("both are Ready")
    print(cluster.kubectl("get", "planes,microbusapps", "-A"))
    calls = exercised(cluster)
    with nats_port(cluster) as port:
        well = show_services(services(cluster), port)
    print(LOOK_FURTHER.format(kubeconfig=cluster.kubeconfig, path=cluster.tool("kubectl").parent))
    return 0 if well and all(call["ok"] for call in calls) else 1


def exercised(cluster: Cluster) -> list[dict[str, object]]:
    """Every call path of the app, run through its HTTP front."""
    with storefront(cluster) as front:
        return exercised_at(front)


def exercised_at(front: str) -> list[dict[str, object]]:
    """The same, with the front's URL."""
    with urllib.request.urlopen(f"{front}/exercise", timeout=60) as answer:
        calls: list[dict[str, object]] = json.load(answer)
    print(f"{BOLD}Calls that the code makes, through the brokers{PLAIN}")
    for call in calls:
        mark = f"{GREEN}passed{PLAIN}" if call["ok"] else f"{RED}failed{PLAIN}: {call.get('error')}"
        print(f"  {call['name']:<44} {mark}")
    print()
    return calls


def show_services(everyone: Mapping[str, Service], port: int) -> bool:
    """Each microservice's grants, and one call that the broker refuses it; true where every one was refused."""
    well = True
    for service in everyone.values():
        show_grants(service)
        attempt = attempts_of(service, everyone)[0]
        is_refused = attempt in refused(port, service.creds, [attempt])
        well &= is_refused
        mark = f"{GREEN}refused by the broker{PLAIN}" if is_refused else f"{RED}PASSED{PLAIN}"
        print(f"  tried with its credentials  {attempt.subject}  ({attempt.why}): {mark}\n")
    return well


def show_grants(service: Service) -> None:
    """The allow-list, trust roots marked."""
    print(f"{BOLD}{service.hostname}{PLAIN}  user {service.public_key}")
    for verb, subjects in (("PUB", service.pub), ("SUB", service.sub)):
        for subject in subjects:
            root = subject.split(".")[1] == "danger"
            print(f"  {verb} {RED + subject + '  (trust root)' + PLAIN if root else subject}")


def step(text: str) -> None:
    """A line of progress with the time since the command began."""
    elapsed = int(time.time()) - int(os.environ.get("MICROBUS_STARTED", str(int(time.time()))))
    print(f"{elapsed // 60:3}:{elapsed % 60:02}  {text}", file=sys.stderr, flush=True)


LOOK_FURTHER = """To look further:
  export KUBECONFIG={kubeconfig} PATH={path}:$PWD/.venv/bin:$PATH
  kubectl get planes,microbusapps -A
  kubectl describe microbusapp shop -n shop
  kubectl microbus explain orders.shop -n shop
  kubectl delete microbusapp shop -n shop        # and its credentials are dead
  make down                                      # the cluster goes, what was built stays
"""

if __name__ == "__main__":
    sys.exit(main())
