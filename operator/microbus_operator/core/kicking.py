"""Old connections that are closed so that their clients come back with the file that is there by now.

A client reads its credentials at each connect and never in between. With `delivery: Reload` that is how new ones come
into use; with `Restart` it helps a pod that began with the former file because its kubelet was behind. One connection
of a microservice at a time, and the next one only when all are back; each at most once, by when it began.
"""

from __future__ import annotations

from microbus_operator.core.actions import Kick
from microbus_operator.core.observed import AppObserved, Connection
from microbus_operator.core.planning import ServicePlan
from microbus_operator.core.presence import absences, pod_of
from microbus_operator.core.rollout import rollout_of


def kicks(observed: AppObserved, planned: tuple[ServicePlan, ...], now: int, kubelet_bound: int) -> tuple[Kick, ...]:
    """The connections to close now. After `kubelet_bound` seconds every pod has a Secret's new contents."""
    bundles = {bundle.name: bundle for bundle in observed.app.spec.bundles}
    result = []
    for plan in planned:
        found = plan.found
        if found is None or not found.previous or now < found.issued_at + kubelet_bound:
            continue
        if not rollout_of(bundles[plan.bundle], observed.deployments.get(plan.bundle)).complete:
            continue
        pods = [pod for pod in observed.pods if pod.bundle == plan.bundle and pod.is_ready]
        began = now - found.issued_at - kubelet_bound
        held = [
            each
            for each in observed.broker.connections
            # One that is younger has read the new file; another kick would not help.
            if each.user in found.previous and each.age > began and pod_of(each, pods) is not None
        ]
        if held and not absences(observed, plan):
            result.append(_kick(plan, min(held, key=lambda each: (each.server, each.cid))))
    return tuple(result)


def _kick(plan: ServicePlan, connection: Connection) -> Kick:
    return Kick(connection.server_id, connection.cid, connection.user, f"OldKey of {plan.wanted.hostname}")
