"""Define the command `vernissage`; each subcommand is a file here, or beside what it runs."""

from __future__ import annotations

import typer

from cli.doctor import doctor
from cli.enrol import enrol_command
from cli.evaluate import evaluate
from cli.kiosk import kiosk
from cli.replay import replay
from cli.settings import show_settings
from cli.versions import versions
from cli.visits import visits
from common.console import configured
from models.export_onnx import export
from server import serve

app = typer.Typer(
    name="vernissage",
    help="Point a camera at an artwork, and know what it is.",
    epilog="Settings can also come from the environment (VERNISSAGE_...) or from a TOML file. "
    "`vernissage settings` shows them all.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(configured(serve))
app.command("kiosk")(configured(kiosk))
app.command("enrol")(configured(enrol_command))
app.command("replay")(configured(replay))
app.command("evaluate")(configured(evaluate))
app.command("export")(configured(export))
app.command("doctor")(configured(doctor))
app.command("visits")(configured(visits))
app.command("versions")(configured(versions))
app.command("settings")(configured(show_settings))
