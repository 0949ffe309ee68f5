"""What is wrong with a policy, said precisely."""


class PolicyFault(ValueError):
    """``path`` points into the policy (``conditions.all.0.operator``); ``code`` is stable."""

    def __init__(self, path: str, message: str, code: str) -> None:
        self.path, self.message, self.code = path, message, code
        super().__init__(f"{path}: {message}")
