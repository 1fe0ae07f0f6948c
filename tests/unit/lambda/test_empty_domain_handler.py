"""The function `empty_domain`, which deletes what users created in a domain of Studio."""

import pytest
from botocore.exceptions import ClientError

from local_cloud.server import running

DOMAIN = {
    "DomainName": "test",
    "AuthMode": "IAM",
    "AppNetworkAccessType": "VpcOnly",
    "HomeEfsFileSystemCreation": "Disabled",
    "VpcId": "vpc-1",
    "SubnetIds": ["subnet-1"],
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A laptop cloud."""
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def domain(studio, use_variables):
    """A domain with the profiles of a stack, and another one with an app in a space."""
    use_variables(studio.environment())
    client = studio.client("sagemaker")
    role = "arn:aws:iam::123456789012:role/studio"
    made = client.create_domain(**DOMAIN, DefaultUserSettings={"ExecutionRole": role})
    identifier = made["DomainId"]
    for name in ("ada", "guest"):
        client.create_user_profile(DomainId=identifier, UserProfileName=name)
    for owner in ("ada", "guest"):
        space = {"DomainId": identifier, "SpaceName": f"{owner}-lab"}
        client.create_space(
            **space,
            OwnershipSettings={"OwnerUserProfileName": owner},
            SpaceSharingSettings={"SharingType": "Private"},
        )
        client.create_app(**space, AppType="JupyterLab", AppName="default")
    yield identifier
    client.delete_user_profile(DomainId=identifier, UserProfileName="ada")
    client.delete_domain(DomainId=identifier)


def properties(domain):
    return {"DomainId": domain, "UserProfiles": ["ada"]}


def test_a_domain_with_content_cannot_be_deleted(
    studio, domain, load_handler, cloudformation, context
):
    client = studio.client("sagemaker")
    with pytest.raises(ClientError, match="ResourceInUse"):
        client.delete_domain(DomainId=domain)
    with pytest.raises(ClientError, match="still has an app"):
        client.delete_space(DomainId=domain, SpaceName="ada-lab")
    event = cloudformation.event("Delete", **properties(domain))
    load_handler("empty_domain").handler(event, context)
    assert cloudformation.answer()["Status"] == "SUCCESS"
    assert client.list_spaces(DomainIdEquals=domain)["Spaces"] == []
    assert {each["Status"] for each in client.list_apps(DomainIdEquals=domain)["Apps"]} == {
        "Deleted"
    }
    profiles = client.list_user_profiles(DomainIdEquals=domain)["UserProfiles"]
    assert [each["UserProfileName"] for each in profiles] == ["ada"]


def test_creation_and_update_delete_nothing(studio, domain, load_handler, cloudformation, context):
    handler, client = load_handler("empty_domain").handler, studio.client("sagemaker")
    for request in ("Create", "Update"):
        handler(cloudformation.event(request, **properties(domain)), context)
        assert len(client.list_spaces(DomainIdEquals=domain)["Spaces"]) == 2
    handler(cloudformation.event("Delete", **properties(domain)), context)


def test_what_takes_too_long_fails_with_what_to_do(domain, load_handler):
    module = load_handler("empty_domain")
    apps = [{"AppName": "default", "AppType": "JupyterLab", "Status": "Deleting"}]
    emptied = module.Domain(None, domain, lambda: 0.0)
    emptied._apps = lambda: apps
    with pytest.raises(module.NotEmptied, match="still has default; delete the stack again"):
        emptied.empty(keep=[])
    # The domain of the fixture is emptied as on AWS: by the next deletion of the stack.
    module.Domain(module.client("sagemaker"), domain, lambda: 60.0).empty(keep=["ada"])
