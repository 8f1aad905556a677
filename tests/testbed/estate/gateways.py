"""APIs of a parcel-tracking company in API Gateway: REST, HTTP and WebSocket, with domains, stages and what answers.

Prints what it made, by the names that the inventory gives: {"restApis": […], "resources": […], …}. Runs against any
emulator."""

import io
import json
import zipfile

import boto3

# A secret in plain sight, as teams have them. The tests look for it where it must not be.
SECRET = "hunter2-gate-Qm47TzRb8wKd"

iam = boto3.client("iam")
functions = boto3.client("lambda")
rest = boto3.client("apigateway")
http = boto3.client("apigatewayv2")
region = rest.meta.region_name

made = {}


def main():
    arns = make_functions()
    make_rest(arns)
    make_http(arns)
    print(json.dumps(made))


def make_functions():
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="gateways", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {}\n")
    arns = {}
    for name in ["label-print", "label-gate", "label-feed"]:
        arns[name] = functions.create_function(
            FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}
        )["FunctionArn"]
    version = functions.publish_version(FunctionName="label-print")["Version"]
    made["alias"] = functions.create_alias(FunctionName="label-print", Name="live", FunctionVersion=version)["AliasArn"]
    return arns


def invocation(arn):
    return f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"


def make_rest(arns):
    api = rest.create_rest_api(name="labels", description="prints labels")["id"]
    root = rest.get_resources(restApiId=api)["items"][0]["id"]
    labels = rest.create_resource(restApiId=api, parentId=root, pathPart="labels")["id"]
    rest.create_authorizer(
        restApiId=api,
        name="gate",
        type="REQUEST",
        authorizerUri=invocation(arns["label-gate"]),
        identitySource="method.request.header.Authorization",
    )
    rest.put_method(restApiId=api, resourceId=labels, httpMethod="POST", authorizationType="NONE")
    rest.put_integration(
        restApiId=api,
        resourceId=labels,
        httpMethod="POST",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=invocation(arns["label-print"] + ":${stageVariables.alias}"),
    )
    rest.put_method(restApiId=api, resourceId=labels, httpMethod="GET", authorizationType="NONE")
    rest.put_integration(
        restApiId=api,
        resourceId=labels,
        httpMethod="GET",
        type="HTTP",
        integrationHttpMethod="GET",
        uri="https://labels.partner.example/v1",
        requestParameters={"integration.request.header.X-Api-Key": f"'{SECRET}'"},
    )
    deployment = rest.create_deployment(restApiId=api)["id"]
    rest.create_stage(
        restApiId=api,
        stageName="prod",
        deploymentId=deployment,
        variables={"alias": "live", "partnerPassword": SECRET},
    )
    rest.create_domain_name(
        domainName="labels.depot.example",
        regionalCertificateArn=f"arn:aws:acm:{region}:123456789012:certificate/labels",
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    rest.create_base_path_mapping(domainName="labels.depot.example", basePath="v1", restApiId=api, stage="prod")
    made.update(
        restApis=[api],
        resources=[f"{api}/{one['id']}" for one in rest.get_resources(restApiId=api)["items"]],
        restStages=[f"{api}/prod"],
        restDomains=["labels.depot.example"],
        basePathMappings=["labels.depot.example/v1"],
        restAuthorizers=[f"{api}/{one['id']}" for one in rest.get_authorizers(restApiId=api)["items"]],
        labels=f"{api}/{labels}",
    )


def make_http(arns):
    apis = [
        http.create_api(Name="feed", ProtocolType="HTTP")["ApiId"],
        http.create_api(Name="live", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")["ApiId"],
    ]
    routes, integrations, stages = [], [], []
    for api, key in zip(apis, ["GET /feed/{id}", "$connect"]):
        integration = http.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationUri=arns["label-feed"],
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        route = http.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}")["RouteId"]
        http.create_stage(ApiId=api, StageName="$default" if key[0] == "G" else "prod", StageVariables={"PASSWORD": SECRET})
        routes.append(f"{api}/{route}")
        integrations.append(f"{api}/{integration}")
        stages.append(f"{api}/" + ("$default" if key[0] == "G" else "prod"))
    http.create_domain_name(
        DomainName="feed.depot.example",
        DomainNameConfigurations=[{"CertificateArn": f"arn:aws:acm:{region}:123456789012:certificate/feed"}],
    )
    mapping = http.create_api_mapping(ApiId=apis[0], DomainName="feed.depot.example", Stage="$default")["ApiMappingId"]
    made.update(
        httpApis=apis,
        routes=routes,
        integrations=integrations,
        httpStages=stages,
        httpDomains=["feed.depot.example"],
        apiMappings=[f"feed.depot.example/{mapping}"],
    )


main()
