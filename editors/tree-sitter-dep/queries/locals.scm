; What names are known where. Items of a file and fields of a body are known from their braces on, in any order.

[
  (source_file)
  (body)
  (record)
  (function)
  (lambda)
  (let_in)
  (for)
  (comprehension)
  (arm)
  (every)
] @local.scope

(let name: (_) @local.definition)
(input name: (_) @local.definition)
(function name: (_) @local.definition)
(parameter name: (_) @local.definition)
(lambda_parameters (_) @local.definition)
(let_in name: (_) @local.definition)
(for_clause name: (_) @local.definition)
(pattern name: (_) @local.definition)
(alias name: (_) @local.definition)
(use_name name: (_) @local.definition)
(schema name: (_) @local.definition)
(variant name: (_) @local.definition)
(trait name: (_) @local.definition)
(type_alias name: (_) @local.definition)
(binding path: (path . (identifier) @local.definition .))

(identifier) @local.reference
(type_identifier) @local.reference
