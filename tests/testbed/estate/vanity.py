"""A public zone in Route 53 with customers' hostnames at the old edge. Prints the zone's id and its delegation set."""

import json
import sys

import boto3

zone, server, names = sys.argv[1], sys.argv[2], sys.argv[3:]
route53 = boto3.client("route53")
made = route53.create_hosted_zone(Name=zone, CallerReference="vanity")
identifier = made["HostedZone"]["Id"].split("/")[-1]


def upsert(name, kind, values, ttl=15):
    records = [{"Value": value} for value in values]
    change = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": records}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": change}]}
    route53.change_resource_record_sets(HostedZoneId=identifier, ChangeBatch=batch)


# Whom the parent delegates to.
upsert(zone, "NS", [server])
for name in names:
    host, _, address = name.partition("=")
    upsert(host, "A", [address])
    if host.startswith("wrong."):
        upsert(host, "CAA", ['0 issue "pki.goog"'])
print(json.dumps({"zone": identifier, "servers": made["DelegationSet"]["NameServers"]}))
