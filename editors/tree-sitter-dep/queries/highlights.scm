; What is coloured how. Captures have the names that Neovim, Helix and Zed share; what comes later wins.

(identifier) @variable
(type_identifier) @type

(comment) @comment
[(doc_comment) (file_doc)] @comment.documentation

(string) @string
(escape) @string.escape
(regex) @string.regexp
(interpolation ")" @punctuation.special)
[(integer) (float) (unit) (percent)] @number
(boolean) @boolean
[(prev) (unset) (set)] @constant.builtin
((identifier) @constant.builtin (#eq? @constant.builtin "null"))

; Names that are bound, and members.
(path (identifier) @property)
(path (string) @property)
(type_field name: (_) @property)
(field name: (_) @property)
(member_of_this name: (_) @property)
(parameter name: (_) @variable.parameter)
(lambda_parameters (_) @variable.parameter)
(input name: (_) @variable)
(let name: (_) @variable)
(case name: (_) @constructor)
(arm pattern: (pattern (type_name (identifier) @constructor)))
(is type: (type_name . (identifier) @constructor .))
(module_path (identifier) @namespace)
(alias name: (identifier) @namespace)

; Functions, where they are declared and called.
(function name: (_) @function)
(call function: (identifier) @function)
(call function: (field name: (identifier) @function))

; Types, where they are declared and named.
(type_alias name: (_) @type)
(schema name: (_) @type)
(variant name: (_) @type)
(trait name: (_) @type)
(extends (type_name (_) @type))
(refined_type (type_name . (identifier) @function))

["use" "overlay" "from" "import" "embed" "crd"] @keyword.import
["input" "let" "fn" "type" "schema" "open" "extends" "variant" "trait" "test" "fails" "because" "assert" "snapshot"
 "every" "where" "check" "warn" "note" "allow" "with" "external" "by" "as"] @keyword
["if" "then" "else" "match" "when"] @keyword.conditional
["for" "in"] @keyword.repeat
["and" "or" "not" "is"] @keyword.operator
(modifier) @keyword.modifier
(removal "unset" @keyword.modifier)

["=" "+=" "=+" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "??" "?." ".." "..." "=>" "->" "&" "|" "?"] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," ":"] @punctuation.delimiter
