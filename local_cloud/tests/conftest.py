"""The tests of the laptop cloud; they use nothing of the application beside it."""

from __future__ import annotations

from local_cloud.tests.guards import no_credentials, no_network, repository

__all__ = ["no_credentials", "no_network", "repository"]
