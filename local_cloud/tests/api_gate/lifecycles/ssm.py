"""Parameters."""

from __future__ import annotations

import pytest


def parameter(aws):
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="/life", Value="one", Type="String")
    ssm.put_parameter(Name="/life", Value="two", Type="String", Overwrite=True)
    assert ssm.get_parameter(Name="/life")["Parameter"]["Value"] == "two"
    found = ssm.get_parameters(Names=["/life", "/none"])
    assert [each["Value"] for each in found["Parameters"]] == ["two"]
    assert found["InvalidParameters"] == ["/none"]
    assert "/life" in [each["Name"] for each in ssm.describe_parameters()["Parameters"]]
    ssm.delete_parameter(Name="/life")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/life")
