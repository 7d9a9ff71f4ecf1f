;;; dep-mode.el --- The Dep language -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))

;;; Commentary:

;; Colours and layout of .dep files, and the server by eglot, which Emacs brings.
;; (load "/path/to/dep-mode.el"), then M-x eglot in a .dep file; or
;; (add-hook 'dep-mode-hook #'eglot-ensure).

;;; Code:

(defvar dep-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    table)
  "Syntax of Dep: `//' begins a comment.")

(defconst dep-mode-keywords
  (list
   (cons (regexp-opt '("use" "overlay" "input" "let" "fn" "type" "schema" "open" "extends" "variant" "trait" "for"
                       "test" "fails" "because" "assert" "snapshot" "every" "as" "where" "check" "warn" "note" "allow"
                       "with" "external" "import" "embed" "crd" "from" "by" "default" "override" "final" "derive"
                       "emit" "export" "unset" "when" "if" "then" "else" "match" "in" "is" "and" "or" "not")
                     'symbols)
         'font-lock-keyword-face)
   (cons (regexp-opt '("true" "false" "null" "prev" "key") 'symbols) 'font-lock-constant-face)
   '("\\_<[A-Z][A-Za-z0-9_]*[a-z][A-Za-z0-9_]*\\_>" . font-lock-type-face)
   '("\\_<\\([A-Za-z_][A-Za-z0-9_]*\\)\\??[ \t]*\\(?::\\|=[^>=]\\|{\\)" 1 font-lock-variable-name-face)))

(defun dep-mode-indent-line ()
  "Indent by the brackets around the line, two blanks each."
  (interactive)
  (let ((depth (save-excursion
                 (back-to-indentation)
                 (- (car (syntax-ppss)) (if (looking-at "[]})]") 1 0)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to (* 2 (max 0 depth)))
      (save-excursion (indent-line-to (* 2 (max 0 depth)))))))

;;;###autoload
(define-derived-mode dep-mode prog-mode "Dep"
  "Major mode for .dep files."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//[/!]?[ \t]*")
  (setq-local indent-line-function #'dep-mode-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local font-lock-defaults '(dep-mode-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.dep\\'" . dep-mode))

(with-eval-after-load 'eglot
  (defvar eglot-server-programs)
  (add-to-list 'eglot-server-programs '(dep-mode . ("depc" "lsp"))))

(provide 'dep-mode)
;;; dep-mode.el ends here
