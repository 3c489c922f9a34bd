"""The role has the shape of its playbook, and what its templates write is understood by both sides."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall import registration as registrations
from crewhall.checking import check_papers
from crewhall.settings import load

GIVEN: dict[str, Any] = {
    "matrix_base_data_path": "/matrix",
    "matrix_domain": "example.org",
    "matrix_user_name": "matrix",
    "matrix_group_name": "matrix",
    "matrix_homeserver_generic_secret_key": "a secret of the playbook",
    "matrix_addons_container_network": "matrix-addons",
    "matrix_addons_homeserver_client_api_url": "http://matrix-synapse:8008",
    "matrix_bot_crewhall_operators": ["@you:example.org"],
    "matrix_bot_crewhall_container_repo": "https://git.example.org/crewhall.git",
    "devture_systemd_docker_base_systemd_path": "/etc/systemd/system",
    "devture_systemd_docker_base_systemd_unit_home_path": "/root",
    "devture_systemd_docker_base_host_command_docker": "/usr/bin/env docker",
    "devture_systemd_docker_base_container_stop_grace_time_seconds": 10,
}
Rendered = Callable[..., str]
Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def role(deploy: Path) -> Path:
    return deploy / "ansible" / "matrix-bot-crewhall"


@pytest.fixture
def papers(rendered: Rendered, tmp_path: Path) -> Path:
    for name in ("config.yaml", "registration.yaml"):
        (tmp_path / name).write_text(rendered(f"{name}.j2", GIVEN))
        (tmp_path / name).chmod(0o440)
    return tmp_path


def test_it_has_the_files_that_the_playbook_expects(role: Path) -> None:
    for name in (
        *("defaults/main.yml", "vars/main.yml", "tasks/main.yml", "tasks/validate_config.yml"),
        *("tasks/setup_install.yml", "tasks/setup_uninstall.yml"),
        *("templates/config.yaml.j2", "templates/systemd/matrix-bot-crewhall.service.j2"),
    ):
        assert (role / name).is_file(), name


def test_all_its_variables_begin_with_its_name(role: Path) -> None:
    for name in ("defaults", "vars"):
        told = yaml.safe_load((role / name / "main.yml").read_text())
        assert all(key.startswith("matrix_bot_crewhall_") for key in told)


def test_every_variable_that_is_used_is_known(role: Path) -> None:
    known = {*GIVEN, "matrix_bot_crewhall_restart_necessary"}
    for name in ("defaults", "vars"):
        known |= yaml.safe_load((role / name / "main.yml").read_text()).keys()
    text = "\n".join(path.read_text() for path in (*role.rglob("tasks/*.yml"), *role.rglob("*.j2")))
    known |= set(re.findall(r"register: (\w+)", text))
    used = set(re.findall(r"\b(?:matrix|devture)_\w+", text))
    assert used <= known, used - known


def test_config_and_registration_belong_together(papers: Path) -> None:
    findings, settings, registration = check_papers(papers / "config.yaml", {})
    assert [finding for finding in findings if not finding.ok] == []
    assert settings is not None
    assert registration is not None
    assert settings.service.operators == ("@you:example.org",)
    assert settings.keeper == "@keeper:example.org"


def test_its_registration_is_what_generate_would_write(papers: Path) -> None:
    ours = yaml.safe_load((papers / "registration.yaml").read_text())
    drafted = yaml.safe_load(registrations.written(registrations.draft(load(papers / "config.yaml", {}))))
    for token in ("as_token", "hs_token"):
        assert len(ours[token]) == 128
        del ours[token], drafted[token]
    assert ours == drafted


def test_odd_names_stay_names(rendered: Rendered, tmp_path: Path) -> None:
    odd = {
        **GIVEN,
        "matrix_bot_crewhall_display": 'The "Keeper": #1',
        "matrix_domain": "a-b.example.org:8448",
    }
    path = tmp_path / "config.yaml"
    path.write_text(rendered("config.yaml.j2", odd))
    settings = load(path, {})
    assert settings.service.display == 'The "Keeper": #1'
    assert settings.homeserver.name == "a-b.example.org:8448"


def test_settings_beyond_these_go_through_the_environment(rendered: Rendered) -> None:
    more = {**GIVEN, "matrix_bot_crewhall_environment": {"CREWHALL_LOG__FORMAT": "json"}}
    assert rendered("env.j2", more) == "CREWHALL_LOG__FORMAT=json\n"
    assert rendered("env.j2", GIVEN) == ""


def test_its_unit_bounds_the_container(
    rendered: Rendered, image: list[tuple[str, str]], image_command: list[str]
) -> None:
    text = rendered("systemd/matrix-bot-crewhall.service.j2", GIVEN)
    create = re.sub(r"\\\n\s*", "", text).partition("create ")[2].splitlines()[0].split()
    for bound in ("--cap-drop=ALL", "--read-only", "--security-opt=no-new-privileges"):
        assert bound in create
    assert f"--user={dict(image)['USER']}" in create
    assert not [word for word in create if word in {"-p", "--publish", "--privileged"}]
    assert create[-len(image_command) + 1 :] == image_command[1:]
    assert "{{" not in text


def test_systemd_understands_its_unit(rendered: Rendered, tool: Tool, tmp_path: Path) -> None:
    alone = {**GIVEN, "matrix_bot_crewhall_systemd_required_services_list": []}
    path = tmp_path / "matrix-bot-crewhall.service"
    path.write_text(rendered("systemd/matrix-bot-crewhall.service.j2", alone))
    done = tool("systemd-analyze", "verify", "--man=no", str(path))
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if path.name in line]
    assert (done.returncode, about_it) == (0, [])


def test_taking_it_away_leaves_what_was_decided(role: Path) -> None:
    tasks = yaml.safe_load((role / "tasks" / "setup_uninstall.yml").read_text())
    text = yaml.safe_dump(tasks)
    assert "base_path" not in text
    assert "data_path" not in text


def test_ansible_lint_finds_nothing(role: Path, tool: Tool, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "profile: production\noffline: true\nmock_modules: [community.docker.docker_image_build]\n"
    )
    files = [f"tasks/{name}.yml" for name in ("main", "validate_config", "setup_install", "setup_uninstall")]
    done = tool(
        "ansible-lint", "--offline", "-c", str(rules), *files, "defaults", "vars", "meta", folder=role
    )
    assert done.returncode == 0, done.stdout + done.stderr
