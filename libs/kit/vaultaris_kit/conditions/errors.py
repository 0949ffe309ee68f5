"""What is wrong with a rule, said precisely, and what nobody can decide."""


class RuleFault(ValueError):
    """``path`` points into a policy, or into the conditions of anything (``conditions.all.0.operator``); ``code`` is
    stable.
    """

    def __init__(self, path: str, message: str, code: str) -> None:
        self.path, self.message, self.code = path, message, code
        super().__init__(f"{path}: {message}")


class Undecidable(Exception):
    """Whether a stored condition holds is not known, for a part of it can't be read any more: ``reason`` says why.

    Nothing of that kind can be written. But what one version of the product took may mean nothing to a later one, or
    to a later version of what it stands on: regular expressions, the names of time zones.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
