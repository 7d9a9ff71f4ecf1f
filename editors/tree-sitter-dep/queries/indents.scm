; What is indented, in the captures of Neovim: what stands in brackets, but not the line that closes them.
[
  (body)
  (record)
  (cases)
  (match)
  (list)
  (comprehension)
  (arguments)
  (parameters)
  (parenthesized)
  (use_names)
  (record_type)
  (type_parameters)
] @indent.begin

["}" "]" ")"] @indent.branch @indent.end

; What goes on with the expression above.
[(binary) (field) (if)] @indent.auto

; Lines of a text are the text's own.
(string) @indent.ignore
(ERROR) @indent.auto
