#!/usr/bin/env python3
"""Writes `compiler/kube/data/types.txt`, the facts about every built-in Kubernetes type.

Run it by hand, from the root of the repository, when a new Kubernetes version is out:

    python3 compiler/kube/generate/types.py

It installs the PyPI package `kubernetes-validate` (the definitions of 13 versions, with list types
and merge keys) into a temporary folder with pip, and lets cargo fetch the crate `k8s-openapi`
(scope and plural name of each kind). Both versions are pinned below. Only facts are written: names,
shapes, list keys, scope, plural, and the versions in which a thing exists. The format is explained
at the top of the file that it writes, and `compiler/kube/build.rs` turns that into tables.

Descriptions are not written: `compiler/kube/build/docs.rs` takes them from the crate when the compiler
is built. So a newer version of the crate goes into `CRATE` here and into `Cargo.toml` at the root, a
newer `kube::types::TARGET` into the crate's feature there, and new kinds into the list in `docs.rs`.
"""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SCHEMAS = "kubernetes-validate==1.37.0"
CRATE = "0.29.0"
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "types.txt")

HEADER = """\
# Every built-in Kubernetes type, as facts. Written by generate/types.py; do not edit.
# A line `T name` begins a type, `K group version Kind plural N|C` says that it is a kind (N: in a
# namespace, C: of the cluster; the core group is `-`); every other line is a field of the type above.
# A `!` after the field's name: required. Shapes: bool int32 int64 float str bytes time quantity
# intstr any, @name a type, {x} a map to x, [x] a list that is replaced as a whole,
# [x|~] a set, [x|a,b] a list keyed by the fields a and b; `b=TCP`: b is TCP where it is left out.
# A last word `29-33`: exists from 1.29 on and no more in 1.33; no word: in every version.
"""

# Scopes of kinds that were removed before the first version that the crate has.
OLD_PLURALS = {
    "FlowSchema": ("flowschemas", "C"),
    "PriorityLevelConfiguration": ("prioritylevelconfigurations", "C"),
    "HorizontalPodAutoscaler": ("horizontalpodautoscalers", "N"),
    "CSIStorageCapacity": ("csistoragecapacities", "N"),
    "SelfSubjectReview": ("selfsubjectreviews", "C"),
    "ClusterCIDR": ("clustercidrs", "C"),
    "PodScheduling": ("podschedulings", "N"),
    "PodSchedulingContext": ("podschedulingcontexts", "N"),
    "ResourceClass": ("resourceclasses", "C"),
    "ResourceClassParameters": ("resourceclassparameters", "N"),
    "ResourceClaimParameters": ("resourceclaimparameters", "N"),
}

LEAVES = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intstr",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}


def fetched_schemas(folder):
    """Minor version -> definitions."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, SCHEMAS], check=True
    )
    versions = {}
    pattern = os.path.join(folder, "kubernetes_validate", "kubernetes-json-schema", "v1.*.0-local", "_definitions.json")
    for path in glob.glob(pattern):
        minor = int(re.search(r"v1\.(\d+)\.0-local", path).group(1))
        with open(path, encoding="utf-8") as file:
            versions[minor] = json.load(file)["$defs"]
    return dict(sorted(versions.items()))


def fetched_scopes(folder):
    """(group, version, kind) -> (plural, N or C or S for a subresource), newest version last."""
    os.makedirs(os.path.join(folder, "crate", "src"))
    with open(os.path.join(folder, "crate", "Cargo.toml"), "w", encoding="utf-8") as file:
        file.write(
            '[package]\nname = "scopes"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'
            f'k8s-openapi = {{ version = "={CRATE}", features = ["latest"] }}\n'
        )
    open(os.path.join(folder, "crate", "src", "lib.rs"), "w", encoding="utf-8").close()
    answer = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--manifest-path", os.path.join(folder, "crate", "Cargo.toml")],
        check=True,
        stdout=subprocess.PIPE,
    )
    manifest = next(p["manifest_path"] for p in json.loads(answer.stdout)["packages"] if p["name"] == "k8s-openapi")
    scopes = {}
    letters = {"Namespace": "N", "Cluster": "C", "Sub": "S"}
    pattern = re.compile(
        r"impl crate::Resource for \w+ \{\s+const API_VERSION.*?;\s+"
        r'const GROUP: .*?= "(.*?)";\s+const KIND: .*?= "(.*?)";\s+const VERSION: .*?= "(.*?)";\s+'
        r'const URL_PATH_SEGMENT: .*?= "(.*?)";\s+type Scope = crate::(\w+)ResourceScope;'
    )
    for path in sorted(glob.glob(os.path.join(os.path.dirname(manifest), "src", "v1_*", "**", "*.rs"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            for group, kind, version, plural, scope in pattern.findall(file.read()):
                scopes[(group, version, kind)] = (plural, letters[scope])
    return scopes


def short(name):
    """`io.k8s.api.core.v1.Pod` -> `core.v1.Pod`."""
    return ".".join(name.split(".")[-3:])


def reference(schema):
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if len(schema.get("allOf", [])) == 1:
        return reference(schema["allOf"][0])
    return None


def shape(schema, where):
    """The shape in the notation of the header, with types by name: `@core.v1.Pod`."""
    target = reference(schema)
    if target is not None:
        if target in LEAVES:
            return LEAVES[target]
        return "@" + short(target)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(k for k in kind if k != "null")
    if kind == "array":
        elem = shape(schema["items"], where)
        keys = schema.get("x-kubernetes-list-map-keys")
        merge = schema.get("x-kubernetes-patch-merge-key")
        # Where the schema has a merge key and no list type, kubectl and old servers merge by it.
        if keys is None and merge is not None and elem.startswith("@"):
            keys = [merge]
        if keys is not None:
            return f"[{elem}|{','.join(k + '=TCP' if k == 'protocol' else k for k in keys)}]"
        return f"[{elem}|~]" if schema.get("x-kubernetes-list-type") == "set" else f"[{elem}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return "{" + shape(values, where) + "}" if isinstance(values, dict) else "any"
    if kind == "integer":
        return "int64" if schema.get("format") == "int64" else "int32"
    if kind == "string":
        return {"byte": "bytes", "date-time": "time"}.get(schema.get("format"), "str")
    simple = {"boolean": "bool", "number": "float", None: "any"}
    if kind not in simple:
        sys.exit(f"{where}: unknown type {kind}")
    return simple[kind]


def without_lists(text):
    """A shape without what it says of list keys: those facts were added late, and hold for all versions."""
    return re.sub(r"\|[^\]]*\]", "]", text)


class Span:
    """The versions in which something exists: one interval."""

    def __init__(self, minor):
        self.first = self.last = minor

    def word(self, minors):
        first, last = minors[0], minors[-1]
        if self.first == first and self.last == last:
            return ""
        since = "" if self.first == first else str(self.first)
        until = "" if self.last == last else str(self.last + 1)
        return f" {since}-{until}"


def collected(versions, scopes):
    types, kinds, minors = {}, {}, list(versions)
    for minor, definitions in versions.items():
        previous = minors[max(minors.index(minor) - 1, 0)]
        for full, definition in definitions.items():
            if full in LEAVES:
                continue
            name = short(full)
            entry = types.setdefault(name, {"span": Span(minor), "fields": {}, "full": full})
            if entry["full"] != full:
                sys.exit(f"{full} and {entry['full']} have one short name")
            if entry["span"].last not in (minor, previous):
                sys.exit(f"{full} comes back in 1.{minor}")
            entry["span"].last = minor
            required = set(definition.get("required", []))
            for field, schema in definition.get("properties", {}).items():
                text = shape(schema, f"{full}.{field}")
                rows = entry["fields"].setdefault(field, [])
                mark = "!" if field in required else ""
                same = (mark, without_lists(text))
                if rows and rows[-1]["same"] == same and rows[-1]["span"].last == previous:
                    rows[-1]["span"].last = minor
                    rows[-1]["text"] = text
                else:
                    rows.append({"same": same, "mark": mark, "text": text, "span": Span(minor)})
            gvks = definition.get("x-kubernetes-group-version-kind", [])
            if len(gvks) != 1 or "metadata" not in definition.get("properties", {}) or name.endswith("List"):
                continue
            gvk = (gvks[0]["group"], gvks[0]["version"], gvks[0]["kind"])
            known = scopes.get(gvk) or next(
                (found for (_, _, kind), found in scopes.items() if kind == gvk[2]), OLD_PLURALS.get(gvk[2])
            )
            if known is None:
                sys.exit(f"the scope of {gvk} is not known: add it to OLD_PLURALS")
            if known[1] != "S":
                kinds[name] = (*gvk, *known)
    return types, kinds


def main():
    with tempfile.TemporaryDirectory() as folder:
        versions, scopes = fetched_schemas(folder), fetched_scopes(folder)
    minors = list(versions)
    types, kinds = collected(versions, scopes)
    lines = [f"V {minors[0]} {minors[-1]}"]
    for name in sorted(types):
        entry = types[name]
        lines.append(f"T {name}{entry['span'].word(minors)}")
        if name in kinds:
            group, version, kind, plural, scope = kinds[name]
            lines.append(f"K {group or '-'} {version} {kind} {plural} {scope}")
        for field in sorted(entry["fields"]):
            for row in entry["fields"][field]:
                # A field lives as long as its type where nothing else is said.
                same_life = (row["span"].first, row["span"].last) == (entry["span"].first, entry["span"].last)
                span = "" if same_life else row["span"].word(minors) or " -"
                lines.append(f"{field}{row['mark']} {row['text']}{span}")
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(HEADER + "\n".join(lines) + "\n")
    print(f"{len(types)} types, {len(kinds)} kinds, versions 1.{minors[0]} to 1.{minors[-1]}: {os.path.relpath(OUT)}")


if __name__ == "__main__":
    main()
