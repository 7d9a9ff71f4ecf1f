//! The fields that a body writes, while it is read: what several blocks put on one record is one record.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use salsa::Database;

use crate::elaborate::Elaborator;
use crate::fits::{join, optional, present};
use crate::sensitive::{reaches_sensitive, sealed};
use crate::ty::{RecordTy, Ty};

/// Fields, in the order of their first appearance.
#[derive(Default)]
pub(in crate::elaborate) struct Written {
    all: Vec<(Arc<str>, Part)>,
    at: FxHashMap<Arc<str>, usize>,
    /// Those whose names are the keys of something else, for each of which the body makes one: it cannot name them.
    kept: Vec<Arc<str>>,
}

/// What a body says of one field.
enum Part {
    /// A value of this type; one that a block wrote may get more blocks.
    Is(Ty, bool),
    Record(Blocks),
}

/// A record that several blocks make.
struct Blocks {
    fields: Written,
    open: Option<Ty>,
    /// Whether all of them stand under conditions.
    perhaps: bool,
    /// Whether each field is there where the record is.
    whole: bool,
}

impl Written {
    pub fn has(&self, name: &str) -> bool {
        self.at.contains_key(name)
    }

    /// Adds a field that is not written twice.
    pub fn add(&mut self, name: Arc<str>, ty: Ty) {
        self.put(name, Part::Is(ty, false));
    }

    /// Adds a field that the body makes for a key of something else.
    pub fn keep(&mut self, name: Arc<str>, ty: Ty) {
        self.kept.push(name.clone());
        self.add(name, ty);
    }

    /// Adds a field, or what else stands in it.
    pub fn join(&mut self, db: &dyn Database, name: Arc<str>, ty: Ty, block: bool) {
        match self.known(&name) {
            Some(known) => known.join(db, Part::Is(ty, block), false),
            None => self.put(name, Part::Is(ty, block)),
        }
    }

    /// Adds the fields of another body, which `perhaps` stands under a condition.
    pub fn merge(&mut self, db: &dyn Database, other: Self, perhaps: bool) {
        self.kept.extend(other.kept);
        for (name, part) in other.all {
            match self.known(&name) {
                Some(known) => known.join(db, part, perhaps),
                None if perhaps => self.put(name, part.perhaps()),
                None => self.put(name, part),
            }
        }
    }

    /// The fields that are made for keys of something else.
    pub fn kept(&self) -> &[Arc<str>] {
        &self.kept
    }

    /// Each field with its type.
    pub fn types(self) -> Vec<(Arc<str>, Ty)> {
        self.all.into_iter().map(|(name, part)| (name, part.ty())).collect()
    }

    fn known(&mut self, name: &str) -> Option<&mut Part> {
        let at = self.at.get(name)?;
        self.all.get_mut(*at).map(|(_, part)| part)
    }

    fn put(&mut self, name: Arc<str>, part: Part) {
        self.at.entry(name.clone()).or_insert(self.all.len());
        self.all.push((name, part));
    }
}

impl Part {
    fn ty(self) -> Ty {
        match self {
            Self::Is(ty, _) => ty,
            Self::Record(Blocks { fields, open, perhaps, .. }) => {
                let ty = Ty::Record(Arc::new(RecordTy::new(fields.types(), open)));
                if perhaps { optional(ty) } else { ty }
            }
        }
    }

    fn perhaps(self) -> Self {
        match self {
            Self::Is(ty, block) => Self::Is(optional(ty), block),
            Self::Record(blocks) => Self::Record(Blocks { perhaps: true, ..blocks }),
        }
    }

    /// Two blocks make a record of the fields of both, of which those under a condition are perhaps there; of two
    /// values the field is either.
    fn join(&mut self, db: &dyn Database, other: Self, perhaps: bool) {
        let known = std::mem::replace(self, Self::Is(Ty::Error, false));
        *self = match (known.blocks(), other.blocks()) {
            (Ok(mut known), Ok(other)) => {
                let perhaps = perhaps || other.perhaps;
                if known.perhaps && known.whole {
                    let fields = std::mem::take(&mut known.fields);
                    known.fields.merge(db, fields, true);
                    known.whole = false;
                }
                known.perhaps &= perhaps;
                known.fields.merge(db, other.fields, perhaps);
                if let Some(ty) = other.open {
                    open_to(db, &mut known.open, ty);
                }
                Self::Record(known)
            }
            (known, other) => {
                let ty =
                    |part: Result<_, Self>| part.map_or_else(Self::ty, |b| Self::Record(b).ty());
                let (known, other) = (ty(known), ty(other));
                Self::Is(join(db, known, if perhaps { optional(other) } else { other }), false)
            }
        };
    }

    /// As a record that gets more blocks, if it is one.
    fn blocks(self) -> Result<Blocks, Self> {
        match self {
            Self::Record(blocks) => Ok(blocks),
            Self::Is(ty, true) => match present(&ty) {
                Ty::Record(record) => {
                    let mut fields = Written::default();
                    for (name, ty) in &record.fields {
                        fields.put(name.clone(), Part::Is(ty.clone(), true));
                    }
                    let perhaps = matches!(ty, Ty::Optional(_));
                    Ok(Blocks { fields, open: record.rest.clone(), perhaps, whole: true })
                }
                _ => Err(Self::Is(ty, true)),
            },
            part => Err(part),
        }
    }
}

/// Further keys may be there, of this type.
pub(in crate::elaborate) fn open_to(db: &dyn Database, open: &mut Option<Ty>, ty: Ty) {
    let known = open.take().unwrap_or(Ty::Never);
    let hidden = reaches_sensitive(db, &known) || reaches_sensitive(db, &ty);
    let ty = join(db, known, ty);
    // Which of several records an entry is, and which of several values is sensitive, nothing would say.
    let told_apart = match &ty {
        Ty::Union(members) => !hidden && !members.iter().any(Elaborator::is_record),
        ty => *ty != Ty::Any,
    };
    *open = Some(match (told_apart, hidden) {
        (true, _) => ty,
        (false, true) => sealed(Ty::Any),
        (false, false) => Ty::Any,
    });
}
