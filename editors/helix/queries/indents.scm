; What stands in brackets is indented, and the line that closes them is not.
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
] @indent

["}" "]" ")"] @outdent
