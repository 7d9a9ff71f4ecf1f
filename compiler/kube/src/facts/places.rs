//! The ways from an object to what its facts speak of.

use super::pods::{ConfigAt, ConfigUse, ContainerAt, VolumeUse, Workload};
use crate::tree::Step;

impl Workload {
    /// A path from the object to something in the pod's `spec`.
    pub fn path(&self, rest: &[Step]) -> Vec<Step> {
        let to_spec = self.template.iter().chain(&["spec"]).map(|key| Step::Key((*key).to_owned()));
        to_spec.chain(rest.iter().cloned()).collect()
    }

    /// A path from the object to something in the pod.
    pub fn path_in_pod(&self, rest: &[Step]) -> Vec<Step> {
        let to_pod = self.template.iter().map(|key| Step::Key((*key).to_owned()));
        to_pod.chain(rest.iter().cloned()).collect()
    }

    /// The path to the labels of the pods.
    pub fn labels_path(&self) -> Vec<Step> {
        let keys = self.template.iter().chain(&["metadata", "labels"]);
        keys.map(|key| Step::Key((*key).to_owned())).collect()
    }

    /// The path to the name of a ConfigMap or Secret that is read, or to the key of it.
    pub fn config_part(&self, config: &ConfigUse, is_key: bool) -> Vec<Step> {
        let key = |key: &str| Step::Key(key.to_owned());
        let is_secret = config.kind == "Secret";
        let source = if is_secret { "secret" } else { "configMap" };
        let part = match (config.at, is_key) {
            (ConfigAt::Env(..), true) => {
                vec![key("valueFrom"), key(&format!("{source}KeyRef")), key("key")]
            }
            (ConfigAt::Env(..), false) => {
                vec![key("valueFrom"), key(&format!("{source}KeyRef")), key("name")]
            }
            (ConfigAt::EnvFrom(..), _) => vec![key(&format!("{source}Ref")), key("name")],
            (_, true) => vec![key(source), key("items"), Step::Index(config.item), key("key")],
            (ConfigAt::Volume(_), false) if is_secret => vec![key(source), key("secretName")],
            (_, false) => vec![key(source), key("name")],
        };
        [self.config_path(config.at), part].concat()
    }

    /// The path to where a ConfigMap or Secret is named.
    pub fn config_path(&self, at: ConfigAt) -> Vec<Step> {
        let key = |key: &str| Step::Key(key.to_owned());
        let (list, entry) = match at {
            ConfigAt::EnvFrom(container, entry) => {
                ([&container.steps()[..], &[key("envFrom")]].concat(), entry)
            }
            ConfigAt::Env(container, entry) => {
                ([&container.steps()[..], &[key("env")]].concat(), entry)
            }
            ConfigAt::Volume(volume) => (vec![key("volumes")], volume),
            ConfigAt::Projected(volume, source) => (
                vec![key("volumes"), Step::Index(volume), key("projected"), key("sources")],
                source,
            ),
        };
        self.path(&[&list[..], &[Step::Index(entry)]].concat())
    }
}

impl VolumeUse {
    /// The path from the pod's `spec` to the mount or device.
    pub fn steps(self) -> Vec<Step> {
        let list = if self.device { "volumeDevices" } else { "volumeMounts" };
        let list = [Step::Key(list.to_owned()), Step::Index(self.index)];
        [&self.at.steps()[..], &list].concat()
    }
}

impl ContainerAt {
    /// The path from the pod's `spec` to the container.
    pub fn steps(self) -> [Step; 2] {
        let list = if self.init { "initContainers" } else { "containers" };
        [Step::Key(list.to_owned()), Step::Index(self.index)]
    }
}
