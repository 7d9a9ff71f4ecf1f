//! Types by the names that other languages have for them.

/// What a type is called here that other languages call so.
pub(super) fn of_another_language(name: &str) -> Option<String> {
    let here = match name {
        "int" | "integer" | "Integer" | "number" | "Number" | "int32" | "int64" => "Int",
        "string" | "String" | "str" | "text" | "Text" => "Str",
        "bool" | "boolean" | "Boolean" => "Bool",
        "float" | "double" | "Double" => "Float",
        "List" | "list" | "Array" | "array" => "[T]",
        "Map" | "map" | "Dict" | "dict" | "object" | "Object" => "{K: V}",
        "Optional" | "Option" => "T?",
        _ => return None,
    };
    Some(format!("write `{here}`"))
}
