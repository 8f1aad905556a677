// A handler that answers from its event and its context, as handlers do.
export const handler = async (event, context) => ({
  statusCode: 201,
  headers: { 'content-type': 'application/json', 'x-function': context.functionName },
  cookies: ['seen=1', `kind=${process.env.KIND}`],
  body: JSON.stringify({
    path: event.rawPath, query: event.rawQueryString, method: event.requestContext.http.method, route: event.routeKey,
    id: event.pathParameters?.id ?? null, cookies: event.cookies ?? null, body: event.body ?? null,
    encoded: event.isBase64Encoded, memory: context.memoryLimitInMB,
  }),
});
