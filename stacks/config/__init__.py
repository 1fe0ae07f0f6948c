"""What an environment decides, as validated values (standard library only)."""

from stacks.config.checks import ConfigurationError, refuse
from stacks.config.environment import Environment
from stacks.config.network import Network
from stacks.config.pipeline import ParameterValue, Pipeline, Schedule
from stacks.config.retention import Removal, Retention
from stacks.config.serving import Serving
from stacks.config.warehouse import Warehouse, WarehouseKind

__all__ = [
    "ConfigurationError",
    "Environment",
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
