#!/usr/bin/env python3
"""Checks that the pods of manifests are what Kubernetes' Pod Security Standards call restricted, with a read-only root
file system and no rights at the API beside, and that no secret stands in a file."""

import sys

import yaml

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def pod_of(document):
    spec = document.get("spec") or {}
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return (spec.get("template") or {}).get("spec")


def problems(pod):
    of_pod = pod.get("securityContext") or {}
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield f"{field} is set"
    if pod.get("automountServiceAccountToken") is not False:
        yield "it gets a token of the API"
    for volume in pod.get("volumes") or []:
        kinds = set(volume) - {"name"}
        if not kinds <= VOLUMES:
            yield f"volume {volume['name']} is {kinds}"
    for container in (pod.get("initContainers") or []) + pod["containers"]:
        own = container.get("securityContext") or {}
        both = {**of_pod, **own}
        name = container["name"]
        if both.get("runAsNonRoot") is not True or both.get("runAsUser") == 0:
            yield f"{name} may be root"
        if (both.get("seccompProfile") or {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{name} may make any system call"
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
            yield f"{name} may get more rights"
        capabilities = own.get("capabilities") or {}
        if "ALL" not in (capabilities.get("drop") or []) or set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
            yield f"{name} has capabilities"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write its root file system"
        if any("hostPort" in port for port in container.get("ports") or []):
            yield f"{name} takes a port of its machine"


def main():
    pods, wrong = 0, 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            documents = [document for document in yaml.safe_load_all(file) if document]
        for document in documents:
            name = f"{path}: {document['kind']} {document['metadata']['name']}"
            if document["kind"] == "Secret":
                print(f"{name}: a secret in a file")
                wrong += 1
            pod = pod_of(document)
            if pod:
                pods += 1
                for problem in problems(pod):
                    print(f"{name}: {problem}")
                    wrong += 1
    if not pods:
        print("there is no pod in these files")
    sys.exit(1 if wrong or not pods else 0)


main()
