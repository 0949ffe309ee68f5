"""Configuration of this service, beside what every service needs."""

from vaultaris_kit.settings import Settings


class PolicySettings(Settings):
    """Nothing of its own yet."""
