// A number for each answer that nobody can guess.
export default {
  fetch(request) {
    const nonce = crypto.randomUUID();
    const body = `<script nonce="${nonce}">go()</script><p>${new URL(request.url).pathname}</p>`;
    return new Response(body, { headers: { "Content-Type": "text/html", "Content-Security-Policy": `script-src 'nonce-${nonce}'` } });
  },
};
