"""E-mail addresses: their syntax is checked, whether they are reachable is not."""

import email_validator

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
# The library's documented switch: companies do use names such as ``corp.local`` inside their walls.


def check_email(address: str) -> str:
    """The normalised address. Raises ValueError."""
    try:
        return email_validator.validate_email(
            address, check_deliverability=False, globally_deliverable=False
        ).normalized
    except email_validator.EmailNotValidError as fault:
        raise ValueError(str(fault)) from fault
