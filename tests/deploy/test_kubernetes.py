"""The Kubernetes manifests: built as `kubectl apply -k` does, by schema and by our own rules.

No cluster is to be had here: what stands in these tests is that every object is valid, fits the
others, and asks for no more rights than it needs. Where kubectl is missing the files are looked at
one by one, without what an overlay changes in the base, and the tests say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]

from collector.config import CollectorSettings, load

KUBERNETES = Path(__file__).resolve().parents[2] / "deploy/kubernetes"
BUILT = {
    "base": KUBERNETES / "base",
    **{folder.name: folder for folder in sorted((KUBERNETES / "overlays").iterdir())},
}
VERSIONS = ("1.31", "1.34")
"""An older and a newer Kubernetes that are both in use."""
SECRET = re.compile(r"PASSWORD|TOKEN|COOKIE|SECRET|PRIVATE")
NO_KUBECTL = "KUBECTL MISSING: overlays are not built, files are looked at one by one"
Object = dict[str, Any]


class Container(NamedTuple):
    """A container of a workload, and whether it goes on for ever."""

    owner: str
    spec: Object
    lasting: bool


@cache
def objects(name: str) -> tuple[Object, ...]:
    """Every object of the base or of an overlay."""
    folder, tool = BUILT[name], shutil.which("kubectl")
    if tool is not None:
        done = subprocess.run(
            [tool, "kustomize", str(folder)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return tuple(yaml.safe_load_all(done.stdout))
    print(NO_KUBECTL)  # noqa: T201 - pytest shows it beside a failure
    folders = {BUILT["base"], folder}
    files = [file for one in sorted(folders) for file in sorted(one.glob("*.yaml"))]
    read = (yaml.safe_load_all(file.read_text("utf-8")) for file in files)
    return tuple(one for many in read for one in many if one["kind"] != "Kustomization")


def of_kind(name: str, *kinds: str) -> list[Object]:
    """The objects of some kinds."""
    return [one for one in objects(name) if one["kind"] in kinds]


def templates(name: str) -> Iterator[tuple[str, Object]]:
    """Each workload's name and pod template."""
    for one in of_kind(name, "StatefulSet", "Deployment", "DaemonSet", "Job"):
        yield one["metadata"]["name"], one["spec"]["template"]
    for one in of_kind(name, "CronJob"):
        yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]


def containers(name: str) -> Iterator[Container]:
    """Every container of every workload."""
    for owner, template in templates(name):
        spec = template["spec"]
        for container in spec.get("initContainers", ()):
            yield Container(owner, container, False)
        for container in spec["containers"]:
            yield Container(owner, container, spec.get("restartPolicy", "Always") == "Always")


def fits(selector: Object, labels: Object) -> bool:
    """Whether a selector by labels takes what has these; Kubernetes adds a pod's own name."""
    known = {**labels, "statefulset.kubernetes.io/pod-name": "collector-0"}
    return all(known.get(key) == value for key, value in selector.items())


@pytest.fixture(params=sorted(BUILT))
def built(request: pytest.FixtureRequest) -> str:
    """The base and each overlay in turn."""
    return str(request.param)


def test_an_overlay_is_what_kustomize_makes_of_it() -> None:
    """With kubectl every overlay holds the base's objects under the base's names."""
    if shutil.which("kubectl") is None:
        pytest.skip(NO_KUBECTL)
    base = {(one["kind"], re.sub(r"-[a-z0-9]{10}$", "", name_of(one))) for one in objects("base")}
    for name in BUILT:
        here = {(one["kind"], re.sub(r"-[a-z0-9]{10}$", "", name_of(one))) for one in objects(name)}
        assert base <= here
        assert {one["metadata"].get("namespace", "mieruka") for one in objects(name)} == {"mieruka"}


def name_of(one: Object) -> str:
    """An object's name."""
    return str(one["metadata"]["name"])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(built: str, version: str) -> None:
    """The schema of Kubernetes itself finds no fault, and no key that it does not know."""
    assert objects(built)
    for one in objects(built):
        kubernetes_validate.validate(one, version, strict=True)


def test_a_wrong_object_would_be_found() -> None:
    """The schemas are no rubber stamp: a misspelt key and a wrong type are refused."""
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}
    specs: list[Object] = [{"portz": []}, {"ports": [{"port": "many"}]}]
    for spec in specs:
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate({**wrong, "spec": spec}, VERSIONS[0], strict=True)


def test_no_pod_has_rights(built: str) -> None:
    """No root, no service account, the runtime's seccomp filter."""
    for owner, template in templates(built):
        spec = template["spec"]
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True, owner
        assert context["runAsUser"] >= 1000, owner
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, owner
        assert spec["automountServiceAccountToken"] is False, owner
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), owner
        assert not [volume for volume in spec["volumes"] if "hostPath" in volume], owner


def test_no_container_can_gain_any(built: str) -> None:
    """Read-only root, no capability, no way to more; bounded in memory and CPU."""
    for owner, container, _ in containers(built):
        where = f"{owner}/{container['name']}"
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, where
        for kind in ("requests", "limits"):
            assert set(container["resources"][kind]) == {"cpu", "memory"}, where


def test_images_have_a_version(built: str) -> None:
    """None is `latest`, said or unsaid: the same files give the same programs."""
    for owner, container, _ in containers(built):
        _, _, tag = container["image"].rpartition("/")[2].partition(":")
        assert re.fullmatch(r"\d+\.\d+\.\d+", tag), f"{owner}: {container['image']}"


def test_what_lasts_is_watched(built: str) -> None:
    """Three probes on a named port; being alive never hangs on a database that is away."""
    for owner, container, lasting in containers(built):
        if not lasting:
            assert not [key for key in container if key.endswith("Probe")], owner
            continue
        ports = {port["name"] for port in container["ports"]}
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container[kind].get("httpGet") or container[kind]["tcpSocket"]
            assert asked["port"] in ports, f"{owner}/{container['name']}"
        if container["name"] in ("collector", "bridge"):
            assert container["readinessProbe"]["httpGet"]["path"] == "/health"
            assert "httpGet" not in container["livenessProbe"]


def test_no_secret_is_shipped(built: str) -> None:
    """Secrets are named, never held: neither as objects nor as values."""
    assert of_kind(built, "Secret") == []
    for owner, container, _ in containers(built):
        for one in container.get("env", ()):
            if SECRET.search(one["name"]):
                assert "secretKeyRef" in one["valueFrom"], f"{owner}: {one['name']}"
    for one in of_kind(built, "ConfigMap"):
        for text in one["data"].values():
            assert not re.search(r"(?m)^\s*(password|token|cookie)\s*=", text)


def test_mounts_and_volumes_belong_together(built: str) -> None:
    """Every mount has its volume, every volume a mount, and what is written to is a volume."""
    claims = {
        (one["metadata"]["name"], claim["metadata"]["name"])
        for one in of_kind(built, "StatefulSet")
        for claim in one["spec"].get("volumeClaimTemplates", ())
    }
    for owner, template in templates(built):
        spec = template["spec"]
        named = {volume["name"] for volume in spec["volumes"]}
        named |= {claim for set_name, claim in claims if set_name == owner}
        every = [*spec.get("initContainers", ()), *spec["containers"]]
        mounted = {mount["name"] for one in every for mount in one["volumeMounts"]}
        assert mounted == named, owner


def test_selectors_find_their_pods(built: str) -> None:
    """Services, budgets and policies take at least one workload, and ports are there by name."""
    found = dict(templates(built))
    labels = {name: template["metadata"]["labels"] for name, template in found.items()}
    for one in of_kind(built, "Service"):
        taken = [name for name in found if fits(one["spec"]["selector"], labels[name])]
        ports = {
            port["name"]
            for name in taken
            for container in found[name]["spec"]["containers"]
            for port in container["ports"]
        }
        assert taken, name_of(one)
        assert {port["targetPort"] for port in one["spec"]["ports"]} <= ports, name_of(one)
    for one in of_kind(built, "PodDisruptionBudget", "NetworkPolicy"):
        spec = one["spec"]
        selector = (spec.get("selector") or spec["podSelector"]).get("matchLabels", {})
        assert [name for name in found if fits(selector, labels[name])], name_of(one)


def test_nothing_is_open_that_is_not_named(built: str) -> None:
    """All traffic is refused by default; every workload has a rule of its own, none for all."""
    policies = of_kind(built, "NetworkPolicy")
    closed = [one for one in policies if one["spec"]["podSelector"] == {}]
    assert [one["spec"]["policyTypes"] for one in closed] == [["Ingress", "Egress"]]
    assert not {"ingress", "egress"} & closed[0]["spec"].keys()
    for name, template in templates(built):
        labels = template["metadata"]["labels"]
        selectors = [one["spec"]["podSelector"].get("matchLabels") for one in policies]
        assert [one for one in selectors if one and fits(one, labels)], name
    for one in policies:
        for rule in [*one["spec"].get("ingress", ()), *one["spec"].get("egress", ())]:
            assert rule["ports"], name_of(one)


def test_a_drain_of_nodes_takes_one_at_a_time(built: str) -> None:
    """Every replicated workload has a budget, and none that no drain could satisfy."""
    budgets = [one["spec"] for one in of_kind(built, "PodDisruptionBudget")]
    assert all(budget["maxUnavailable"] == 1 for budget in budgets)
    for one in of_kind(built, "StatefulSet", "Deployment"):
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert [b for b in budgets if fits(b["selector"]["matchLabels"], labels)], name_of(one)


def collector_settings(name: str, tmp_path: Path, pod: str) -> CollectorSettings:
    """The settings that a pod of the collector gets, as the collector reads them."""
    text = (BUILT[name] / "settings/collector.toml").read_text("utf-8")
    for file in set(re.findall(r'"/run/secrets/mieruka/([^"]+)"', text)):
        (tmp_path / file).write_text("secret\n", encoding="utf-8")
    text = text.replace("@POD@", pod).replace("/run/secrets/mieruka", str(tmp_path))
    file = tmp_path / "collector.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_collector_takes_its_settings(built: str, tmp_path: Path) -> None:
    """They are sound; state, pages and name are where the manifests say."""
    found = collector_settings(built, tmp_path, "collector-1")
    assert found.collector.id == "collector-1"
    assert str(found.collector.state_dir) == "/var/lib/mieruka"
    assert found.mqtt.tls
    ports = {
        port["name"]: port["containerPort"]
        for _, container, _ in containers(built)
        for port in container.get("ports", ())
        if container["name"] in ("collector", "api")
    }
    assert found.health.listen == f"0.0.0.0:{ports['health']}"
    assert found.api.listen == f"0.0.0.0:{ports['api']}"


def test_replicas_divide_the_readings(built: str, tmp_path: Path) -> None:
    """Several collectors share a group, at the broker or at Kafka; a single one asks for holes."""
    if shutil.which("kubectl") is None:
        pytest.skip(NO_KUBECTL)
    found = collector_settings(built, tmp_path, "collector-0")
    (one,) = [one for one in of_kind(built, "StatefulSet") if name_of(one) == "collector"]
    kafka = found.kafka is not None and not found.kafka.alone
    assert (one["spec"]["replicas"] > 1) is (bool(found.mqtt.share_group) or kafka)


def test_the_built_settings_are_the_shipped_ones(built: str) -> None:
    """What kustomize puts into the config map is the file that was looked at."""
    if shutil.which("kubectl") is None:
        pytest.skip(NO_KUBECTL)
    (one,) = [o for o in of_kind(built, "ConfigMap") if name_of(o).startswith("collector-settings")]
    text = (BUILT[built] / "settings/collector.toml").read_text("utf-8")
    assert one["data"] == {"collector.toml": text}
    named = {
        volume["configMap"]["name"]
        for _, template in templates(built)
        for volume in template["spec"]["volumes"]
        if "configMap" in volume
    }
    assert name_of(one) in named


def test_the_backup_is_of_the_first_collector(built: str) -> None:
    """It mounts the very claim that the StatefulSet makes, on the node where that is mounted."""
    (job,) = of_kind(built, "CronJob")
    spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    held = [volume.get("persistentVolumeClaim") for volume in spec["volumes"]]
    claims = [claim["claimName"] for claim in held if claim]
    assert claims == ["state-collector-0", "backups"]
    near = spec["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert near[0]["labelSelector"]["matchLabels"]["app.kubernetes.io/name"] == "collector"


def test_emqx_gives_the_rights_of_mosquitto() -> None:
    """Each topic of the one broker's access list is in the other's, and nothing is left open."""
    ours = (KUBERNETES.parent / "mosquitto/acl").read_text("utf-8")
    theirs = (BUILT["emqx"] / "settings/acl.conf").read_text("utf-8")
    wanted = {
        line.split()[-1].replace("%u", "${username}")
        for line in ours.splitlines()
        if line.startswith(("pattern", "topic"))
    }
    assert wanted == set(re.findall(r'"([^"]+/[^"]+)"', theirs))
    assert theirs.rstrip().endswith("{deny, all}.")
    settings = (BUILT["emqx"] / "settings/base.hocon").read_text("utf-8")
    for line in ("no_match = deny", "verify = verify_peer", "fail_if_no_peer_cert = true"):
        assert line in settings


def test_the_readme_names_every_overlay_and_secret() -> None:
    """Whoever reads it learns which there are, and what each secret must hold."""
    text = (KUBERNETES / "README.md").read_text("utf-8")
    for name in BUILT:
        assert f"`{name}" in text or f"overlays/{name}" in text
    used = set(re.findall(r"/run/secrets/mieruka/([\w.-]+)", _settings_texts()))
    refs = {
        one["valueFrom"]["secretKeyRef"]["key"]
        for name in BUILT
        for _, container, _ in containers(name)
        for one in container.get("env", ())
        if "secretKeyRef" in one.get("valueFrom", {})
    }
    assert used
    for key in used | refs:
        assert key in text, key


def _settings_texts() -> str:
    files = sorted(KUBERNETES.rglob("collector.toml"))
    return "\n".join(file.read_text("utf-8") for file in files)
