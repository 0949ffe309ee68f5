"""What to type next, once a stack is up."""

import shlex

from rich.console import Console
from rich.text import Text

from vaultaris_stack.paths import DEFAULT_NAME, DataDirectory, current_folder

_SETUP = (
    """curl -X POST {url}/setup -H 'Content-Type: application/json' -d '{{"admin_username":"admin","""
    """"admin_email":"admin@example.com","admin_password":"correct horse battery staple"}}'"""
)


def show_welcome(console: Console, url: str, seconds: float, data: DataDirectory, *, detached: bool) -> None:
    """Prints the address and the next steps."""
    here = data.root == current_folder() / DEFAULT_NAME
    option = "" if here else f" --data {shlex.quote(str(data.root))}"
    console.print()
    console.print(Text.assemble(("Vaultaris is ready at ", "bold green"), (url, "bold"), f"  ({seconds:.1f} s)"))
    steps = (
        ("Set up", _SETUP.format(url=url)),
        ("Tour", "make demo"),
        ("API", f"{url}/api/v1/docs"),
        ("Status", f"vaultaris status{option}"),
        ("Stop", f"vaultaris down{option}" if detached else "Ctrl-C"),
    )
    for title, step in steps:
        console.print(Text.assemble((f"  {title:<8}", "cyan"), step), soft_wrap=True)
    console.print()
