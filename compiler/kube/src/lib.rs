//! What Kubernetes knows: API types by version, manifests, rules, YAML.
