//! Which kind of node a rule of the grammar becomes.

use super::Rule;
use crate::node::NodeKind;

/// What a rule becomes; those that become no node by themselves are [`NodeKind::Junk`] here, and are handled before this is asked.
pub(super) fn node_kind(rule: Rule) -> NodeKind {
    use NodeKind as N;
    match rule {
        Rule::root => N::Root,
        Rule::missing => N::Missing,
        Rule::use_entry => N::Use,
        Rule::overlay => N::Overlay,
        Rule::input => N::Input,
        Rule::let_entry | Rule::let_part => N::Let,
        Rule::fn_entry => N::Fn,
        Rule::type_entry => N::TypeAlias,
        Rule::schema => N::Schema,
        Rule::variant => N::Variant,
        Rule::trait_entry => N::Trait,
        Rule::test => N::Test,
        Rule::every => N::Every,
        Rule::check => N::Check,
        Rule::allow => N::Allow,
        Rule::binding => N::Binding,
        Rule::removal => N::Removal,
        Rule::when => N::When,
        Rule::for_entry => N::For,
        Rule::spread => N::Spread,
        Rule::fails => N::Fails,
        Rule::assert => N::Assert,
        Rule::snapshot => N::Snapshot,
        Rule::crd => N::Crd,
        Rule::module_path => N::ModulePath,
        Rule::use_names => N::UseNames,
        Rule::use_name => N::UseName,
        Rule::alias => N::Alias,
        Rule::from => N::From,
        Rule::annotation => N::Annotation,
        Rule::set => N::Set,
        Rule::append => N::Append,
        Rule::prepend => N::Prepend,
        Rule::layered => N::Layered,
        Rule::params => N::Params,
        Rule::param => N::Param,
        Rule::returns => N::Returns,
        Rule::open => N::Open,
        Rule::extends => N::Extends,
        Rule::target => N::Target,
        Rule::cases => N::Cases,
        Rule::case => N::Case,
        Rule::where_head => N::Where,
        Rule::severity => N::Severity,
        Rule::message => N::Message,
        Rule::because => N::Because,
        Rule::modifier => N::Modifier,
        Rule::path => N::Path,
        Rule::computed | Rule::computed_text => N::Computed,
        Rule::question | Rule::opt_dot => N::Question,
        Rule::for_clause | Rule::for_head => N::ForClause,
        Rule::if_clause | Rule::if_head => N::IfClause,
        Rule::name | Rule::free_name => N::Name,
        Rule::int => N::Int,
        Rule::float => N::Float,
        Rule::unit => N::Unit,
        Rule::bool => N::Bool,
        Rule::string => N::Str,
        Rule::body => N::Body,
        Rule::template => N::Template,
        Rule::head_text => N::StrHead,
        Rule::mid_text => N::StrMid,
        Rule::tail_text => N::StrTail,
        Rule::prev => N::Prev,
        Rule::unset => N::Unset,
        Rule::lead => N::Lead,
        Rule::list => N::List,
        Rule::paren => N::Paren,
        Rule::lambda | Rule::lambda_list | Rule::head_lambda | Rule::head_lambda_list => N::Lambda,
        Rule::if_then | Rule::head_if => N::If,
        Rule::then | Rule::head_then => N::Then,
        Rule::else_ | Rule::head_else => N::Else,
        Rule::match_arms => N::Match,
        Rule::arm => N::Arm,
        Rule::pattern => N::Pattern,
        Rule::let_in | Rule::head_let => N::LetIn,
        Rule::external | Rule::head_external => N::External,
        Rule::import => N::Import,
        Rule::embed => N::Embed,
        Rule::field => N::Field,
        Rule::opt_field => N::OptField,
        Rule::index => N::Index,
        Rule::call => N::Call,
        Rule::amend => N::Amend,
        Rule::with | Rule::head_with => N::With,
        Rule::cast | Rule::head_cast => N::Cast,
        Rule::prefix_op => N::PrefixOp,
        Rule::binary_op => N::BinaryOp,
        Rule::dots => N::Dots,
        Rule::range | Rule::range_to => N::Range,
        Rule::is_set => N::IsSet,
        Rule::type_ref => N::TypeRef,
        Rule::type_args => N::TypeArgs,
        Rule::type_params => N::TypeParams,
        Rule::list_type => N::ListType,
        Rule::by => N::By,
        Rule::map_type => N::MapType,
        Rule::record_type => N::RecordType,
        Rule::type_field => N::TypeField,
        Rule::fn_type => N::FnType,
        Rule::paren_type => N::ParenType,
        Rule::negative => N::Negative,
        Rule::regex => N::Regex,
        _ => N::Junk,
    }
}

/// Whether a rule follows an operand.
pub(super) fn is_suffix(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::field
            | Rule::call
            | Rule::opt_field
            | Rule::index
            | Rule::amend
            | Rule::with
            | Rule::cast
            | Rule::head_with
            | Rule::head_cast
    )
}
