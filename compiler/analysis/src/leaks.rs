//! The shapes by which a secret is known that stands in plain text.

/// What a text is by its shape, if it is a secret that a service hands out.
pub fn shape_of_secret(text: &str) -> Option<&'static str> {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let run =
        |text: &str, most: &dyn Fn(char) -> bool| text.chars().take_while(|c| most(*c)).count();
    let after = |prefix: &str| {
        text.match_indices(prefix)
            .filter(|(at, _)| !text.get(..*at).is_some_and(|before| before.ends_with(word)))
            .filter_map(|(at, _)| text.get(at + prefix.len()..))
            .collect::<Vec<_>>()
    };
    let token = |prefix: &str, least: usize| {
        after(prefix).into_iter().any(|rest| run(rest, &word) >= least)
    };
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if ["AKIA", "ASIA"]
        .iter()
        .any(|prefix| after(prefix).into_iter().any(|r| run(r, &capital) == 16))
    {
        return Some("an access key of AWS");
    }
    if ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].iter().any(|prefix| token(prefix, 36))
        || token("github_pat_", 22)
    {
        return Some("a token of GitHub");
    }
    if token("glpat-", 20) {
        return Some("a token of GitLab");
    }
    if ["xoxb-", "xoxp-", "xoxa-", "xoxs-", "xoxr-"].iter().any(|prefix| token(prefix, 20)) {
        return Some("a token of Slack");
    }
    if ["sk_live_", "rk_live_"].iter().any(|prefix| token(prefix, 16)) {
        return Some("a key of Stripe");
    }
    if after("AIza").into_iter().any(|rest| run(rest, &word) == 35) {
        return Some("an API key of Google");
    }
    if after("eyJ").into_iter().any(is_rest_of_jwt) {
        return Some("a JSON Web Token");
    }
    has_password(text).then_some("a URL with a password in it")
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
