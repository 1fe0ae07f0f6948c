"""The delivery of this repository. `make delivery` needs the accounts of all environments."""

from __future__ import annotations

from stacks.delivery.settings import Delivery

DELIVERY = Delivery(repository="example/redline")
