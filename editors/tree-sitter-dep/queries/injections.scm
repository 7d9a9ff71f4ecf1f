; Text in another language: regular expressions, and texts that are bound to the name of a file or begin as a script.

((regex) @injection.content
  (#set! injection.language "regex"))

((binding
   path: (path (string) @_name .)
   value: (string (text) @injection.content))
  (#match? @_name "[.]ya?ml\"$")
  (#set! injection.language "yaml")
  (#set! injection.combined))

((binding
   path: (path (string) @_name .)
   value: (string (text) @injection.content))
  (#match? @_name "[.]json\"$")
  (#set! injection.language "json")
  (#set! injection.combined))

((binding
   path: (path (string) @_name .)
   value: (string (text) @injection.content))
  (#match? @_name "[.]toml\"$")
  (#set! injection.language "toml")
  (#set! injection.combined))

((binding
   path: (path (string) @_name .)
   value: (string (text) @injection.content))
  (#match? @_name "[.]sh\"$")
  (#set! injection.language "bash")
  (#set! injection.combined))

((string (text) @injection.content)
  (#match? @injection.content "^\\s*#!.*sh\\s")
  (#set! injection.language "bash"))
