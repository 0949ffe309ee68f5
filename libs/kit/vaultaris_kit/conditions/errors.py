"""What is wrong with a rule, said precisely."""


class RuleFault(ValueError):
    """``path`` points into a policy, or into the conditions of anything (``conditions.all.0.operator``); ``code`` is
    stable.
    """

    def __init__(self, path: str, message: str, code: str) -> None:
        self.path, self.message, self.code = path, message, code
        super().__init__(f"{path}: {message}")
