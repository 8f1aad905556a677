// Handlers that the tests run behind the front, by an untouched runtime client.

export const echo = async (event, context) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ event, request: context.awsRequestId, arn: context.invokedFunctionArn }),
});

// A status and headers first, then three pieces.
export const streamed = awslambda.streamifyResponse(async (event, stream) => {
  const head = { statusCode: 203, headers: { "content-type": "text/plain", "x-kind": "streamed" }, cookies: ["a=1", "b=2"] };
  const body = awslambda.HttpResponseStream.from(stream, head);
  for (const piece of ["one ", "two ", "three"]) {
    body.write(piece);
    await new Promise((done) => setTimeout(done, 150));
  }
  body.end();
});

// Breaks off after the first piece.
export const broken = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("text/plain");
  stream.write("begun ");
  await new Promise((done) => setTimeout(done, 100));
  throw new Error("in the middle");
});
