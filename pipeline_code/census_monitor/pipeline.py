"""census-monitor: drift, quality and bias of census' models, from requests and later labels."""

from typing import Literal

from pipeline_code.workflow import Pipeline


def pipeline(*, bias: Literal["ignored", "measured"] = "ignored") -> Pipeline:
    """Requests of a window + labels in the lake → drift, quality and, if `measured`, bias."""
    p = Pipeline(__file__, image="sklearn")
    p.monitor("census", labels=p.lake("incoming", p.name), bias=bias == "measured")
    return p
