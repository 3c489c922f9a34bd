"""The image and the compose file keep what the README says of them, as far as reading can tell."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from crewhall.settings import WatchSettings, load

ONCE = {"crewhall-papers", "synapse-papers"}
PINNED = re.compile(r"[a-z0-9.-]+(/[a-z0-9-]+)+:v?\d+\.\d+(\.\d+)?[a-z0-9.-]*(@sha256:[0-9a-f]{64})?\Z")


Tool = Callable[..., subprocess.CompletedProcess[str]]


def test_hadolint_finds_nothing(tool: Tool) -> None:
    done = tool("hadolint", "--failure-threshold", "style", "container/Containerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_fits_the_specification(tool: Tool) -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "container/compose.yaml")
    assert done.returncode == 0, done.stdout


def test_yamllint_finds_nothing(tool: Tool) -> None:
    rules = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: disable}}"
    done = tool("yamllint", "--strict", "-d", rules, ".")
    assert (done.returncode, done.stdout) == (0, "")


# The image.


def test_bases_are_pinned_to_a_version(image: list[tuple[str, str]]) -> None:
    bases = [words.split()[0] for name, words in image if name == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1, "built on one Python and run on another"
    for base in bases:
        assert PINNED.match(base), base


def test_nothing_is_fetched_into_the_image_but_by_the_build_stage(image: list[tuple[str, str]]) -> None:
    assert not [words for name, words in image if name == "ADD"]
    assert not [words for name, words in image if name == "RUN" and re.search(r"curl|wget|git ", words)]
    last = max(i for i, (name, _) in enumerate(image) if name == "FROM")
    for name, words in image[last:]:
        if name == "COPY":
            assert words.startswith("--from=build /opt/crewhall "), words
        if name == "RUN":
            assert not re.search(r"(pip|apt|apt-get) +install", words), words
            assert words.startswith("pip uninstall --yes --quiet pip"), "no tool to install with is left"
    build = [words for name, words in image[:last] if name == "RUN"]
    assert build[-1].endswith("pip --python /opt/crewhall/bin/python uninstall --yes pip")


def test_it_runs_as_nobody_special(image: list[tuple[str, str]]) -> None:
    users = [words for name, words in image if name == "USER"]
    assert users == ["29331:29331"]
    names = [name for name, _ in image]
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in {"RUN", "COPY"})


def test_all_that_the_wheel_is_made_of_is_copied(image: list[tuple[str, str]], deploy: Path) -> None:
    copied = {
        word.removeprefix("./")
        for name, words in image
        if name == "COPY" and "--from" not in words
        for word in words.split()[:-1]
    }
    project = (deploy.parent / "pyproject.toml").read_text()
    found = re.search(r"^packages = (\[.*\])$", project, re.MULTILINE)
    assert found is not None
    sources = {path.split("/")[0] for path in json.loads(found[1])}
    assert copied == sources | {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "deploy/requirements.lock",
        "deploy/build.lock",
    }
    kept = (deploy / "container" / "Containerfile.dockerignore").read_text().splitlines()
    assert {line[1:] for line in kept if line.startswith("!")} == copied


def test_its_health_is_looked_at_where_it_tells_it(
    image: list[tuple[str, str]], image_env: dict[str, str]
) -> None:
    told = dict(image)
    assert f"http://{WatchSettings().listen}/live" in told["HEALTHCHECK"]
    assert told["EXPOSE"] == image_env["CREWHALL_SERVICE__LISTEN"].rpartition(":")[2]


def test_it_starts_the_service(image_command: list[str], image_env: dict[str, str]) -> None:
    assert image_command == ["crewhall", "serve", "-c", "/etc/crewhall/config.yaml"]
    told = {
        **{name: value for name, value in image_env.items() if name.startswith("CREWHALL_")},
        "CREWHALL_HOMESERVER__NAME": "example.org",
        "CREWHALL_HOMESERVER__ADDRESS": "http://synapse:8008",
    }
    settings = load(Path("/nowhere/config.yaml"), told)
    assert str(settings.ledger) == "/var/lib/crewhall/crewhall.db"
    assert settings.service.listen == "0.0.0.0:29331"


# The compose file.


def test_images_are_pinned_to_a_version(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "latest" not in service["image"]
        assert PINNED.match(service["image"]), f"{name}: {service['image']}"


def test_no_service_can_write_its_root_or_gain_rights(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
    given = {
        name: service["cap_add"] for name, service in compose["services"].items() if "cap_add" in service
    }
    assert given == {"synapse-papers": ["CHOWN", "DAC_OVERRIDE", "FOWNER"], "proxy": ["NET_BIND_SERVICE"]}


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"proxy"}
    assert not any(service.get("network_mode") == "host" for service in compose["services"].values())


def test_crewhall_meets_the_homeserver_and_nobody_else(compose: dict[str, Any]) -> None:
    services = compose["services"]
    (network,) = services["crewhall"]["networks"]
    assert compose["networks"][network] == {"internal": True}
    there = {name for name, service in services.items() if network in service.get("networks", ())}
    assert there == {"crewhall", "synapse"}
    for name in ONCE:
        assert services[name]["network_mode"] == "none"


def test_its_papers_are_read_only_to_the_running_service(compose: dict[str, Any]) -> None:
    assert "crewhall-papers:/etc/crewhall:ro" in compose["services"]["crewhall"]["volumes"]


def test_steps_that_write_papers_end_and_are_waited_for(compose: dict[str, Any]) -> None:
    for name in ONCE:
        assert compose["services"][name]["restart"] == "no"
        assert compose["services"][name]["healthcheck"] == {"disable": True}
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            done = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how == {"condition": done}, f"{name} waits for {other}"


def test_who_is_waited_for_tells_its_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    awaited = {other for service in services.values() for other in service.get("depends_on", ())} - ONCE
    for name in awaited:
        assert services[name]["healthcheck"]["test"][0] == "CMD", name


def test_every_volume_and_network_is_declared_and_used(compose: dict[str, Any]) -> None:
    mounted = [volume.split(":")[0] for s in compose["services"].values() for volume in s.get("volumes", ())]
    assert {volume for volume in mounted if not volume.startswith(".")} == set(compose["volumes"])
    networks = {network for s in compose["services"].values() for network in s.get("networks", ())}
    assert networks == set(compose["networks"])


def test_every_file_that_is_mounted_is_there(compose: dict[str, Any], deploy: Path) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (deploy / "container" / source).is_file(), f"{name}: {source}"
                assert volume.endswith(":ro"), f"{name}: {volume}"


def test_the_environment_file_says_all_that_is_asked_and_no_secret(deploy: Path) -> None:
    text = (deploy / "container" / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{(\w+)", text))
    assert all(f"${{{name}:?" in text for name in asked), "what is missing is asked for"
    lines = (deploy / "container" / ".env.example").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert told.keys() == asked
    assert not [name for name in told if re.search(r"PASSWORD|SECRET|TOKEN|KEY", name)]


def test_both_steps_call_the_service_by_one_address(compose: dict[str, Any]) -> None:
    services = compose["services"]
    told = services["crewhall"]["environment"]
    assert services["crewhall-papers"]["environment"] == told
    assert told["CREWHALL_SERVICE__ADDRESS"] == "http://crewhall:29331"
    assert told["CREWHALL_HOMESERVER__ADDRESS"] == "http://synapse:8008"


# The proxy.


@pytest.fixture(scope="module")
def proxy(deploy: Path) -> str:
    return (deploy / "container" / "proxy" / "Caddyfile").read_text()


def test_the_proxy_leads_to_people_and_homeservers_only(proxy: str) -> None:
    assert re.findall(r"reverse_proxy (\S+)", proxy) == ["synapse:8008", "element:8080"]
    assert "@open path /_matrix/* /_synapse/client/*" in proxy
    assert proxy.count("respond 404") == 2
    assert "29331" not in proxy
    assert "admin off" in proxy


def test_what_the_proxy_says_itself_is_json(proxy: str, compose: dict[str, Any]) -> None:
    given = set(compose["services"]["proxy"]["environment"])
    assert set(re.findall(r"\{\$(\w+)\}", proxy)) == given
    said = [
        json.loads(re.sub(r"\{\$\w+\}", "name.test", one)) for one in re.findall(r"respond `(.*)`", proxy)
    ]
    assert said[0] == {"m.server": "name.test:443"}
    assert said[1] == {"m.homeserver": {"base_url": "https://name.test"}}
    assert said[2]["default_server_config"]["m.homeserver"]["base_url"] == "https://name.test"
    assert proxy.count("{") == proxy.count("}")


def test_scripts_are_plain_shell_and_python(deploy: Path) -> None:
    subprocess.run(["/bin/sh", "-n", deploy / "container" / "crewhall" / "papers.sh"], check=True)  # noqa: S603
    compile((deploy / "container" / "synapse" / "papers.py").read_text(), "papers.py", "exec")


def test_every_yaml_file_is_yaml(deploy: Path) -> None:
    found = [*deploy.rglob("*.yaml"), *deploy.rglob("*.yml")]
    assert len(found) >= 8
    for path in found:
        assert yaml.safe_load(path.read_text()) is not None, path
