"""Each check of `preflight`, with responses of accounts that meet and do not meet the needs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from operations.preflight.definitions import definitions, endpoints
from tests.application.app_of_own_image import IMAGES
from tests.application.environments import ROOT
from tests.application.synthesised import synthesised
from tests.synthesis import synthesise
from tests.unit.operations.preflight.conftest import CHECKS, needs_of

ZONES = synthesised("retained").environment.network.availability_zones


def zones(*names):
    return {
        "AvailabilityZones": [
            {"ZoneName": name, "ZoneId": f"use1-az{number}", "State": "available"}
            for number, name in enumerate(names, 1)
        ]
    }


def identity(account="123456789012"):
    return {"Account": account, "Arn": f"arn:aws:iam::{account}:user/ann", "UserId": "U"}


def services(*, interface_zones, without=""):
    found = [
        {
            "ServiceName": endpoint.properties["ServiceName"],
            "ServiceType": [{"ServiceType": "Interface"}],
            "AvailabilityZones": list(interface_zones),
        }
        for endpoint in needs_of("retained").resources("AWS::EC2::VPCEndpoint")
        if endpoint.properties["VpcEndpointType"] == "Interface"
    ]
    gateway = {
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "ServiceType": [{"ServiceType": "Gateway"}],
        "AvailabilityZones": [],
    }
    details = [*found, gateway]
    return {"ServiceDetails": [each for each in details if each["ServiceName"] != without]}


def statuses(found):
    return {subject: each.status for subject, each in found.items()}


def test_another_account_than_that_of_the_environment_fails(account, findings, monkeypatch):
    environment = synthesised("retained").environment
    monkeypatch.setitem(vars(environment), "account", "210987654321")
    account.answer("sts", "get_caller_identity", identity())
    (found,) = findings("account").values()
    assert (found.status, found.found) == ("fails", "123456789012, as user/ann")
    assert "210987654321" in found.remedy


def test_any_account_fits_an_environment_that_names_none(account, findings):
    account.answer("sts", "get_caller_identity", identity())
    assert statuses(findings("account")) == {"retained": "ok"}


def test_zones_are_shown_with_their_ids(account, findings):
    account.answer("ec2", "describe_availability_zones", zones(*ZONES))
    found = findings("availability zones")
    assert statuses(found) == dict.fromkeys(ZONES, "ok")
    assert found[ZONES[0]].found == f"{ZONES[0]} is use1-az1"


def test_a_zone_that_the_account_does_not_have_fails(account, findings):
    account.answer("ec2", "describe_availability_zones", zones(ZONES[0]))
    found = findings("availability zones")[ZONES[1]]
    assert found.status == "fails"
    assert f"its zones are {ZONES[0]}" in found.found


def test_endpoint_services_in_all_zones_are_ok(account, findings):
    account.answer("ec2", "describe_vpc_endpoint_services", services(interface_zones=ZONES))
    account.answer("ec2", "describe_availability_zones", zones(*ZONES))
    found = findings("endpoint services")
    assert set(statuses(found).values()) == {"ok"}
    assert "com.amazonaws.us-east-1.s3" in found
    assert len(found) == len(list(needs_of("retained").resources("AWS::EC2::VPCEndpoint")))


def test_a_service_that_is_missing_in_a_zone_fails(account, findings):
    offered = services(interface_zones=ZONES[:1])
    account.answer("ec2", "describe_vpc_endpoint_services", offered)
    account.answer("ec2", "describe_availability_zones", zones(*ZONES))
    found = findings("endpoint services")
    assert found["com.amazonaws.us-east-1.s3"].status == "ok"
    failed = [each for each in found.values() if each.status == "fails"]
    assert len(failed) == len(found) - 1
    assert f"not in the zones {', '.join(ZONES[1:])}" in failed[0].found


def test_a_service_that_the_region_does_not_offer_fails(account, findings):
    offered = services(interface_zones=ZONES, without="com.amazonaws.us-east-1.s3")
    account.answer("ec2", "describe_vpc_endpoint_services", offered)
    account.answer("ec2", "describe_availability_zones", zones(*ZONES))
    found = findings("endpoint services")["com.amazonaws.us-east-1.s3"]
    assert (found.status, found.found) == (
        "fails",
        "the region has no gateway endpoint of this service",
    )


def quotas(**values):
    return {"Quotas": [{"QuotaName": name, "Value": value} for name, value in values.items()]}


def of_network(account, *, vpcs=()):
    account.answer("ec2", "describe_vpcs", {"Vpcs": list(vpcs)})
    account.answer("ec2", "describe_addresses", {"Addresses": []})
    account.answer("ec2", "describe_vpc_endpoints", {"VpcEndpoints": []})
    network = {
        "Interface VPC endpoints per VPC": 50,
        "Gateway VPC endpoints per Region": 20,
        "VPCs per Region": 5,
    }
    account.answer("service-quotas", "list_service_quotas", quotas(**network))


def test_a_blue_green_update_needs_twice_the_instances_of_the_endpoint(account, findings):
    (endpoint,) = endpoints(needs_of("retained"))
    quota = f"{endpoint.type} for endpoint usage"
    for limit, status in ((2 * endpoint.most, "ok"), (2 * endpoint.most - 1, "fails")):
        of_network(account)
        account.answer("service-quotas", "list_service_quotas", quotas(**{quota: limit}))
        found = findings("quotas")[quota]
        assert found.status == status
        assert f"needs {2 * endpoint.most}" in found.found
    assert "request an increase" in found.remedy


def test_vpcs_of_others_count_and_those_of_the_environment_do_not(account, findings):
    tags = [{"Key": "Project", "Value": "redline"}, {"Key": "Environment", "Value": "retained"}]
    own, others = {"VpcId": "own", "Tags": tags}, [{"VpcId": f"vpc-{n}"} for n in range(5)]
    for vpcs, status in (([own, *others[:4]], "ok"), (others, "fails")):
        of_network(account, vpcs=vpcs)
        account.answer("service-quotas", "list_service_quotas", quotas())
        assert findings("quotas")["VPCs per Region"].status == status


def test_a_quota_that_is_not_listed_is_not_checked(account, findings):
    of_network(account)
    account.answer("service-quotas", "list_service_quotas", quotas())
    found = [each for each in findings("quotas").values() if "job usage" in each.subject]
    assert found
    assert {each.status for each in found} == {"not checked"}


def test_the_jobs_of_a_definition_are_found_with_the_defaults_of_its_parameters():
    found = [each for body in definitions(needs_of("retained")) for each in body.instances()]
    usages = {each.usage for each in found}
    assert {"processing job", "training job", "transform job"} <= usages
    assert all(each.type.startswith("ml.") and each.count >= 1 for each in found)


BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"


def bootstrapped(account, *, version):
    """Add the parameter (None: no parameter) and the bucket of the bootstrap to an account."""
    if version is None:
        account.refuse("ssm", "get_parameter", "ParameterNotFound")
    else:
        account.answer("ssm", "get_parameter", {"Parameter": {"Value": version}})
    account.answer("sts", "get_caller_identity", identity())
    account.answer("s3", "head_bucket", {})


def role(name):
    return {
        "Role": {
            "Path": "/",
            "RoleName": name,
            "RoleId": "A" * 16,
            "Arn": f"arn:aws:iam::123456789012:role/{name}",
            "CreateDate": 0,
        }
    }


def test_a_bootstrapped_account_is_ok(account, findings):
    bootstrapped(account, version="33")
    for name in ("one", "two"):
        account.answer("iam", "get_role", role(name))
    found = findings("bootstrap")
    assert statuses(found) == {
        BOOTSTRAP: "ok",
        "cdk-hnb659fds-assets-123456789012-us-east-1": "ok",
        "cdk-hnb659fds-deploy-role-123456789012-us-east-1": "ok",
        "cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1": "ok",
    }


def test_a_missing_role_and_an_old_version_fail(account, findings):
    bootstrapped(account, version="5")
    account.refuse("iam", "get_role", "NoSuchEntity")
    account.answer("iam", "get_role", role("two"))
    found = findings("bootstrap")
    assert found[BOOTSTRAP].found == "version 5; the app needs 6"
    failed = {subject for subject, each in found.items() if each.status == "fails"}
    assert failed == {BOOTSTRAP, "cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1"}
    assert {found[each].remedy for each in failed} == {"run `make bootstrap ENV=retained`"}


def test_an_account_that_was_not_bootstrapped_fails(account, findings):
    bootstrapped(account, version=None)
    account.answer("iam", "get_role", role("one"))
    account.answer("iam", "get_role", role("two"))
    assert findings("bootstrap")[BOOTSTRAP].status == "fails"


def test_an_image_that_the_deployment_builds_is_not_looked_up(account):
    environment = replace(IMAGES, account="1" * 12)
    folder = synthesise(environment, root=ROOT).folder
    needs = Assembly.read(folder, prefix="redline-images-", region=environment.region)
    aws = EnvironmentClients.of(environment, account.client)
    (found,) = CHECKS["images"].findings(Account(aws, needs))
    assert (found.status, found.found) == ("ok", "the deployment builds it")
    assert "/redline-images-shaped:" in found.subject


def test_an_image_that_cannot_be_pulled_fails(account, findings):
    texts = {definition.text for definition in definitions(needs_of("retained"))}
    assert any(".dkr.ecr." in text for text in texts)
    failure = {"failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
    account.answer("ecr", "batch_get_image", {"images": [], "failures": [failure]})
    (found,) = findings("images").values()
    assert (found.status, found.found) == ("fails", "Requested image not found")
    assert "images.py" in found.remedy
    account.refuse("ecr", "batch_get_image", "RepositoryNotFoundException", "no such repository")
    (missing,) = findings("images").values()
    assert (missing.status, missing.found) == ("fails", "no such repository")
    account.answer("ecr", "batch_get_image", {"images": [{"imageManifest": "{}"}]})
    assert statuses(findings("images")) == {found.subject: "ok"}


def test_the_monthly_cost_is_that_of_what_is_billed_by_the_hour(account, findings):
    """The shape of a price: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/."""
    hourly = {"unit": "Hrs", "pricePerUnit": {"USD": "0.5000000000"}}
    by_byte = {"unit": "GB", "pricePerUnit": {"USD": "9.0000000000"}}
    terms = {"OnDemand": {"a": {"priceDimensions": {"b": hourly, "c": by_byte}}}}
    (endpoint,) = endpoints(needs_of("retained"))
    for _ in range(8):
        account.answer("pricing", "get_products", {"PriceList": [json.dumps({"terms": terms})]})
    found = findings("monthly cost")
    subject = f"endpoint {endpoint.endpoint}: {endpoint.type}"
    assert found[subject].found == (
        f"{endpoint.initial} × $0.5 per hour: ${endpoint.initial * 365:,}"
    )
    assert {each.status for each in found.values()} == {"note"}


def test_a_product_without_a_price_is_not_checked(account, findings):
    for _ in range(8):
        account.answer("pricing", "get_products", {"PriceList": []})
    found = findings("monthly cost")
    assert "not checked" in statuses(found).values()


def test_a_function_with_recent_requests_needs_the_model_of_the_service(findings):
    found = findings("Lambda's SDK")
    assert any("ExtractionAtOnce" in subject for subject in found)
    assert not any("Deployer" in subject for subject in found)


FIRST_CALLS = {
    "account": ("sts", "get_caller_identity"),
    "availability zones": ("ec2", "describe_availability_zones"),
    "bootstrap": ("ssm", "get_parameter"),
    "endpoint services": ("ec2", "describe_vpc_endpoint_services"),
    "images": ("ecr", "batch_get_image"),
    "monthly cost": ("pricing", "get_products"),
    "own resources": ("cloudformation", "describe_stacks"),
    "protected pipelines": ("cloudformation", "describe_stacks"),
    "quotas": ("service-quotas", "list_service_quotas"),
}
# The environment of these tests creates its network, its bucket and its warehouse.
WITHOUT_CALLS = {
    "Lambda's SDK",
    "databases",
    "existing lake",
    "existing network",
    "existing warehouse",
    "existing workgroup",
    "routes to AWS",
}


@pytest.mark.parametrize("name", sorted(set(CHECKS) - WITHOUT_CALLS))
def test_an_operation_that_is_not_available_is_named(account, findings, name):
    service, operation = FIRST_CALLS[name]
    account.refuse(service, operation, "UnknownOperationException")
    found = list(findings(name).values())[-1]
    assert found.status == "not checked"
    assert found.subject.lower() == operation.replace("_", "")
    account.refuse(service, operation, "AccessDenied")
    found = list(findings(name).values())[-1]
    assert found.status == "not checked"
    assert "allow the operation" in found.remedy
