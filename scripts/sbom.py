"""Prints what the command is built from, as CycloneDX 1.5 (JSON), out of cargo's own metadata.

    python3 scripts/sbom.py > vtl-eval.cdx.json
"""
import json
import subprocess


def cargo(*arguments):
    return json.loads(subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout)


def used(metadata):
    """The ids of the packages that the command links: normal and build dependencies, from the root on."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        at = waiting.pop()
        if at in found:
            continue
        found.add(at)
        for dependency in nodes[at]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return found, nodes


def component(package):
    name = f"pkg:cargo/{package['name']}@{package['version']}"
    kept = {"type": "library", "bom-ref": name, "name": package["name"], "version": package["version"], "purl": name}
    if package["license"]:
        kept["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    return kept


def main():
    metadata = cargo("metadata", "--locked", "--format-version", "1")
    found, nodes = used(metadata)
    packages = {package["id"]: package for package in metadata["packages"] if package["id"] in found}
    root = component(packages[metadata["resolve"]["root"]]) | {"type": "application"}
    ref = {key: f"pkg:cargo/{package['name']}@{package['version']}" for key, package in packages.items()}
    links = [
        {"ref": ref[key], "dependsOn": sorted({ref[one["pkg"]] for one in nodes[key]["deps"] if one["pkg"] in found})}
        for key in packages
    ]
    print(json.dumps({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": root},
        "components": sorted((component(package) for package in packages.values() if ref[package["id"]] != root["purl"]), key=lambda one: one["bom-ref"]),
        "dependencies": sorted(links, key=lambda one: one["ref"]),
    }, indent=1))


main()
