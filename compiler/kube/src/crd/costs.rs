//! What the rules of a definition cost at most, each as often as it is asked in one request.

use super::cel::{ALL, RULE, cost, program, repeats};
use super::schema::{Rule, Schema, Type};
use crate::tree::{Ref, Step};

/// A rule that costs more than a server allows, or all of them.
pub(crate) struct Costly {
    /// From the root of the schema; empty for all rules together.
    pub path: Vec<Step>,
    /// How many times more it costs.
    pub times: u64,
}

/// Deeper schemas are passed over, as elsewhere.
const DEPTH: usize = 128;

/// The rules of a schema that cost too much. All of them together are told only where no single one does.
pub(crate) fn costly(root: Ref<'_>) -> Vec<Costly> {
    let schema = Schema::of(root);
    let mut costs = Costs { path: Vec::new(), found: Vec::new(), all: 0 };
    costs.node(&schema, true, Some(1));
    if costs.found.is_empty() && costs.all > ALL {
        costs.found.push(Costly { path: Vec::new(), times: costs.all.div_ceil(ALL) });
    }
    costs.found
}

struct Costs {
    path: Vec<Step>,
    found: Vec<Costly>,
    all: u64,
}

impl Costs {
    /// `often` is how many values of the schema there are in one object at most, where the schemas around it say so.
    fn node(&mut self, schema: &Schema, is_root: bool, often: Option<u64>) {
        if self.path.len() > DEPTH {
            return;
        }
        for (number, rule) in schema.rules.iter().enumerate() {
            self.rule(rule, number, schema, is_root, often);
        }
        let each = match schema.ty {
            Type::Array => schema.limits.items.most,
            Type::Object if schema.additional.is_some() => schema.limits.entries.most,
            _ => Some(1),
        };
        let inner = often.zip(each).map(|(often, each)| often.saturating_mul(each));
        for (name, property) in &schema.properties {
            self.within(&["properties", name], property, inner);
        }
        for (name, part) in [("items", &schema.items), ("additionalProperties", &schema.additional)]
        {
            if let Some(part) = part {
                self.within(&[name], part, inner);
            }
        }
    }

    fn within(&mut self, steps: &[&str], schema: &Schema, often: Option<u64>) {
        let before = self.path.len();
        self.path.extend(steps.iter().map(|step| Step::Key((*step).to_owned())));
        self.node(schema, schema.embedded, often);
        self.path.truncate(before);
    }

    fn rule(
        &mut self,
        rule: &Rule,
        number: usize,
        schema: &Schema,
        is_root: bool,
        often: Option<u64>,
    ) {
        // What cannot be read was told.
        let Ok(expr) = rule.rule.get(program) else { return };
        let often = often.unwrap_or_else(|| repeats(schema));
        let cost = cost(expr, schema, is_root).saturating_mul(often);
        self.all = self.all.saturating_add(cost);
        if cost > RULE {
            let mut path = self.path.clone();
            path.push(Step::Key("x-kubernetes-validations".to_owned()));
            path.extend([Step::Index(number), Step::Key("rule".to_owned())]);
            self.found.push(Costly { path, times: cost.div_ceil(RULE) });
        }
    }
}
