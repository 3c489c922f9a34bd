"""The unit gives the service a place to write, and nothing else of the machine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MOST_EXPOSED = 1.5
"""Of 10, as `systemd-analyze security` counts."""

BOUNDS = {
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "MemoryDenyWriteExecute": "yes",
    "LockPersonality": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures": "native",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "ProtectProc": "invisible",
    "UMask": "0077",
    "StateDirectory": "crewhall",
    "StateDirectoryMode": "0700",
}


def test_it_is_bounded_on_every_side(unit: dict[str, list[str]]) -> None:
    assert {name: unit.get(name, ["missing"])[-1] for name in BOUNDS} == BOUNDS


def test_it_is_somebody_of_its_own_who_writes_only_its_state(unit: dict[str, list[str]]) -> None:
    assert unit["User"] == unit["Group"] == ["crewhall"]
    assert not {"ReadWritePaths", "BindPaths", "ConfigurationDirectory", "CacheDirectory"} & unit.keys()


def test_it_may_call_what_services_call_and_nothing_privileged(unit: dict[str, list[str]]) -> None:
    assert unit["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]


Tool = Callable[..., subprocess.CompletedProcess[str]]


def test_systemd_understands_every_line(tool: Tool, deploy: Path, tmp_path: Path) -> None:
    text = (deploy / "systemd" / "crewhall.service").read_text()
    copy = tmp_path / "crewhall.service"
    copy.write_text(text.replace("/opt/crewhall/bin/crewhall", sys.executable))
    done = tool("systemd-analyze", "verify", "--man=no", str(copy))
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if copy.name in line]
    assert (done.returncode, about_it) == (0, [])


def test_systemd_counts_little_exposure(tool: Tool) -> None:
    how = ("--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}")
    done = tool("systemd-analyze", "security", *how, "systemd/crewhall.service")
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot look at a file")
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()
