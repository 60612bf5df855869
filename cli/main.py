"""The command `vernissage` and its subcommands; each is a file here or beside what it runs."""

from __future__ import annotations

import typer

from cli.doctor import doctor
from cli.enrol import enrol_command
from cli.evaluate import evaluate
from cli.replay import replay
from cli.serve import serve
from models.export_command import export

app = typer.Typer(
    name="vernissage",
    help="Point a camera at an artwork, know what it is.",
    epilog="Settings can also come from VERNISSAGE_... in the environment or vernissage.toml; "
    "README.md lists them all.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve)
app.command("enrol")(enrol_command)
app.command("replay")(replay)
app.command("evaluate")(evaluate)
app.command("export")(export)
app.command("doctor")(doctor)
