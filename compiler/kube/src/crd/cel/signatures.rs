//! What the functions and operators of rules take and give, as API servers declare them.
//!
//! From the standard library of CEL, its extensions, and `pkg/cel/library` of the API server, as far as
//! `pkg/cel/environment/base.go` of Kubernetes 1.36 brings them in.

use std::rc::Rc;

use super::check::Checked;
use super::ty::{Ty, fits, general, same};

/// One signature a line. What stands before a function's last dot in small letters is its family; the first argument of
/// what begins with a dot is what it is called on. `A` and `B` are any types, `[A]` is a list, `{A:B}` a map, `?A`
/// an optional value.
const ALL: &str = "
_+_(int,int) int
_+_(uint,uint) uint
_+_(double,double) double
_+_(string,string) string
_+_(bytes,bytes) bytes
_+_(time,duration) time
_+_(duration,time) time
_+_(duration,duration) duration
_+_([A],[A]) [A]
_-_(int,int) int
_-_(uint,uint) uint
_-_(double,double) double
_-_(time,time) duration
_-_(time,duration) time
_-_(duration,duration) duration
_*_(int,int) int
_*_(uint,uint) uint
_*_(double,double) double
_/_(int,int) int
_/_(uint,uint) uint
_/_(double,double) double
_%_(int,int) int
_%_(uint,uint) uint
-_(int) int
-_(double) double
_==_(A,A) bool
_in_(A,[A]) bool
_in_(A,{A:B}) bool
_[_]([A],int) A
_[_]({A:B},A) B
_[_](?[A],int) ?A
_[_](?{A:B},A) ?B
_?_:_(bool,A,A) A
size(string) int
size(bytes) int
size([A]) int
size({A:B}) int
.size(string) int
.size(bytes) int
.size([A]) int
.size({A:B}) int
type(A) type
dyn(A) dyn
bool(bool) bool
bool(string) bool
bytes(bytes) bytes
bytes(string) bytes
double(double) double
double(int) double
double(string) double
double(uint) double
duration(duration) duration
duration(int) duration
duration(string) duration
int(int) int
int(double) int
int(duration) int
int(string) int
int(time) int
int(uint) int
string(string) string
string(bool) string
string(bytes) string
string(double) string
string(duration) string
string(int) string
string(time) string
string(uint) string
string(IP) string
string(CIDR) string
timestamp(time) time
timestamp(int) time
timestamp(string) time
uint(uint) uint
uint(double) uint
uint(int) uint
uint(string) uint
matches(string,string) bool
.matches(string,string) bool
.startsWith(string,string) bool
.endsWith(string,string) bool
.contains(string,string) bool
.getFullYear(time) int
.getFullYear(time,string) int
.getMonth(time) int
.getMonth(time,string) int
.getDayOfYear(time) int
.getDayOfYear(time,string) int
.getDayOfMonth(time) int
.getDayOfMonth(time,string) int
.getDate(time) int
.getDate(time,string) int
.getDayOfWeek(time) int
.getDayOfWeek(time,string) int
.getHours(time) int
.getHours(time,string) int
.getHours(duration) int
.getMinutes(time) int
.getMinutes(time,string) int
.getMinutes(duration) int
.getSeconds(time) int
.getSeconds(time,string) int
.getSeconds(duration) int
.getMilliseconds(time) int
.getMilliseconds(time,string) int
.getMilliseconds(duration) int
.charAt(string,int) string
.indexOf(string,string) int
.indexOf(string,string,int) int
.indexOf([A],A) int
.lastIndexOf(string,string) int
.lastIndexOf(string,string,int) int
.lastIndexOf([A],A) int
.lowerAscii(string) string
.upperAscii(string) string
.replace(string,string,string) string
.replace(string,string,string,int) string
.split(string,string) [string]
.split(string,string,int) [string]
.substring(string,int) string
.substring(string,int,int) string
.trim(string) string
.format(string,[dyn]) string
.join([string]) string
.join([string],string) string
strings.quote(string) string
.find(string,string) string
.findAll(string,string) [string]
.findAll(string,string,int) [string]
.isSorted([int]) bool
.isSorted([uint]) bool
.isSorted([double]) bool
.isSorted([bool]) bool
.isSorted([duration]) bool
.isSorted([time]) bool
.isSorted([string]) bool
.isSorted([bytes]) bool
.sum([int]) int
.sum([uint]) uint
.sum([double]) double
.sum([duration]) duration
.min([int]) int
.min([uint]) uint
.min([double]) double
.min([bool]) bool
.min([duration]) duration
.min([time]) time
.min([string]) string
.min([bytes]) bytes
.max([int]) int
.max([uint]) uint
.max([double]) double
.max([bool]) bool
.max([duration]) duration
.max([time]) time
.max([string]) string
.max([bytes]) bytes
.slice([A],int,int) [A]
.flatten([[A]]) [A]
.flatten([dyn],int) [dyn]
.sort([int]) [int]
.sort([uint]) [uint]
.sort([double]) [double]
.sort([bool]) [bool]
.sort([duration]) [duration]
.sort([time]) [time]
.sort([string]) [string]
.sort([bytes]) [bytes]
.reverse([A]) [A]
.distinct([A]) [A]
.first([A]) ?A
.last([A]) ?A
lists.range(int) [int]
sets.contains([A],[A]) bool
sets.equivalent([A],[A]) bool
sets.intersects([A],[A]) bool
optional.of(A) ?A
optional.ofNonZeroValue(A) ?A
optional.none() ?A
.hasValue(?A) bool
.value(?A) A
.or(?A,?A) ?A
.orValue(?A,A) A
quantity(string) Quantity
isQuantity(string) bool
sign(Quantity) int
.isGreaterThan(Quantity,Quantity) bool
.isLessThan(Quantity,Quantity) bool
.compareTo(Quantity,Quantity) int
.asApproximateFloat(Quantity) double
.asInteger(Quantity) int
.isInteger(Quantity) bool
.add(Quantity,Quantity) Quantity
.add(Quantity,int) Quantity
.sub(Quantity,Quantity) Quantity
.sub(Quantity,int) Quantity
semver(string) Semver
semver(string,bool) Semver
isSemver(string) bool
isSemver(string,bool) bool
.isGreaterThan(Semver,Semver) bool
.isLessThan(Semver,Semver) bool
.compareTo(Semver,Semver) int
.major(Semver) int
.minor(Semver) int
.patch(Semver) int
url(string) URL
isURL(string) bool
.getScheme(URL) string
.getHost(URL) string
.getHostname(URL) string
.getPort(URL) string
.getEscapedPath(URL) string
.getQuery(URL) {string:[string]}
ip(string) IP
isIP(string) bool
ip.isCanonical(string) bool
.family(IP) int
.isUnspecified(IP) bool
.isLoopback(IP) bool
.isLinkLocalMulticast(IP) bool
.isLinkLocalUnicast(IP) bool
.isGlobalUnicast(IP) bool
cidr(string) CIDR
isCIDR(string) bool
.containsIP(CIDR,string) bool
.containsIP(CIDR,IP) bool
.containsCIDR(CIDR,string) bool
.containsCIDR(CIDR,CIDR) bool
.ip(CIDR) IP
.prefixLength(CIDR) int
.masked(CIDR) CIDR
format.named(string) ?Format
format.dns1123Label() Format
format.dns1123Subdomain() Format
format.dns1035Label() Format
format.qualifiedName() Format
format.dns1123LabelPrefix() Format
format.dns1123SubdomainPrefix() Format
format.dns1035LabelPrefix() Format
format.labelValue() Format
format.uri() Format
format.uuid() Format
format.byte() Format
format.date() Format
format.datetime() Format
.validate(Format,string) ?[string]
.path(Authorizer,string) PathCheck
.group(Authorizer,string) GroupCheck
.serviceAccount(Authorizer,string,string) Authorizer
.resource(GroupCheck,string) ResourceCheck
.subresource(ResourceCheck,string) ResourceCheck
.namespace(ResourceCheck,string) ResourceCheck
.name(ResourceCheck,string) ResourceCheck
.fieldSelector(ResourceCheck,string) ResourceCheck
.labelSelector(ResourceCheck,string) ResourceCheck
.check(PathCheck,string) Decision
.check(ResourceCheck,string) Decision
.errored(Decision) bool
.error(Decision) string
.allowed(Decision) bool
.reason(Decision) string
jsonpatch.escapeKey(string) string
";

/// Whether there is a function or operator of this name. That of what is called on something begins with a dot.
pub(super) fn is_known(name: &str) -> bool {
    overloads(name).next().is_some()
}

/// Whether there are functions of this family.
pub(super) fn is_family(name: &str) -> bool {
    ALL.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// What a function gives for these arguments. A server takes what is of no known type for any, and gives what is of no
/// known type where several would do.
pub(super) fn result<'s>(name: &str, arguments: &[Ty<'s>]) -> Checked<'s> {
    let mut found: Option<Ty<'s>> = None;
    for (params, gives) in overloads(name) {
        let mut bound = [None, None];
        let mut params = Reader { text: params };
        if !arguments.iter().all(|argument| params.takes(argument, &mut bound))
            || !params.is_at_end()
        {
            continue;
        }
        let gives = Reader { text: gives }.ty(&bound);
        found = Some(match found {
            None => gives,
            Some(first) if same(&first, &gives) => first,
            Some(_) => Ty::Dyn,
        });
    }
    found.ok_or_else(|| {
        let names: Vec<_> = arguments.iter().map(Ty::exactly).collect();
        let taken = match names.as_slice() {
            [] => "no arguments".to_owned(),
            [one] => one.to_string(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        format!("`{}` does not take {taken}", shown(name))
    })
}

/// A name as it is written: `_+_` is `+`.
fn shown(name: &str) -> String {
    name.trim_start_matches('.').replace('_', "")
}

/// The parameters and the result of each signature of a name.
fn overloads(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.lines().filter_map(move |line| {
        let (params, gives) = line.strip_prefix(name)?.strip_prefix('(')?.split_once(") ")?;
        Some((params, gives))
    })
}

/// What `A` and `B` are.
type Bound<'s> = [Option<Ty<'s>>; 2];

/// A reader of the types of a signature.
struct Reader {
    text: &'static str,
}

impl Reader {
    fn eat(&mut self, sign: char) -> bool {
        let rest = self.text.strip_prefix(sign);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn is_at_end(&self) -> bool {
        self.text.is_empty()
    }

    fn word(&mut self) -> &'static str {
        let end = self.text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    /// Whether the next parameter takes an argument.
    fn takes<'s>(&mut self, argument: &Ty<'s>, bound: &mut Bound<'s>) -> bool {
        if self.is_at_end() {
            return false;
        }
        let taken = self.fits(argument, bound);
        self.eat(',');
        taken
    }

    fn fits<'s>(&mut self, given: &Ty<'s>, bound: &mut Bound<'s>) -> bool {
        let open = matches!(given, Ty::Dyn | Ty::Unknown);
        let inner = |of: Option<&Rc<Ty<'s>>>| of.map_or(given.clone(), |of| (**of).clone());
        if self.eat('[') {
            let list = match given {
                Ty::List(item) => Some(item),
                _ => None,
            };
            let fits = self.fits(&inner(list), bound);
            self.eat(']');
            return fits && (open || list.is_some());
        }
        if self.eat('{') {
            let map = match given {
                Ty::Map(key, value) => Some((key, value)),
                _ => None,
            };
            let key = self.fits(&inner(map.map(|(key, _)| key)), bound);
            self.eat(':');
            let value = self.fits(&inner(map.map(|(_, value)| value)), bound);
            self.eat('}');
            return key && value && (open || map.is_some());
        }
        if self.eat('?') {
            let optional = match given {
                Ty::Optional(of) => Some(of),
                _ => None,
            };
            let is_null = matches!(given, Ty::Null);
            let of = if is_null { Ty::Unknown } else { inner(optional) };
            return self.fits(&of, bound) && (open || is_null || optional.is_some());
        }
        let word = self.word();
        let Some(place) = variable(word).and_then(|at| bound.get_mut(at)) else {
            return open || fits(&plain(word), given);
        };
        match place.take() {
            None => *place = Some(given.clone()),
            Some(known) if fits(&known, given) => *place = Some(general(known, given.clone())),
            Some(known) => {
                *place = Some(known);
                return false;
            }
        }
        true
    }

    /// The type that stands there.
    fn ty<'s>(&mut self, bound: &Bound<'s>) -> Ty<'s> {
        if self.eat('[') {
            let item = self.ty(bound);
            self.eat(']');
            return Ty::List(Rc::new(item));
        }
        if self.eat('{') {
            let key = self.ty(bound);
            self.eat(':');
            let value = self.ty(bound);
            self.eat('}');
            return Ty::Map(Rc::new(key), Rc::new(value));
        }
        if self.eat('?') {
            return Ty::Optional(Rc::new(self.ty(bound)));
        }
        let word = self.word();
        match variable(word) {
            Some(at) => bound.get(at).cloned().flatten().unwrap_or(Ty::Unknown),
            None => plain(word),
        }
    }
}

fn variable(word: &str) -> Option<usize> {
    match word {
        "A" => Some(0),
        "B" => Some(1),
        _ => None,
    }
}

fn plain<'s>(word: &str) -> Ty<'s> {
    match word {
        "dyn" => Ty::Dyn,
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "uint" => Ty::Uint,
        "double" => Ty::Double,
        "string" => Ty::Str,
        "bytes" => Ty::Bytes,
        "time" => Ty::Time,
        "duration" => Ty::Duration,
        "type" => Ty::Type,
        name => Ty::Named(name.into()),
    }
}
