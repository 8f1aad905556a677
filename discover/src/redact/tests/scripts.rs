//! Scripts of Workers: the values of secrets never stay, however they are written, and the names of them do.

use super::redactor;

fn redacted(script: &str) -> String {
    let once = redactor().script(script).unwrap_or_else(|| panic!("no script: {script}"));
    assert_eq!(redactor().script(&once).as_ref(), Some(&once), "marked again, or no script any more: {once}");
    once
}

/// `letmein` is as plain as a word: nothing but where it stands tells that it is a secret.
#[test]
fn what_stands_beside_the_name_of_a_secret_goes_however_it_is_written() {
    for script in [
        "if (request.headers.get('X-Auth-Token') === 'letmein') go();",
        "if ('letmein' !== request.headers.get('X-Auth-Token')) stop();",
        "if (request.headers?.get('X-Auth-Token')?.trim() === 'letmein') go();",
        "if ((await headers.get(`X-Auth-Token`)).toLowerCase() == `letmein`) go();",
        "if (String(headers.get('X-Api-Key')) === 'letmein') go();",
        "if (env['API_TOKEN'] === 'letmein') go();",
        "if (env?.['API_TOKEN'] !== 'letmein') go();",
        "if (`${env.API_TOKEN}` === 'letmein') go();",
        "if ((headers.get('x-api-key') ?? '') === 'letmein') go();",
        "if (getCookie(c, 'auth_token') === 'letmein') go();",
        "if (c.req.header('Authorization') === 'letmein') go();",
        "if (url.searchParams.get('token') === 'letmein') go();",
        "switch (headers.get('X-Auth-Token')) { case 'letmein': go(); }",
        "if (['letmein', 'other'].includes(headers.get('X-Auth-Token'))) go();",
        "if (new Set(['letmein']).has(token)) go();",
        "if (new Set(['letmein']).has(token) || ['letmein'].indexOf(token) > 0) go();",
        "if (headers.get('X-Auth-Token').startsWith('letmein')) go();",
        "if (timingSafeEqual(token, 'letmein') || timingSafeEqual('letmein', token)) go();",
        "if (crypto.timingSafeEqual(headers.get('Authorization'), 'letmein')) go();",
        "const token = headers.get('X-Auth-Token') || 'letmein';",
        "const { token = 'letmein' } = env;",
        "function go(token = 'letmein') {}",
        "const f = (password = 'letmein') => password;",
        "const token = () => 'letmein';",
        "const getToken = () => { return 'letmein'; };",
        "function apiToken() { return 'letmein'; }",
        "export function apiToken() { return live ? 'letmein' : ''; }",
        "class A { token() { return 'letmein'; } }",
        "class A { token = 'letmein'; }",
        "const TOKENS = { 'a': ['letmein'], b: 'letmein' }, o = { token: 'letmein' };",
        "const TOKENS = ['letmein', 'other'];",
        "headers.set('Authorization', 'letmein');",
        "headers['Authorization'] = 'letmein';",
        "headers[`Authorization`] = 'letmein';",
        "new Headers([['Authorization', 'letmein'], ['X-Api-Key', `letmein`]]);",
        "fetch(u, { headers: { 'X-Auth-Token': 'letmein' } });",
        "if (TOKENS['letmein'] || TOKENS.has('letmein') || TOKENS.get('letmein')) go();",
        "const token = decode('letmein');",
        "const token = request.headers.get('X-Auth-Token', 'letmein');",
        "const authorization = 'Basic letmein';",
        "const PRESHARED_AUTH_HEADER_VALUE = 'letmein';",
        "if (headers.get(AUTH_HEADER) === 'letmein' || headers[AUTH_HEADER] === 'letmein') go();",
        "if (headers.get(API_KEY) === 'letmein' || tokens[0] === 'letmein') go();",
        "if (request.headers.get(config.tokenHeaderName) !== 'letmein') stop();",
        "h.append('Set-Cookie', 'session=letmein; Path=/; Secure');",
        "h.append('Set-Cookie', `session=letmein${x}; Path=/`);",
        "h.append('Set-Cookie', `session=${x}letmein; Path=/; Secure`);",
        "h.append('Set-Cookie', `session=${x}; letmein`);",
        "const h = { Cookie: 'a=1; b=letmein' };",
    ] {
        let shown = redacted(script);
        assert!(!shown.contains("letmein"), "{script}\n{shown}");
    }
}

/// What looks like a secret goes wherever it stands, also where a name is.
#[test]
fn what_looks_like_a_secret_is_no_name() {
    for script in [
        "const a = headers.get('k7Hq2vX9pLm4Rt8wZs3B');",
        "const a = env['k7Hq2vX9pLm4Rt8wZs3B'];",
        "const a = { 'k7Hq2vX9pLm4Rt8wZs3B': 1 };",
        "const a = [['k7Hq2vX9pLm4Rt8wZs3B', 'user']];",
        "function f() { const a = 'k7Hq2vX9pLm4Rt8wZs3B'; return a; }",
        "const checkAuth = () => { log('k7Hq2vX9pLm4Rt8wZs3B'); };",
        "const page = '<h1>Key</h1><p>k7Hq2vX9pLm4Rt8wZs3B</p>';",
        "const password = '<b>k7Hq2vX9pLm4Rt8wZs3B</b>';",
        "if (auth.startsWith('Bearer k7Hq2vX9pLm4Rt8wZs3B')) go();",
    ] {
        let shown = redacted(script);
        assert!(!shown.contains("k7Hq2vX9pLm4Rt8wZs3B"), "{script}\n{shown}");
    }
}

/// The name of a header, a binding or a property, the scheme before credentials, and what else stands in a function whose own
/// name speaks of a secret.
#[test]
fn names_are_no_secrets() {
    for script in [
        "if (request.headers.get('X-Auth-Token') === token) go();",
        "const token = request.headers.get('X-Auth-Token');",
        "const token = request.headers.get(`X-Auth-Token`) || request.headers.get('Authorization');",
        "const apiKey = env['API_KEY'] ?? env.OTHER;",
        "const token = url.searchParams.get('access_token');",
        "const session = getCookie(c, 'session_token');",
        "const secret = c.req.header('X-Webhook-Secret');",
        "const auth = headers.has('Authorization') && headers.get('Authorization').startsWith('Bearer ');",
        "const token = authorization.split(' ')[0] === 'Bearer' ? authorization.slice(7) : null;",
        "const checkAuth = async (r) => { if (!r.headers.get('X-Auth-Token')) { return new Response('Forbidden', { status: 403 }); } };",
        "const authenticate = (r) => { const u = new URL(r.url); return u.pathname.startsWith('/login'); };",
        "headers.set('X-Auth-Token', env.TOKEN); headers.delete('Authorization');",
        "const h = { 'X-Auth-Token': env.TOKEN, Authorization: `Bearer ${env.TOKEN}` };",
        "h['X-Auth-Token'] = env['API_TOKEN'];",
        "const h = new Headers([['Authorization', 'Bearer ' + env.TOKEN]]);",
        "const valid = await crypto.subtle.verify('HMAC', key, signature, data);",
        "const parts = token.split('.');",
        "const PRESHARED_AUTH_HEADER_KEY = 'X-Custom-PSK', tokenHeader = 'X-Auth-Token', authHeaderName = 'X-Auth';",
        "h.append('Set-Cookie', `variant=${v}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400; Domain=.example.com`);",
        "h.append('Set-Cookie', 'seen=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Partitioned');",
        "h.set('set-cookie', `a=${a.b}`);",
        "const at = credentials.indexOf(':'), parts = token.split('.');",
        "if (tlsVersion !== 'TLSv1.2' && tlsVersion !== 'TLSv1.3') stop();",
        "const gone = () => new Response('<h1>100% gone</h1><p>Back at <b>9:30</b></p>');",
    ] {
        assert_eq!(redacted(script), script);
    }
}

/// Such as these are told by what stands around them, whatever they are called.
#[test]
fn logins_that_are_encoded_and_what_a_scheme_shows_go() {
    for script in [
        "const expected = 'Basic ' + btoa('ops:marigold7Orchard');",
        "const expected = Buffer.from('ops:marigold7Orchard').toString('base64');",
        "if ((h || '').startsWith('Bearer marigold7Orchard')) go();",
        "const allowed = [`bearer marigold7Orchard`];",
    ] {
        assert!(!redacted(script).contains("marigold7Orchard"), "{script}");
    }
    for script in [
        "r.headers.set('WWW-Authenticate', 'Basic realm=\"of the shop 12\"');",
        "say('Bearer token'); say('Basic authentication needed'); say(btoa('hello')); say(btoa(a + ':' + b));",
    ] {
        assert_eq!(redacted(script), script);
    }
}
