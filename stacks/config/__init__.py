"""The settings of an environment, as validated values (standard library only)."""

from stacks.common.validation import ConfigurationError, refuse
from stacks.config.environment import Environment
from stacks.config.retention import Removal, Retention
from stacks.network.existing_network import ExistingNetwork
from stacks.network.settings import Network
from stacks.pipeline.settings import ParameterValue, Pipeline, Schedule
from stacks.serving.settings import Serving
from stacks.warehouse.existing_warehouse import ExistingWarehouse
from stacks.warehouse.settings import Warehouse, WarehouseKind

__all__ = [
    "ConfigurationError",
    "Environment",
    "ExistingNetwork",
    "ExistingWarehouse",
    "Network",
    "ParameterValue",
    "Pipeline",
    "Removal",
    "Retention",
    "Schedule",
    "Serving",
    "Warehouse",
    "WarehouseKind",
    "refuse",
]
