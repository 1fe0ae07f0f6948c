"""The policy of the VPC endpoint through which a request reaches its service.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from local_cloud.authentication.caller import Signature, caller_port
from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.policy import Policy, read_policy
from local_cloud.context import ACCOUNT_ID
from local_cloud.network.endpoint_paths import find_endpoint
from local_cloud.network.request_origin import network_of_process
from local_cloud.network.session_networks import Network, network_of


def endpoint_policy(request: AuthorizationRequest, signature: Signature | None) -> Policy | None:
    """Return the policy, or None for a request that does not go through an endpoint.

    Raises `Unreachable` if the request comes from a VPC and has no path to its service.
    """
    network = _origin(request, signature)
    if network is None:
        return None
    endpoint = find_endpoint(network, request.action, ACCOUNT_ID, request.region)
    if endpoint is None:
        return None
    return read_policy(f"VPC endpoint {endpoint.id}", endpoint.policy_document)


def _origin(request: AuthorizationRequest, signature: Signature | None) -> Network | None:
    if signature is not None and request.account == ACCOUNT_ID:
        return network_of(signature.access_key)
    port = caller_port()
    return None if port is None else network_of_process(port)
