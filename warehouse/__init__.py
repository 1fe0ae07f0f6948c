"""The schema of the warehouse as numbered migrations, and the loader of its sample data."""


class WarehouseError(Exception):
    """Base class of the errors of this package. The message says what to do."""


class LoadError(WarehouseError):
    """The sample data could not be loaded."""
