"""The arguments that resources and data sources of Terraform take, as packages of other tools have them: most providers from
their bindings for the CDK, `keycloak/keycloak` from Pulumi's bridge of it. Nothing of the packages is run.

    arguments.py FOLDER PROVIDER…    prints {RESOURCE: {ARGUMENT: whether it must be there}}; data sources begin with `data.`
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
# How the links begin from which the names are read, and the prefix of the names.
BINDINGS = {
    "aws": ("hashicorp/aws", "aws"),
    "azuread": ("hashicorp/azuread", "azuread"),
    "datadog": ("datadog/datadog", "datadog"),
    "github": ("integrations/github", "github"),
}


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def bindings(folder, provider):
    source, prefix = BINDINGS[provider]
    link = re.compile(rf"/{source}/[^/]+/docs/(resources|data-sources)/(\w+)#(\w+) ")
    (package,) = glob.glob(f"{folder}/cdktn_provider_{provider}/_jsii/*.tgz")
    with tarfile.open(package) as files:
        types = json.load(io.TextIOWrapper(files.extractfile("package/.jsii")))["types"]
    found = {}
    for name, kind in types.items():
        fields = kind.get("properties", [])
        links = [link.search(field.get("docs", {}).get("remarks", "")) for field in fields]
        places = {(one[1], one[2]) for one in links if one}
        # Of a resource, not of a block within one: that has fewer links, and another name.
        if not name.endswith("Config") or len(places) != 1:
            continue
        ((section, resource),) = places
        key = f"{prefix}_{resource}" if section == "resources" else f"data.{prefix}_{resource}"
        taken = found.setdefault(key, {})
        for field, one in zip(fields, links):
            # Some fields have no link: their names are those of the binding. Terraform's own have neither.
            if one or field["name"] not in OWN:
                taken[one[3] if one else snake(field["name"])] = not field.get("optional", False)
    return found


# What every binding has for the tool itself.
OWN = {"connection", "count", "dependsOn", "forEach", "lifecycle", "provider", "provisioners"}


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


folder, found = sys.argv[1], {}
for provider in sys.argv[2:]:
    found |= keycloak(folder) if provider == "keycloak" else bindings(folder, provider)
json.dump(found, sys.stdout)
