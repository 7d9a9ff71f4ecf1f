; What can be folded: everything in brackets that goes over several lines, and blocks of text.
[
  (body)
  (record)
  (cases)
  (match)
  (list)
  (comprehension)
  (arguments)
  (parameters)
  (use_names)
  (record_type)
  (string)
] @fold
