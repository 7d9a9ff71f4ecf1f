; What the outline of a file shows.
(binding path: (_) @name) @item
(schema "schema" @context name: (_) @name) @item
(variant "variant" @context name: (_) @name) @item
(trait "trait" @context name: (_) @name) @item
(type_alias "type" @context name: (_) @name) @item
(function "fn" @context name: (_) @name) @item
(input "input" @context name: (_) @name) @item
(test "test" @context name: (_) @name) @item
(every "every" @context name: (_) @name) @item
