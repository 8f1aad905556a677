"""The arguments that resources of Terraform take, as packages of other tools have them: those of `hashicorp/azuread` from its
bindings for the CDK, those of `keycloak/keycloak` from Pulumi's bridge of it. Nothing of the packages is run.

    arguments.py FOLDER    prints {RESOURCE: {ARGUMENT: whether it must be there}}
"""

import ast
import glob
import io
import json
import re
import sys
import tarfile

# Where Pulumi's bridge has the resource.
KEYCLOAK = {
    "keycloak_custom_identity_provider_mapper": "custom_identity_provider_mapping.py",
    "keycloak_group": "group.py",
    "keycloak_openid_audience_protocol_mapper": "openid/audience_protocol_mapper.py",
    "keycloak_openid_client": "openid/client.py",
    "keycloak_openid_client_optional_scopes": "openid/client_optional_scopes.py",
    "keycloak_openid_client_scope": "openid/client_scope.py",
    "keycloak_openid_group_membership_protocol_mapper": "openid/group_membership_protocol_mapper.py",
}
LINK = re.compile(r"/hashicorp/azuread/[^/]+/docs/resources/(\w+)#(\w+) ")


def azuread(folder):
    (package,) = glob.glob(f"{folder}/cdktn_provider_azuread/_jsii/*.tgz")
    with tarfile.open(package) as files:
        types = json.load(io.TextIOWrapper(files.extractfile("package/.jsii")))["types"]
    found = {}
    for name, kind in types.items():
        if not name.endswith("Config"):
            continue
        for field in kind.get("properties", []):
            link = LINK.search(field.get("docs", {}).get("remarks", ""))
            if link:
                found.setdefault(f"azuread_{link[1]}", {})[link[2]] = not field.get("optional", False)
    return found


def keycloak(folder):
    found = {}
    for resource, file in KEYCLOAK.items():
        tree = ast.parse(open(f"{folder}/pulumi_keycloak/{file}", encoding="utf-8").read())
        (taken,) = (
            make.args
            for kind in tree.body
            if isinstance(kind, ast.ClassDef) and kind.name.endswith("Args") and not kind.name.startswith("_")
            for make in kind.body
            if isinstance(make, ast.FunctionDef) and make.name == "__init__"
        )
        pairs = zip(taken.kwonlyargs, taken.kw_defaults)
        found[resource] = {one.arg.rstrip("_"): default is None for one, default in pairs}
    return found


folder = sys.argv[1]
json.dump(azuread(folder) | keycloak(folder), sys.stdout)
