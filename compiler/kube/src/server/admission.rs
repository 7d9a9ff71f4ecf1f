//! Webhooks and policies of admission.

use super::judge::{At, Judge};
use super::{schema, selector};
use crate::crd::{Wanted, misfit_expression};
use crate::names;

pub(super) fn webhooks(j: &mut Judge, at: &At<'_, '_>) {
    let mutating = at.get("kind").str() == "MutatingWebhookConfiguration";
    let hooks = at.get("webhooks");
    let doubles = hooks.repeats(|one| one.get("name").str());
    for (number, hook) in hooks.items().enumerate() {
        let name = hook.get("name");
        fully_qualified(j, &name);
        if !name.str().is_empty() && doubles.contains(&number) {
            j.duplicate(&name, format!("two webhooks are named `{}`", name.str()));
        }
        for rule in hook.get("rules").items() {
            self::rule(j, &rule);
        }
        j.one_of_given(&hook.get("failurePolicy"), &["Fail", "Ignore"]);
        j.one_of_given(&hook.get("matchPolicy"), &["Equivalent", "Exact"]);
        let effects = hook.get("sideEffects");
        match effects.str() {
            "None" | "NoneOnDryRun" => {}
            "" => j.required(&effects, "`sideEffects` must be given: None, NoneOnDryRun"),
            other => j.unsupported(&effects, other, &["None", "NoneOnDryRun"]),
        }
        j.within(&hook.get("timeoutSeconds"), 1, 30);
        selector::selector(j, &hook.get("namespaceSelector"));
        selector::selector(j, &hook.get("objectSelector"));
        client(j, &hook.get("clientConfig"));
        review_versions(j, &hook.get("admissionReviewVersions"));
        if mutating {
            j.one_of_given(&hook.get("reinvocationPolicy"), &["Never", "IfNeeded"]);
        }
        match_conditions(j, &hook.get("matchConditions"), None);
    }
}

fn fully_qualified(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.str();
    if name.is_empty() {
        j.required(at, "a webhook needs a name");
    } else if let Err(why) = names::dns_subdomain(name) {
        j.invalid(at, "K-name", format!("webhook name `{name}` {why}"));
    } else if name.split('.').count() < 3 {
        j.invalid(
            at,
            "K-name",
            format!(
                "webhook name `{name}` must have at least three parts, as hook.example.com has"
            ),
        );
    }
}

fn rule(j: &mut Judge, at: &At<'_, '_>) {
    let operations = at.get("operations");
    list_with_star(j, &operations, "operations");
    for operation in operations.items() {
        j.one_of(&operation, &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]);
    }
    list_with_star(j, &at.get("apiGroups"), "apiGroups");
    let versions = at.get("apiVersions");
    list_with_star(j, &versions, "apiVersions");
    for version in versions.items() {
        if version.str().is_empty() {
            j.required(&version, "a version must not be empty");
        }
    }
    let resources = at.get("resources");
    if !resources.is_filled() {
        j.required(&resources, "`resources` must have at least one resource");
    }
    for resource in resources.items() {
        if resource.str().is_empty() {
            j.required(&resource, "a resource must not be empty");
        }
    }
    let all = resources.items().any(|resource| resource.str() == "*/*");
    if all && resources.count() > 1 {
        j.invalid(&resources, "K-one-of", "`*/*` stands for all resources, and must stand alone");
    }
    j.one_of_given(&at.get("scope"), &["*", "Cluster", "Namespaced"]);
}

fn list_with_star(j: &mut Judge, at: &At<'_, '_>, what: &str) {
    if !at.is_filled() {
        j.required(at, format!("`{what}` must have at least one entry"));
    } else if at.count() > 1 && at.items().any(|entry| entry.str() == "*") {
        j.invalid(at, "K-one-of", format!("`*` stands for all `{what}`, and must stand alone"));
    }
}

fn review_versions(j: &mut Judge, at: &At<'_, '_>) {
    if !at.is_filled() {
        j.required(at, "`admissionReviewVersions` must have at least one version: v1");
        return;
    }
    let doubles = at.repeats(|one| one.str());
    for (number, version) in at.items().enumerate() {
        if let Err(why) = names::dns_1035_label(version.str()) {
            j.invalid(&version, "K-name", format!("version `{}` {why}", version.str()));
        } else if doubles.contains(&number) {
            j.invalid(
                &version,
                "K-duplicate",
                format!("the version `{}` is there twice", version.str()),
            );
        }
    }
    if !at.items().any(|version| matches!(version.str(), "v1" | "v1beta1")) {
        j.invalid(
            at,
            "K-enum",
            "`admissionReviewVersions` must have one that servers send: v1, v1beta1",
        );
    }
}

/// Where a webhook is: a URL, or a Service of the cluster.
pub(super) fn client(j: &mut Judge, at: &At<'_, '_>) {
    let (url, service) = (at.get("url"), at.get("service"));
    match (url.is_set(), service.is_set()) {
        (false, false) => j.required(at, "a webhook needs a `url` or a `service`"),
        (true, true) => j.required(at, "a webhook takes exactly one of `url` and `service`"),
        (true, false) => self::url(j, &url),
        (false, true) => {
            for field in ["name", "namespace"] {
                j.needed(&service.get(field), &format!("the {field} of the Service"));
            }
            j.within(&service.get("port"), 1, 65535);
            let path = service.get("path");
            if !path.str().is_empty() {
                service_path(j, &path);
            }
        }
    }
}

fn url(j: &mut Judge, at: &At<'_, '_>) {
    let text = at.str();
    let message = match text.split_once("://") {
        Some(("https", rest)) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            if host.is_empty() {
                "must have a host"
            } else if host.contains('@') {
                "must not have a user"
            } else if rest.contains('#') {
                "must not have a fragment"
            } else if rest.contains('?') {
                "must not have a query"
            } else {
                return;
            }
        }
        _ => "must begin with https://",
    };
    j.invalid(at, "K-url", format!("`{text}` {message}"));
}

fn service_path(j: &mut Judge, at: &At<'_, '_>) {
    let text = at.str();
    let Some(rest) = text.strip_prefix('/') else {
        j.invalid(at, "K-path", format!("path `{text}` must begin with `/`"));
        return;
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.is_empty() {
        return;
    }
    for part in rest.split('/') {
        if part.is_empty() {
            j.invalid(at, "K-path", format!("path `{text}` must not have an empty part"));
            return;
        }
        if let Err(why) = names::dns_subdomain(part) {
            j.invalid(at, "K-path", format!("part `{part}` of the path {why}"));
        }
    }
}

/// What an expression of a policy or a webhook may speak of (`OptionalVariableDeclarations` of the API server).
#[derive(Clone, Copy)]
pub(super) struct About {
    /// Whether the policy has a kind of parameters; webhooks have none.
    params: Option<bool>,
    authorizer: bool,
    /// Whether it says what is to be changed, for which there are types.
    patches: bool,
}

impl About {
    fn names(self) -> Vec<&'static str> {
        let mut names = vec!["object", "oldObject", "request", "namespaceObject"];
        names.extend((self.params == Some(true)).then_some("params"));
        names.extend(self.authorizer.then_some("authorizer"));
        names.extend(self.patches.then_some(["Object", "JSONPatch"]).into_iter().flatten());
        names
    }

    pub(super) fn with_patches(self) -> Self {
        Self { patches: true, ..self }
    }

    /// Judges an expression; `of` are the variables of its policy, with what gives them.
    pub(super) fn judge(
        self,
        j: &mut Judge,
        at: &At<'_, '_>,
        of: Option<&[(&str, &str)]>,
        wanted: Wanted,
    ) {
        let with = Self { params: Some(true), ..self };
        if self.params == Some(false)
            && at.str().contains("params")
            && misfit_expression(at.str(), &self.names(), of, wanted).is_some()
            && misfit_expression(at.str(), &with.names(), of, wanted).is_none()
        {
            let message = format!(
                "`{}` does not fit: it speaks of `params`, and the policy has no `paramKind`",
                at.field()
            );
            return j.invalid(at, "K-schema", message);
        }
        schema::expression(j, at, &self.names(), of, wanted);
    }
}

fn match_conditions(j: &mut Judge, at: &At<'_, '_>, params: Option<bool>) {
    let about = About { params, authorizer: true, patches: false };
    if at.count() > 64 {
        j.too_many(at, 64);
    }
    let doubles = at.repeats(|one| one.get("name").str());
    for (number, condition) in at.items().enumerate() {
        let (name, expression) = (condition.get("name"), condition.get("expression"));
        j.named(&name, "K-label", "the name of a condition", names::qualified_name);
        if !name.str().is_empty() && doubles.contains(&number) {
            j.duplicate(&name, format!("two conditions are named `{}`", name.str()));
        }
        if expression.str().trim().is_empty() {
            j.required(&expression, "a condition needs an `expression`");
        } else {
            about.judge(j, &expression, None, Wanted::Bool);
        }
    }
}

/// Audit annotations of one policy (`maxAuditAnnotations` of `pkg/apis/admissionregistration/validation`).
const AUDITS: usize = 20;

pub(super) fn policy(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let about = subject(j, &spec);
    let known = variables_of(&spec);
    let of = Some(known.as_slice()).filter(|known| !known.is_empty());
    let (validations, audits) = (spec.get("validations"), spec.get("auditAnnotations"));
    if !validations.is_filled() && !audits.is_filled() {
        for place in [&validations, &audits] {
            j.required(place, "a policy needs `validations` or `auditAnnotations`");
        }
    }
    for validation in validations.items() {
        let expression = validation.get("expression");
        if expression.str().trim().is_empty() {
            j.required(&expression, "a validation needs an `expression`");
        }
        about.judge(j, &expression, of, Wanted::Bool);
        let plain = About { authorizer: false, ..about };
        plain.judge(j, &validation.get("messageExpression"), of, Wanted::Text);
        let message = validation.get("message");
        if message.str().contains('\n') {
            j.invalid(&message, "K-message", "`message` must not have line breaks");
        }
        j.one_of_given(
            &validation.get("reason"),
            &["Forbidden", "Invalid", "RequestEntityTooLarge"],
        );
    }
    if audits.count() > AUDITS {
        j.too_many(&audits, AUDITS);
    }
    let doubles = audits.repeats(|one| one.get("key").str());
    for (number, audit) in audits.items().enumerate() {
        let (key, value) = (audit.get("key"), audit.get("valueExpression"));
        audit_key(j, at, &key);
        if !key.str().is_empty() && doubles.contains(&number) {
            j.duplicate(&key, format!("two audit annotations have the key `{}`", key.str()));
        }
        j.needed(&value, "`valueExpression`");
        about.judge(j, &value, of, Wanted::TextOrNull);
    }
    variables(j, &spec, about);
}

/// What a policy is about: its parameters, the requests that it is for, and its conditions.
pub(super) fn subject(j: &mut Judge, spec: &At<'_, '_>) -> About {
    j.one_of_given(&spec.get("failurePolicy"), &["Fail", "Ignore"]);
    let kind = spec.get("paramKind");
    if kind.is_set() {
        for field in ["apiVersion", "kind"] {
            j.needed(&kind.get(field), &format!("`{field}` of the parameters"));
        }
        let version = kind.get("apiVersion");
        let (group, plain) = version.str().rsplit_once('/').unwrap_or(("", version.str()));
        let of_group = group.is_empty() || names::dns_subdomain(group).is_ok();
        if !version.str().is_empty() && (!of_group || names::dns_1035_label(plain).is_err()) {
            let message = format!("`{}` must be a group and a version", version.str());
            j.invalid(&version, "K-format", message);
        }
        let lower = |text: &str| names::dns_1035_label(&text.to_ascii_lowercase());
        j.well_formed(&kind.get("kind"), "K-name", "kind", lower);
    }
    let constraints = spec.get("matchConstraints");
    if constraints.is_set() {
        match_resources(j, &constraints);
        let rules = constraints.get("resourceRules");
        if !rules.is_filled() {
            j.required(&rules, "`resourceRules` must have at least one rule");
        }
    } else {
        j.required(&constraints, "a policy needs `matchConstraints`");
    }
    let about = About { params: Some(kind.is_set()), authorizer: true, patches: false };
    match_conditions(j, &spec.get("matchConditions"), about.params);
    about
}

/// A server puts the name of the policy before the key.
fn audit_key(j: &mut Judge, policy: &At<'_, '_>, key: &At<'_, '_>) {
    let metadata = policy.get("metadata");
    let name = metadata.get("name");
    let whole = format!("{}/{}", name.str(), key.str());
    if key.str().is_empty() {
        j.needed(key, "the key of an audit annotation");
    } else if !name.str().is_empty()
        && let Err(why) = names::qualified_name(&whole)
    {
        let message = format!("key of an audit annotation becomes `{whole}`, which {why}");
        j.invalid(key, "K-label", message);
    }
}

/// The variables of a policy, with what gives them.
pub(super) fn variables_of<'t>(spec: &At<'t, '_>) -> Vec<(&'t str, &'t str)> {
    let variables = spec.get("variables");
    variables.items().map(|one| (one.get("name").str(), one.get("expression").str())).collect()
}

pub(super) fn variables(j: &mut Judge, spec: &At<'_, '_>, about: About) {
    let variables = spec.get("variables");
    let known = variables_of(spec);
    let doubles = variables.repeats(|one| one.get("name").str());
    for (number, variable) in variables.items().enumerate() {
        let name = variable.get("name");
        j.needed(&name, "the name of a variable");
        j.needed(&variable.get("expression"), "the expression of a variable");
        about.judge(j, &variable.get("expression"), known.get(..number), Wanted::Anything);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let first = name.str().chars().next();
        if first.is_some_and(|c| c.is_ascii_digit()) || !name.str().chars().all(plain) {
            let message = format!("`{}` is no name that an expression can use", name.str());
            j.invalid(&name, "K-name", message);
        }
        if !name.str().is_empty() && doubles.contains(&number) {
            j.duplicate(&name, format!("two variables are named `{}`", name.str()));
        }
    }
}

fn match_resources(j: &mut Judge, at: &At<'_, '_>) {
    selector::selector(j, &at.get("namespaceSelector"));
    selector::selector(j, &at.get("objectSelector"));
    j.one_of_given(&at.get("matchPolicy"), &["Equivalent", "Exact"]);
    for list in ["resourceRules", "excludeResourceRules"] {
        for rule in at.get(list).items() {
            self::rule(j, &rule);
            let names = rule.get("resourceNames");
            let doubles = names.repeats(|name| name.str());
            for (number, name) in names.items().enumerate() {
                j.well_formed(&name, "K-name", "resource name", names::path_segment);
                if doubles.contains(&number) {
                    j.duplicate(&name, format!("`{}` is named twice", name.str()));
                }
            }
        }
    }
}

pub(super) fn binding(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    bound(j, &spec);
    let actions = spec.get("validationActions");
    if !actions.is_filled() {
        j.required(&actions, "a binding needs `validationActions`: Deny, Warn, Audit");
    }
    let doubles = actions.repeats(|one| one.str());
    for (number, action) in actions.items().enumerate() {
        if !matches!(action.str(), "Deny" | "Warn" | "Audit") {
            j.unsupported(&action, action.str(), &["Audit", "Deny", "Warn"]);
        } else if doubles.contains(&number) {
            j.duplicate(&action, format!("`{}` is there twice", action.str()));
        }
    }
    let has = |name| actions.items().any(|action| action.str() == name);
    if has("Deny") && has("Warn") {
        j.invalid(
            &actions,
            "K-one-of",
            "Deny and Warn cannot be combined: what is denied needs no warning",
        );
    }
}

/// What a binding binds: a policy, with parameters, to requests.
pub(super) fn bound(j: &mut Judge, spec: &At<'_, '_>) {
    j.named(&spec.get("policyName"), "K-name", "the name of a policy", names::dns_subdomain);
    let parameters = spec.get("paramRef");
    if parameters.is_set() {
        let (name, choice) = (parameters.get("name"), parameters.get("selector"));
        j.well_formed(&name, "K-name", "the name of the parameters", names::path_segment);
        match (!name.str().is_empty(), choice.is_set()) {
            (true, true) => {
                j.forbidden(&name, "K-one-of", "parameters have either a `name` or a `selector`")
            }
            (false, false) => j.required(&parameters, "parameters need a `name` or a `selector`"),
            _ => {}
        }
        let action = parameters.get("parameterNotFoundAction");
        match action.str() {
            "" => j.required(&action, "`parameterNotFoundAction` must be given: Allow, Deny"),
            "Allow" | "Deny" => {}
            other => j.unsupported(&action, other, &["Allow", "Deny"]),
        }
        selector::selector(j, &choice);
    }
    let resources = spec.get("matchResources");
    if resources.is_set() {
        match_resources(j, &resources);
    }
}
