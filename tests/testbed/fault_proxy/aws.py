"""What the proxy knows of AWS: how a call names itself, how each protocol says "slow down", and how lists are paged."""

import base64
import json
import re
import urllib.parse
import xml.etree.ElementTree as xml

REST_XML = {"route53", "s3", "cloudfront"}

# service: (verbs of its paged calls, token in the request, token in the answer). Lists which AWS does not page are not
# here: a page of DescribeServices would be a lie.
PAGED = {
    "ecs": (("List",), "nextToken", "nextToken"),
    "events": (("List",), "NextToken", "NextToken"),
    "application-autoscaling": (("Describe",), "NextToken", "NextToken"),
    "scheduler": (("GET /schedules", "GET /schedule-groups"), "NextToken", "NextToken"),
    "lambda": (("GET /2015-03-31/functions", "GET /2015-03-31/event-source-mappings"), "Marker", "NextMarker"),
    "sqs": (("ListQueues",), "NextToken", "NextToken"),
    "sns": (("ListTopics", "ListSubscriptions"), "NextToken", "NextToken"),
    "secretsmanager": (("ListSecrets",), "NextToken", "NextToken"),
    "ssm": (("DescribeParameters",), "NextToken", "NextToken"),
    "dynamodb": (("ListTables",), "ExclusiveStartTableName", "LastEvaluatedTableName"),
    "acm": (("ListCertificates",), "NextToken", "NextToken"),
    "cloudformation": (("DescribeStacks", "ListStackResources"), "NextToken", "NextToken"),
    "monitoring": (("DescribeAlarms",), "NextToken", "NextToken"),
    "elasticloadbalancing": (
        ("DescribeLoadBalancers", "DescribeTargetGroups", "DescribeListeners", "DescribeRules"),
        "Marker",
        "NextMarker",
    ),
}


def describe(method, path, query, headers, body):
    """One call as rules match it and as the log keeps it."""
    scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", headers.get("Authorization", ""))
    key, region, service = scope.groups() if scope else (None, None, None)
    form = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"))) if is_form(headers) else {}
    if "X-Amz-Target" in headers:
        action = headers["X-Amz-Target"].rpartition(".")[2]
    else:
        action = form.get("Action") or dict(urllib.parse.parse_qsl(query)).get("Action") or f"{method} {path}"
    call = {"method": method, "path": path, "query": query, "service": service, "region": region}
    call |= {"access_key": key, "action": action, "body": body.decode("utf-8", "replace")}
    # Route 53's list of record sets goes on at a name.
    token = r"\b(nextToken|marker|name)=" if service == "route53" else r"\b([nN]extToken|Marker)\b\"?\s*[=:]"
    call["with_token"] = bool(re.search(token, query + " " + call["body"]))
    return call


def is_form(headers):
    return headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")


def throttle(call, headers):
    """(status, headers, body) of a throttled call, in the words of the call's protocol."""
    text = "Rate exceeded"
    if headers.get("Content-Type", "").startswith("application/x-amz-json"):
        document = json.dumps({"__type": "ThrottlingException", "message": text})
        return 400, {"Content-Type": headers["Content-Type"]}, document
    if call["service"] == "ec2":
        error = f"<Errors><Error><Code>RequestLimitExceeded</Code><Message>{text}</Message></Error></Errors>"
        return 503, {"Content-Type": "text/xml"}, f"<Response>{error}<RequestID>fault</RequestID></Response>"
    if is_form(headers) or call["service"] in REST_XML:
        error = f"<Error><Type>Sender</Type><Code>Throttling</Code><Message>{text}</Message></Error>"
        document = f"<ErrorResponse>{error}<RequestId>fault</RequestId></ErrorResponse>"
        return 400, {"Content-Type": "text/xml"}, document
    if call["service"]:
        answer = {"Content-Type": "application/json", "x-amzn-ErrorType": "TooManyRequestsException"}
        return 429, answer, json.dumps({"message": text})
    return 429, {"Retry-After": "1"}, text


def with_health(body, state, reason):
    """An answer of DescribeTargetHealth in which every target has this state and reason; any other as it is."""
    reason = f"<Reason>{reason}</Reason>" if reason else ""
    health = f"<TargetHealth><State>{state}</State>{reason}</TargetHealth>".encode()
    return re.sub(rb"<TargetHealth>.*?</TargetHealth>", lambda _: health, body, flags=re.DOTALL)


class Pages:
    """Cuts one list into pages of `size`. A token of ours holds the server's own token and the place in its page."""

    def __init__(self, call, size):
        self.call, self.size = call, size
        self.verbs, self.ask, self.give = PAGED.get(call["service"], ((), "", ""))
        self.paged = call["action"].startswith(self.verbs) if self.verbs else False
        self.theirs, self.offset = None, 0

    def request(self, query, headers, body):
        """The request as the server shall see it: (query, body)."""
        if self.call["service"] == "route53":  # pages by itself, and rightly: it only has to be told to
            return with_parameter(query, "maxitems", str(self.size)), body
        if not self.paged:
            return query, body
        if headers.get("Content-Type", "").startswith("application/x-amz-json"):
            document = json.loads(body or b"{}")
            self.open(document.pop(self.ask, None))
            if self.theirs is not None:
                document[self.ask] = self.theirs
            return query, json.dumps(document).encode()
        if is_form(headers):
            form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
            self.open(form.get(self.ask))
            return query, with_parameter(body.decode(), self.ask, self.theirs).encode()
        self.open(dict(urllib.parse.parse_qsl(query)).get(self.ask))
        return with_parameter(query, self.ask, self.theirs), body

    def answer(self, status, body):
        """The answer as the caller shall see it."""
        if status != 200 or not self.paged:
            return body
        return self.cut_xml(body) if body.lstrip().startswith(b"<") else self.cut_json(body)

    def open(self, token):
        if token is not None:
            self.theirs, self.offset = json.loads(base64.b64decode(token))

    def next(self, length, theirs):
        """The token of what follows, if anything does."""
        end = self.offset + self.size
        if end < length:
            place = [self.theirs, end]
        elif theirs is not None:
            place = [theirs, 0]
        else:
            return None
        return base64.b64encode(json.dumps(place).encode()).decode()

    def cut_json(self, body):
        document = json.loads(body)
        name = next((key for key, value in document.items() if isinstance(value, list) and key != "failures"), None)
        if name is None:
            return body
        token = self.next(len(document[name]), document.pop(self.give, None))
        document[name] = document[name][self.offset : self.offset + self.size]
        if token is not None:
            document[self.give] = token
        return json.dumps(document).encode()

    def cut_xml(self, body):
        root = xml.fromstring(body)
        space = re.match(r"\{(.*)\}", root.tag)
        prefix = space.group(0) if space else ""
        if space:
            xml.register_namespace("", space.group(1))
        result = next(child for child in root if child.tag.endswith("Result"))
        members = next((child for child in result if child.find(prefix + "member") is not None), None)
        theirs = result.find(prefix + self.give)
        if members is None:
            return body
        token = self.next(len(members), theirs.text if theirs is not None else None)
        members[:] = list(members)[self.offset : self.offset + self.size]
        if theirs is not None:
            result.remove(theirs)
        if token is not None:
            xml.SubElement(result, prefix + self.give).text = token
        return xml.tostring(root, encoding="utf-8", xml_declaration=True)


def with_parameter(form, name, value):
    """The form or query with this parameter set, or taken out where the value is None."""
    pairs = [(key, old) for key, old in urllib.parse.parse_qsl(form, keep_blank_values=True) if key != name]
    if value is not None:
        pairs.append((name, value))
    return urllib.parse.urlencode(pairs)
