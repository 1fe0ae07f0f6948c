"""The settings of an environment, as validated values (standard library only)."""

from stacks.alerts.settings import Budget
from stacks.common.validation import ConfigurationError, refuse
from stacks.config.environment import Environment
from stacks.config.environments import Environments
from stacks.config.retention import Removal, Retention
from stacks.lake.settings import Lake
from stacks.network.database import Database
from stacks.network.existing_network import ExistingNetwork
from stacks.network.settings import Network
from stacks.pipeline.settings import ParameterValue, Pipeline, Promotion, Schedule
from stacks.serving.settings import OnlineFeatures, Serving
from stacks.studio.settings import Studio
from stacks.warehouse.existing_warehouse import ExistingWarehouse
from stacks.warehouse.settings import Pause, Warehouse, WarehouseKind

__all__ = [
    "Budget",
    "ConfigurationError",
    "Database",
    "Environment",
    "Environments",
    "ExistingNetwork",
    "ExistingWarehouse",
    "Lake",
    "Network",
    "OnlineFeatures",
    "ParameterValue",
    "Pause",
    "Pipeline",
    "Promotion",
    "Removal",
    "Retention",
    "Schedule",
    "Serving",
    "Studio",
    "Warehouse",
    "WarehouseKind",
    "refuse",
]
