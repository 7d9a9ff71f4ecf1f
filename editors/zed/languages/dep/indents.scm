; What stands in brackets is indented, and the line that closes them is not.
(_ "{" "}" @end) @indent
(_ "[" "]" @end) @indent
(_ "(" ")" @end) @indent
