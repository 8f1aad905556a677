//! Scripts as rules, and the rules tried as a gateway tries them.

use super::super::hosts::Pattern;
use super::{Test, decide};
use crate::plconfig::Route;

fn everything(host: &str) -> Vec<Pattern> {
    vec![Pattern { host: host.to_owned(), path: None }]
}

fn module(body: &str) -> String {
    format!("export default {{ async fetch(request, env, ctx) {{ const url = new URL(request.url); {body} }} }};")
}

/// How a gateway ranks a route that matches.
type Rank = ((i32, usize), usize, usize);

/// One rule of a gateway, for the comparison: of all that match, the one that ranks highest, else the first.
fn taken<'r>(routes: &'r [Route], method: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> Option<&'r Route> {
    let rank = |path: &str, route: &Route| {
        let form = match path.as_bytes() {
            [b'=', ..] => (2, path.len() - 1),
            [b'~', ..] => (1, path.len() - 1),
            _ => (0, if path == "/" { 0 } else { path.len() }),
        };
        let named = route.headers.len() + usize::from(!route.methods.is_empty());
        let exact = route.headers.values().filter(|value| !value.starts_with('~')).count() + route.methods.len().min(1);
        (form, named, exact)
    };
    let mut best: Option<(Rank, &Route)> = None;
    for route in routes {
        let slash = ["/".to_owned()];
        let paths = if route.paths.is_empty() { slash.as_slice() } else { route.paths.as_slice() };
        for wanted in paths {
            let at_path = match wanted.as_bytes() {
                [b'=', ..] => path == &wanted[1..],
                [b'~', ..] => matches(&wanted[1..], path),
                _ => wanted == "/",
            };
            let fits = at_path
                && route.hosts.iter().any(|one| one == host)
                && (route.methods.is_empty() || route.methods.iter().any(|one| one == method))
                && route.headers.iter().all(|(name, value)| {
                    let given = headers.iter().find(|(known, _)| known == name).map(|(_, given)| *given);
                    given.is_some_and(|given| {
                        value.strip_prefix('~').map_or(given == value, |regex| matches(regex, given))
                    })
                });
            let rank = rank(wanted, route);
            if fits && best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, route));
            }
        }
    }
    best.map(|(_, route)| route)
}

/// The regular expressions that are written here: escaped texts with `.*` at either end, `.+`, and `$` behind.
fn matches(expression: &str, text: &str) -> bool {
    let expression = expression.trim_end_matches('$');
    if expression == ".+" {
        return !text.is_empty();
    }
    let (begin, rest) = expression.strip_prefix(".*").map_or((false, expression), |rest| (true, rest));
    let (end, rest) = rest.strip_suffix(".*").map_or((false, rest), |rest| (true, rest));
    let plain = rest.replace("\\.", ".").replace("\\$", "$").replace("\\+", "+");
    match (begin, end) {
        (false, false) => text == plain,
        (false, true) => text.starts_with(&plain),
        (true, false) => text.ends_with(&plain),
        (true, true) => text.contains(&plain),
    }
}

/// Status and `Location` (or what is said of it) for a request.
fn answer(routes: &[Route], method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let Some(route) = taken(routes, method, "example.com", path, headers) else { return "none".to_owned() };
    match (&route.respond, &route.redirect) {
        (Some(respond), _) => {
            let location = route.response_headers.get("location").cloned().unwrap_or_default();
            let body = respond.body.clone().unwrap_or_default();
            format!("{} {location}{body}", respond.status)
        }
        (_, Some(to)) => format!(
            "{} {}://{}{}",
            to.status,
            to.scheme.as_deref().unwrap_or("same"),
            to.host.as_deref().unwrap_or("same"),
            to.path.as_deref().unwrap_or("<path>")
        ),
        _ => "backend".to_owned(),
    }
}

fn routes(script: &str) -> Vec<Route> {
    decide(script, &everything("example.com"), None).unwrap_or_else(|unfit| panic!("{}: {script}", unfit.0))
}

#[test]
fn a_table_of_redirects_becomes_a_rule_for_each_row_and_one_for_the_rest() {
    let script = r#"
        const TABLE = { "/a": "https://new.example.com/a", "/b": "https://new.example.com/b?x=1" };
        export default { fetch(request) {
            const { pathname } = new URL(request.url);
            const to = TABLE[pathname];
            if (to) { return Response.redirect(to, 301); }
            return new Response("no such page", { status: 404 });
        } };"#;
    let routes = routes(script);
    assert_eq!(routes.len(), 3);
    assert_eq!(answer(&routes, "GET", "/a", &[]), "301 https://new.example.com/a");
    assert_eq!(answer(&routes, "GET", "/b", &[]), "301 https://new.example.com/b?x=1");
    assert_eq!(answer(&routes, "GET", "/c", &[]), "404 no such page");
}

#[test]
fn the_order_of_the_script_holds_where_a_gateway_would_try_otherwise() {
    // A gateway would take the exact path first, and the longer prefix before the shorter.
    let script = module(
        r#"if (url.pathname.startsWith("/a")) return new Response("wide");
           if (url.pathname === "/a/b") return new Response("never");
           if (url.pathname.startsWith("/a/b/c")) return new Response("never");
           if (request.method === "POST") return new Response("posted");
           if (url.pathname.endsWith(".php")) return new Response("php", { status: 410 });
           return new Response("rest");"#,
    );
    let routes = routes(&script);
    for (method, path, wanted) in [
        ("GET", "/a", "200 wide"),
        ("GET", "/a/b", "200 wide"),
        ("POST", "/a/b/c/d", "200 wide"),
        ("POST", "/x.php", "200 posted"),
        ("GET", "/x.php", "410 php"),
        ("GET", "/x", "200 rest"),
    ] {
        assert_eq!(answer(&routes, method, path, &[]), wanted, "{method} {path}");
    }
}

#[test]
fn conditions_on_methods_and_headers_are_kept() {
    let script = module(
        r#"if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 405 });
           const agent = request.headers.get("User-Agent");
           if (agent === "bot") return new Response("go away", { status: 403 });
           switch (url.pathname) {
             case "/": return Response.json({ ok: true });
             case "/old": case "/older": return Response.redirect("https://example.org/new", 308);
             default: return new Response("gone", { status: 410, headers: { "Cache-Control": "no-store" } });
           }"#,
    );
    let routes = routes(&script);
    assert_eq!(answer(&routes, "POST", "/", &[("user-agent", "bot")]), "405 ");
    assert_eq!(answer(&routes, "GET", "/", &[("user-agent", "bot")]), "403 go away");
    assert_eq!(answer(&routes, "GET", "/", &[]), "200 {\"ok\":true}");
    assert_eq!(answer(&routes, "GET", "/older", &[]), "308 https://example.org/new");
    assert_eq!(answer(&routes, "HEAD", "/x", &[]), "410 gone");
    let gone = taken(&routes, "GET", "example.com", "/x", &[]).unwrap();
    assert_eq!(gone.response_headers.get("cache-control").map(String::as_str), Some("no-store"));
    assert_eq!(gone.respond.as_ref().unwrap().content_type.as_deref(), Some("text/plain;charset=UTF-8"));
}

#[test]
fn a_redirect_of_the_host_keeps_path_and_query() {
    for (body, wanted) in [
        (
            r#"url.hostname = "www.example.com"; return Response.redirect(url.toString(), 301);"#,
            "301 same://www.example.com<path>",
        ),
        (
            r#"url.protocol = "https:"; url.hostname = "b.example.com"; return Response.redirect(url, 302);"#,
            "302 https://b.example.com<path>",
        ),
        (
            r#"return Response.redirect("https://b.example.com" + url.pathname + url.search, 301);"#,
            "301 https://b.example.com<path>",
        ),
        (
            r#"return Response.redirect(`https://b.example.com${url.pathname}${url.search}`, 301);"#,
            "301 https://b.example.com<path>",
        ),
        (
            r#"return Response.redirect("https://b.example.com/fixed" + url.search, 301);"#,
            "301 https://b.example.com/fixed",
        ),
    ] {
        assert_eq!(answer(&routes(&module(body)), "GET", "/x", &[]), wanted, "{body}");
    }
}

#[test]
fn a_service_worker_and_a_bundle_are_followed_as_well() {
    let listener = r#"
        addEventListener("fetch", event => { event.respondWith(handle(event.request)); });
        async function handle(request) { return new Response("hello"); }"#;
    assert_eq!(answer(&routes(listener), "GET", "/", &[]), "200 hello");
    let bundle = r#"
        var rows = [["/a", "https://example.org/a"]];
        var map = new Map(rows);
        function look(path) { return map.get(path); }
        var src_default = { async fetch(request) { const to = look(new URL(request.url).pathname);
            return to ? Response.redirect(to) : new Response(null, { status: 404 }); } };
        export { src_default as default };"#;
    assert_eq!(answer(&routes(bundle), "GET", "/a", &[]), "302 https://example.org/a");
    assert_eq!(answer(&routes(bundle), "GET", "/b", &[]), "404 ");
    let list = r#"
        const RULES = [{ from: "/x/", to: "https://x.example.org/" }, { from: "/x/y/", to: "https://y.example.org/" }];
        export default { fetch(request) {
            const path = new URL(request.url).pathname;
            for (const rule of RULES) { if (path.startsWith(rule.from)) return Response.redirect(rule.to, 301); }
            const found = RULES.find(rule => path === rule.from.toString());
            return new Response(found ? "found" : "nothing");
        } };"#;
    assert_eq!(answer(&routes(list), "GET", "/x/y/z", &[]), "301 https://x.example.org/");
    assert_eq!(answer(&routes(list), "GET", "/q", &[]), "200 nothing");
}

#[test]
fn what_is_not_exactly_the_same_is_no_route() {
    for (body, reason) in [
        (r#"return fetch(request);"#, "it fetches"),
        (r#"return new Response(url.pathname);"#, "a part of the request"),
        (r#"url.protocol = "https:"; return Response.redirect(url, 301);"#, "the address that was asked for"),
        (r#"if (url.searchParams.get("a") === "b") return new Response("x"); return new Response("y");"#, "query"),
        (r#"return Response.redirect("https://example.org" + url.pathname, 301);"#, "which a gateway keeps"),
        (r#"return Response.redirect("https://example.org", 301);"#, "not written as URLs are"),
        (r#"return Response.redirect("https://example.org/ä", 301);"#, "not written as URLs are"),
        (r#"if (request.cf.country === "DE") return new Response("x"); return new Response("y");"#, "request.cf"),
        (r#"if (url.protocol === "http:") return new Response("x"); return new Response("y");"#, "HTTPS"),
        (
            r#"if (request.headers.get("CF-IPCountry") === "DE") return new Response("x"); return new Response("y");"#,
            "Cloudflare writes",
        ),
        (r#"if (/^\/a/.test(url.pathname)) return new Response("x"); return new Response("y");"#, "no route can say"),
        (r#"if (env.FLAG) return new Response("x"); return new Response("y");"#, "not followed"),
        (r#"if (url.pathname === "/a") return new Response("x");"#, "answers nothing"),
        (
            r#"const r = Response.redirect("https://example.org/", 301); r.headers.set("x", "y"); return r;"#,
            "not followed",
        ),
        (r#"return new Response("x", { headers: { "Set-Cookie": "a=b" } });"#, "set-cookie"),
        (r#"return new Response("x", { headers: { Upgrade: "h2c" } });"#, "upgrade"),
        (r#"return new Response("x", { headers: { "X-A": "a  b" } });"#, "does not repeat"),
        (r#"return new Response(null, { status: 304 });"#, "no `location`"),
        (r#"return new Response("made", { status: 201 });"#, "no `location`"),
        (r#"return new Response("");"#, "leaves the type out"),
        (r#"return new Response(null, { headers: { "Content-Type": "text/html" } });"#, "leaves the type out"),
        (r#"try { return new Response("x"); } catch { return new Response("y"); }"#, "catches"),
        (r#"return new Response("x".repeat(3));"#, "repeat"),
        (r#"url.hostname = "b.example.com"; return Response.redirect(url, 307);"#, "307"),
        (r#"return new Response(Math.random());"#, "Math"),
    ] {
        let unfit = decide(&module(body), &everything("example.com"), None).unwrap_err();
        assert!(unfit.0.contains(reason), "{body}: {}", unfit.0);
    }
}

#[test]
fn a_host_of_several_and_a_part_of_a_host_have_rules_of_their_own() {
    let script = module(
        r#"if (url.hostname === "a.example.com") return new Response("a");
           if (url.hostname === "elsewhere.org") return new Response("never");
           return new Response("other");"#,
    );
    let patterns = vec![
        Pattern { host: "example.com".to_owned(), path: None },
        Pattern { host: "*.example.com".to_owned(), path: None },
    ];
    let routes = decide(&script, &patterns, None).unwrap();
    assert_eq!(routes.len(), 2);
    assert_eq!(routes[0].hosts, ["a.example.com"]);
    // The host of the first rule is there too: a gateway tries no other host's rules once one fits.
    assert_eq!(routes[1].hosts, ["*.example.com", "a.example.com", "example.com"]);

    let part = vec![Pattern { host: "example.com".to_owned(), path: Some(Test::Begins("/old/".to_owned())) }];
    let script = module(r#"if (url.pathname === "/old/a") return new Response("a"); return new Response("rest");"#);
    let routes = decide(&script, &part, None).unwrap();
    assert_eq!(answer(&routes, "GET", "/old/a", &[]), "200 a");
    assert_eq!(answer(&routes, "GET", "/old/b", &[]), "200 rest");
    assert_eq!(answer(&routes, "GET", "/new", &[]), "none");
}

#[test]
fn two_thousand_rows_are_two_thousand_rules() {
    let rows: String = (0..2000).map(|n| format!("\"/p/{n}\": \"https://example.org/{n}\",")).collect();
    let script = format!(
        "const T = {{ {rows} }}; export default {{ fetch(r) {{ const t = T[new URL(r.url).pathname]; \
         return t ? Response.redirect(t, 301) : new Response(null, {{ status: 404 }}); }} }};"
    );
    let routes = routes(&script);
    assert_eq!(routes.len(), 2001);
    assert_eq!(answer(&routes, "GET", "/p/1999", &[]), "301 https://example.org/1999");
    assert_eq!(answer(&routes, "GET", "/p/2000", &[]), "404 ");
}

#[test]
fn a_redirect_to_a_host_alone_is_written_by_the_day_of_the_script() {
    let script = module("return Response.redirect('https://example.org', 301);");
    let location = |writes_urls| {
        let routes = decide(&script, &everything("example.com"), writes_urls).ok()?;
        Some(answer(&routes, "GET", "/", &[]))
    };
    assert_eq!(location(Some(true)).as_deref(), Some("301 https://example.org/"));
    assert_eq!(location(Some(false)).as_deref(), Some("301 https://example.org"));
    assert_eq!(location(None), None);
    let odd = module("return Response.redirect('https://Example.org', 301);");
    assert!(decide(&odd, &everything("example.com"), Some(true)).is_err());
}
