//! The shapes by which a secret is known that stands in plain text.

/// What the secrets of a kind begin with, and what follows that.
struct Kind {
    begins: &'static str,
    follows: fn(&str) -> bool,
    what: &'static str,
}

const KINDS: &[Kind] = &[
    Kind { begins: "-----BEGIN ", follows: is_rest_of_key, what: "a private key" },
    Kind { begins: "AKIA", follows: is_rest_of_aws, what: "an access key of AWS" },
    Kind { begins: "ASIA", follows: is_rest_of_aws, what: "an access key of AWS" },
    Kind { begins: "ghp_", follows: |rest| word(rest) >= 36, what: "a token of GitHub" },
    Kind { begins: "gho_", follows: |rest| word(rest) >= 36, what: "a token of GitHub" },
    Kind { begins: "ghu_", follows: |rest| word(rest) >= 36, what: "a token of GitHub" },
    Kind { begins: "ghs_", follows: |rest| word(rest) >= 36, what: "a token of GitHub" },
    Kind { begins: "ghr_", follows: |rest| word(rest) >= 36, what: "a token of GitHub" },
    Kind { begins: "github_pat_", follows: |rest| word(rest) >= 22, what: "a token of GitHub" },
    Kind { begins: "glpat-", follows: |rest| word(rest) >= 20, what: "a token of GitLab" },
    Kind { begins: "xoxb-", follows: |rest| word(rest) >= 20, what: "a token of Slack" },
    Kind { begins: "xoxp-", follows: |rest| word(rest) >= 20, what: "a token of Slack" },
    Kind { begins: "xoxa-", follows: |rest| word(rest) >= 20, what: "a token of Slack" },
    Kind { begins: "xoxs-", follows: |rest| word(rest) >= 20, what: "a token of Slack" },
    Kind { begins: "xoxr-", follows: |rest| word(rest) >= 20, what: "a token of Slack" },
    Kind { begins: "sk_live_", follows: |rest| word(rest) >= 16, what: "a key of Stripe" },
    Kind { begins: "rk_live_", follows: |rest| word(rest) >= 16, what: "a key of Stripe" },
    Kind { begins: "AIza", follows: |rest| word(rest) == 35, what: "an API key of Google" },
    Kind { begins: "eyJ", follows: is_rest_of_jwt, what: "a JSON Web Token" },
];

/// The shortest of them has so many characters.
const SHORTEST: usize = 20;

/// What a text is by its shape, if it is a secret that a service hands out. Every text of an object is asked, so one
/// that cannot be any is passed over quickly.
pub fn shape_of_secret(text: &str) -> Option<&'static str> {
    if text.len() >= SHORTEST {
        let mut before = b' ';
        for (at, byte) in text.bytes().enumerate() {
            // A secret begins where no word goes on.
            let begins = matches!(byte, b'-' | b'A' | b'e' | b'g' | b'r' | b's' | b'x')
                && (!is_word(before) || byte == b'-' && before != b'-');
            before = byte;
            let Some(rest) = begins.then(|| text.get(at..)).flatten() else { continue };
            let found = KINDS.iter().find(|kind| {
                kind.begins.as_bytes().first() == Some(&byte)
                    && rest.strip_prefix(kind.begins).is_some_and(|rest| (kind.follows)(rest))
            });
            if let Some(found) = found {
                return Some(found.what);
            }
        }
    }
    (text.bytes().any(|byte| byte == b'@') && has_password(text))
        .then_some("a URL with a password in it")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Characters of a word at the start of a text.
fn word(text: &str) -> usize {
    text.bytes().take_while(|byte| is_word(*byte)).count()
}

fn is_rest_of_aws(rest: &str) -> bool {
    rest.bytes().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count() == 16
}

fn is_rest_of_key(rest: &str) -> bool {
    rest.contains("PRIVATE KEY-----")
}

/// Whether what follows `eyJ` goes on as header, claims and signature, each long enough to be one.
fn is_rest_of_jwt(rest: &str) -> bool {
    let base64 = |part: &str| {
        part.len() >= 8 && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
    let token = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    matches!(parts.as_slice(), [head, claims, signature]
        if base64(head) && claims.starts_with("eyJ") && base64(claims) && base64(signature))
}

/// `scheme://user:password@host`, where the password is written out.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, sign)| {
        let rest = text.get(at + sign.len()..).unwrap_or_default();
        let end = rest.find(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace());
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let scheme = text
            .get(..at)
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let user = authority.rsplit_once('@').and_then(|(user, host)| {
            let (_, password) = user.split_once(':')?;
            (!host.is_empty()).then_some(password)
        });
        // `$(PASSWORD)`, `{{ … }}` and the like are filled in by others.
        scheme
            && user.is_some_and(|password| {
                !password.is_empty() && !password.contains(['$', '{', '<', '%'])
            })
    })
}
