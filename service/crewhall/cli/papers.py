"""`crewhall generate` and `check`: the papers between the service and its homeserver."""

import asyncio
import random
import sys
from pathlib import Path

import click
from rich.console import Console

from crewhall import registration as registrations
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.whole_files import write_new
from crewhall.checking import Finding, check_homeserver, check_papers
from crewhall.cli.options import config_option
from crewhall.errors import Missing
from crewhall.example import first
from crewhall.registration import Registration
from crewhall.settings import Settings, load, understand

console = Console(highlight=False, soft_wrap=True)


@click.command()
@config_option
@click.option(
    "-r",
    "--registration",
    type=click.Path(path_type=Path),
    default=Path("registration.yaml"),
    show_default=True,
    help="Where the registration for the homeserver goes.",
)
@click.option("--server", help="The homeserver's name, if there is no configuration yet.")
@click.option("--homeserver", help="The homeserver's address, if there is no configuration yet.")
@click.option("--operator", help="Your Matrix id, if there is no configuration yet.")
def generate(
    config: Path, registration: Path, server: str | None, homeserver: str | None, operator: str | None
) -> None:
    """Write the registration, and a first configuration if there is none. Nothing is overwritten."""
    if registration.exists():
        raise registrations.kept(registration)
    if not config.exists():
        _first_config(config, registration, server, homeserver, operator)
    settings = load(config)
    registrations.write(registration, registrations.draft(settings))
    console.print(f"[green]written[/] {registration}")
    if settings.registration.resolve() != registration.resolve():
        console.print(f"Put `registration: {registration}` into {config}.")
    console.print(
        f"Name {registration.resolve()} under `app_service_config_files` of the homeserver, restart it, "
        f"then: crewhall check -c {config}"
    )


@click.command()
@config_option
def check(config: Path) -> None:
    """Look at everything the service needs and say what to mend."""
    findings, settings, registration = check_papers(config)
    if settings is not None and registration is not None:
        findings += asyncio.run(_other_side(settings, registration))
    for finding in findings:
        mark = "[green]ok   [/]" if finding.ok else "[red]fault[/]"
        console.print(f"{mark} ", end="")
        console.print(finding.what + (f" - {finding.remedy}" if finding.remedy else ""), markup=False)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


async def _other_side(settings: Settings, registration: Registration) -> tuple[Finding, ...]:
    token = registration.as_token.get_secret_value()
    chance = random.Random()  # noqa: S311 - jitter, not a secret
    async with Connection(
        settings.homeserver.address, token, clock=SystemClock(), chance=chance
    ) as connection:
        return await check_homeserver(settings, registration, connection)


def _first_config(
    config: Path, registration: Path, server: str | None, homeserver: str | None, operator: str | None
) -> None:
    if not server or not homeserver:
        raise Missing(
            f"There is no {config} yet: say whose service this shall be, for example "
            "with --server example.org --homeserver http://127.0.0.1:8008 --operator @you:example.org."
        )
    elsewhere = registration.resolve() != config.resolve().with_name("registration.yaml")
    text = first(
        server,
        homeserver,
        operators=(operator,) if operator else (),
        registration=registration.resolve() if elsewhere else None,
    )
    understand(text, config)
    write_new(config, text.encode(), mode=0o644)
    console.print(f"[green]written[/] {config}")
