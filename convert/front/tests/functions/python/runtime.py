"""A runtime of its own: one connection for all that it asks and answers, as many clients keep it.

`once`: it answers one invocation and can't be started again, which the file NOTES tells it.
`slow`: it answers each after SECONDS.
"""

import http.client
import os
import pathlib
import sys
import time

NEXT = "/2018-06-01/runtime/invocation/next"


def main(how):
    notes = pathlib.Path(os.environ.get("NOTES", "/nowhere"))
    if how == "once" and notes.exists():
        sys.exit("it can't be started again")
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        runtime.request("GET", NEXT)
        asked = runtime.getresponse()
        asked.read()
        request = asked.headers["Lambda-Runtime-Aws-Request-Id"]
        if how == "slow":
            time.sleep(float(os.environ["SECONDS"]))
        body = '{"statusCode": 200, "body": "by one connection"}'
        runtime.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", body)
        runtime.getresponse().read()
        if how == "once":
            notes.write_text("{}\n")
            return


main(sys.argv[1])
