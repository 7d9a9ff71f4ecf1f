" Colours for Dep.
if exists("b:current_syntax")
  finish
endif

syntax keyword depDeclaration use overlay input let fn type schema open extends variant trait for test fails because assert snapshot every as where check warn note allow with external import embed crd from by
syntax keyword depStrength default override final derive emit export unset
syntax keyword depConditional when if then else match in is set
syntax keyword depOperator and or not
syntax keyword depConstant true false null prev key
syntax match depType "\<[A-Z][A-Za-z0-9_]*[a-z][A-Za-z0-9_]*\>"
syntax match depField "\<[A-Za-z_][A-Za-z0-9_]*\ze?\?\s*\(:\|=[^>=]\|{\)"
syntax match depNumber "\<\d[0-9_]*\(\.\d\+\)\?\([A-Za-z]\+\|%\)\?"
syntax match depNumber "\<0[xob][0-9A-Fa-f_]\+\>"

syntax match depEscape contained "\\[nt\"\\]\|\\u{[0-9A-Fa-f]*}"
syntax region depInterpolation contained matchgroup=depDelimiter start="\\(" end=")" contains=TOP
syntax region depString start=+"+ skip=+\\[^(]+ end=+"+ oneline contains=depEscape,depInterpolation
syntax region depString start=+"""+ end=+"""+ contains=depEscape,depInterpolation
syntax region depString start=+#"+ end=+"#+

syntax match depComment "//.*$" contains=@Spell
syntax match depDoc "//[/!].*$" contains=@Spell

highlight default link depDeclaration Keyword
highlight default link depStrength StorageClass
highlight default link depConditional Conditional
highlight default link depOperator Operator
highlight default link depConstant Constant
highlight default link depType Type
highlight default link depField Identifier
highlight default link depNumber Number
highlight default link depEscape SpecialChar
highlight default link depDelimiter Delimiter
highlight default link depString String
highlight default link depComment Comment
highlight default link depDoc SpecialComment

let b:current_syntax = "dep"
