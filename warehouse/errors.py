"""What can go wrong with the warehouse's files and its loading."""


class WarehouseError(Exception):
    """Root of this package's errors; the message says what to do."""


class LoadError(WarehouseError):
    """The sample data could not be loaded."""
