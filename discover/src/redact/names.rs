//! What a name says about its value: variables, labels, options, flags, headers, JSON fields.

/// How suspicious a name makes its value.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Suspicion {
    /// Nothing: the value's own shape decides.
    None,
    /// Some: the value must be plainer than others. `CACHE_KEY`, `SESSION`.
    Some,
    /// The value is a secret unless it is a switch, a small number, a path, an ARN or a placeholder. `DB_PASSWORD`.
    Strong,
}

/// A word that means a secret wherever it stands in the name.
#[rustfmt::skip]
const SECRET: &[&str] = &[
    "accesskey", "apikey", "auth", "authkey", "authorization", "authtoken", "bearer", "cookie", "cookies", "cred", "credential",
    "credentials", "creds", "hmac", "jwt", "keypass", "lic", "licence", "license", "masterauth", "otp", "passcode", "passphrase", "passwd",
    "password", "passwords", "pepper", "private", "privatekey", "psk", "pwd", "requirepass", "salt", "secret", "secretkey",
    "secrets", "storepass", "sig", "signature", "token", "tokens", "webhook", "webhooks",
];

/// The same for names written in one piece: `dbpassword`, `sharedaccesskey`.
#[rustfmt::skip]
const SECRET_ENDINGS: &[&str] = &[
    "accesskey", "accountkey", "apikey", "credential", "credentials", "passphrase", "passwd", "password",
    "privatekey", "pwd", "secret", "secretkey", "token",
];

/// Words before `key` that make it a secret.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "access", "account", "activation", "api", "app", "application", "auth", "cipher", "client", "crypt", "crypto", "encrypt",
    "encryption", "enrollment", "enrolment", "fernet", "jwt", "license", "licence", "master", "private", "registration", "secret", "server", "session", "shared",
    "sign", "signing", "ssh", "tls", "ssl",
];

/// Last words that speak of the secret without being it: `TOKEN_URL`, `PASSWORD_MIN_LENGTH`, `AUTH_TYPE`.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "age", "algo", "algorithm", "alg", "arn", "audience", "backend", "class", "count", "dir", "directory", "disabled",
    "domain", "domains", "driver", "duration", "enable", "enabled", "endpoint", "endpoints", "expiration", "expire",
    "expires", "expiry", "file", "folder", "format", "group", "header", "hours", "httponly", "interval", "ip", "issuer",
    "length", "level", "lifetime", "limit", "method", "minutes", "mode", "name", "namespace", "network", "path", "policy",
    "port", "prefix", "provider", "realm", "region", "required", "role", "rotation", "samesite", "scope", "scopes",
    "seconds", "secure", "server", "service", "size", "strategy", "subnet", "subnets", "table", "timeout", "ttl", "type",
    "uri", "uris", "url", "urls", "user", "username", "version", "zone", "host", "hosts", "hostname",
];

/// What the name says about its value.
pub(super) fn suspicion(name: &str) -> Suspicion {
    let words = words(name);
    let Some(last) = words.last().map(String::as_str) else {
        return Suspicion::None;
    };
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).map_or("", String::as_str);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let names_a_secret = words.iter().any(|word| is_secret_word(word));
    let before_key = |word: &str| KEYS.contains(&word);
    let has_key = words.windows(2).any(|two| matches!(two[1].as_str(), "key" | "keys") && before_key(&two[0]));
    let has_pass = words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1).map_or("", String::as_str);
        matches!(word.as_str(), "pass" | "pw") && !matches!(next, "through" | "thru" | "rate" | "count")
    });
    match () {
        // A webhook's URL is its secret.
        () if has("webhook") || has("webhooks") => Suspicion::Strong,
        // Vault's `secret_id` is a secret, a client's id is none.
        () if last == "id" && (before == "secret" || before == "key") => Suspicion::Strong,
        () if last == "id" || ABOUT.contains(&last) => Suspicion::None,
        () if is_connection(&words) => Suspicion::Some,
        () if names_a_secret || has_key || has_pass || last == "pin" => Suspicion::Strong,
        () if matches!(last, "key" | "keys" | "session" | "cert" | "pem" | "seed" | "nonce" | "code") => {
            Suspicion::Some
        }
        () => Suspicion::None,
    }
}

/// Whether the name says that its value is an identifier, so that a UUID there is no secret.
pub(super) fn is_identifier(name: &str) -> bool {
    suspicion(name) != Suspicion::Strong
        && words(name).last().is_some_and(|last| matches!(last.as_str(), "id" | "ids" | "uuid" | "guid" | "tenant"))
}

/// Whether the name speaks of somebody who logs in, so that `it:word` is a login: `OAUTH_CLIENT`, `ADMIN_USER`.
pub(super) fn is_login(name: &str) -> bool {
    let words = words(name);
    let is_one = |word: &String| {
        matches!(
            word.as_str(),
            "account"
                | "basic"
                | "client"
                | "clients"
                | "consumer"
                | "login"
                | "logins"
                | "oauth"
                | "oidc"
                | "user"
                | "userpass"
                | "users"
        )
    };
    words.last().is_some_and(is_one)
}

/// Whether the name speaks of a commit or a build.
pub(super) fn is_commit(name: &str) -> bool {
    words(name).iter().any(|word| {
        matches!(word.as_str(), "sha" | "commit" | "revision" | "rev" | "build" | "release" | "version" | "tag")
    })
}

fn is_secret_word(word: &str) -> bool {
    SECRET.contains(&word)
        || word.contains("password")
        || word.contains("passwd")
        || SECRET_ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
}

/// `SENTRY_DSN`, `CONNECTION_STRING`, `ConnectionStrings__Default`: what is inside decides what stays.
fn is_connection(words: &[String]) -> bool {
    words.iter().any(|word| word == "dsn")
        || words.windows(2).any(|two| two[0].starts_with("conn") && two[1].starts_with("str"))
        || words.iter().any(|word| word.starts_with("connectionstring"))
}

/// The name's words in lower case: split at signs, at digits and where a capital begins.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let follows_lower = at > 0 && letters[at - 1].is_lowercase();
        let begins_word =
            at > 0 && letters[at - 1].is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if !letter.is_alphabetic() || (letter.is_uppercase() && (follows_lower || begins_word)) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if letter.is_alphabetic() {
            word.extend(letter.to_lowercase());
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_suspicious() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "MYSQL_PWD",
            "API_KEY",
            "apiKey",
            "apikey",
            "X-Api-Key",
            "STRIPE_SECRET_KEY",
            "SECRET_KEY_BASE",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "BASIC_AUTH",
            "Authorization",
            "JWT_SIGNING_KEY",
            "SLACK_WEBHOOK_URL",
            "COOKIE_SECRET",
            "LICENSE",
            "API_KEY_OLD",
            "DB_PASS_PROD",
            "PASSWORD2",
            "API_KEY_V2",
            "mypassword1",
            "VAULT_SECRET_ID",
            "HASH_SALT",
            "private_key",
            "REDIS_PASS",
            "requirepass_pw",
            "GITHUB_TOKEN",
            "javax.net.ssl.trustStorePassword",
            "SharedAccessKey",
            "activation-key",
            "registration_key",
            "authkey",
            "X-Amz-Signature",
            "authToken",
        ] {
            assert_eq!(suspicion(name), Suspicion::Strong, "{name}");
        }
    }

    #[test]
    fn names_around_secrets_are_not() {
        for name in [
            "TOKEN_URL",
            "PASSWORD_MIN_LENGTH",
            "AUTH_TYPE",
            "COOKIE_DOMAIN",
            "JWT_ISSUER",
            "SECRET_NAME",
            "DB_SECRET_ARN",
            "OAUTH_CLIENT_ID",
            "PRIVATE_SUBNETS",
            "LOG_LEVEL",
            "BYPASS",
            "KEYCLOAK_REALM",
            "MONKEY",
            "PASSTHROUGH",
            "AUTHOR",
            "TOKEN_TTL",
            "SESSION_TIMEOUT",
            "PARTITION",
            "COMPASS_HOST",
        ] {
            assert_eq!(suspicion(name), Suspicion::None, "{name}");
        }
    }
}
