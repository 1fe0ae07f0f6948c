"""What can go wrong with the warehouse's files and its loading."""


class WarehouseError(Exception):
    """Root of this package's errors; the message says what to do."""


class MigrationError(WarehouseError):
    """A migration's file breaks the rules of `warehouse/migrations`."""


class LoadError(WarehouseError):
    """The sample data could not be loaded."""
