;;; dep-mode.el --- The Dep language -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; Colours and layout of .dep files; by eglot, which Emacs brings from 29 on, the server; and commands for what a
;; program renders (`dep-preview', `dep-rendered', `dep-source'), where a value comes from (`dep-explain') and which
;; services use which (`dep-graph').
;;
;; (load "/path/to/dep-mode.el"), then M-x eglot in a .dep file; or (add-hook 'dep-mode-hook #'eglot-ensure).

;;; Code:

(require 'eglot)
(require 'compile)
(require 'xref)

(defgroup dep nil "The Dep language." :group 'languages)

(defcustom dep-command "depc"
  "The compiler to run."
  :type 'string)

;;; Text

(defvar dep-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    table)
  "Syntax of Dep: `//' begins a comment.")

(defconst dep-mode-keywords
  (list
   (list (concat "\\(?:^\\|[^.]\\)"
                 (regexp-opt '("use" "overlay" "input" "let" "fn" "type" "schema" "open" "extends" "variant" "trait"
                               "for" "test" "fails" "because" "assert" "snapshot" "every" "as" "where" "check" "warn"
                               "note" "allow" "with" "external" "import" "embed" "crd" "from" "by" "default" "override"
                               "final" "derive" "emit" "export" "unset" "when" "if" "then" "else" "match" "in" "is"
                               "and" "or" "not")
                             'symbols))
         1 'font-lock-keyword-face)
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
  (setq-local font-lock-defaults '(dep-mode-keywords))
  (setq-local compile-command
              (concat dep-command " check --format concise " (shell-quote-argument (or buffer-file-name ".")))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.dep\\'" . dep-mode))

;; What `depc check --format concise' prints, in M-x compile.
(add-to-list 'compilation-error-regexp-alist-alist
             '(depc "^\\([^:\n]+\\):\\([0-9]+\\):\\([0-9]+\\): \\(?:error\\|\\(warning\\)\\|\\(note\\)\\)\\[" 1 2 3 (4 . 5)))
(add-to-list 'compilation-error-regexp-alist 'depc)

;;; The server

(defclass dep-server (eglot-lsp-server) () "The server `depc lsp'.")

(add-to-list 'eglot-server-programs '(dep-mode . dep--contact))

(defun dep--contact (&rest _)
  "What eglot runs."
  (list 'dep-server dep-command "lsp"))

(cl-defmethod eglot-client-capabilities ((_server dep-server))
  "What eglot can do, and that it can be told that a virtual document changed."
  (let ((capabilities (cl-call-next-method)))
    (plist-put capabilities :workspace
               (append (plist-get capabilities :workspace) '(:textDocumentContent (:dynamicRegistration :json-false))))))

(cl-defmethod eglot-handle-request ((server dep-server) (_method (eql workspace/textDocumentContent/refresh)) &key uri)
  "Show again what may be another in the preview URI of SERVER."
  (dolist (buffer (buffer-list))
    (when (equal (buffer-local-value 'dep--uri buffer) uri)
      ;; The answer to the server goes first.
      (run-with-timer 0 nil #'dep--fill buffer server)))
  nil)

;;; What a program renders

(defvar-local dep--uri nil "The address of the virtual document in this buffer.")
(defvar-local dep--server nil "The server that knows the virtual document in this buffer.")

(define-derived-mode dep-preview-mode special-mode "Dep-Preview"
  "What a program renders.  \\<dep-preview-mode-map>\\[dep-source] leads to the source of a line."
  (setq-local font-lock-defaults '((("^ *\\(?:- \\)*\\([^ \n:]+\\):" 1 font-lock-variable-name-face)
                                    ("^#.*" . font-lock-comment-face)))))

(define-key dep-preview-mode-map (kbd "RET") #'dep-source)

(defun dep--server-here ()
  "The server of this buffer."
  (or dep--server (eglot-current-server) (user-error "M-x eglot starts the server of this file")))

(defun dep--fill (buffer server)
  "Put the text of the virtual document of BUFFER, as SERVER gives it, into it."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (jsonrpc-async-request
       server :workspace/textDocumentContent (list :uri dep--uri)
       :success-fn
       (lambda (found)
         (when (buffer-live-p buffer)
           (with-current-buffer buffer
             (let ((inhibit-read-only t)
                   (new (generate-new-buffer " *dep*" t)))
               (with-current-buffer new (insert (plist-get found :text)))
               (replace-buffer-contents new 0.1)
               (kill-buffer new)))))))))

(defun dep--preview-buffer (uri server)
  "The buffer of the preview URI, which SERVER fills."
  (let ((buffer (get-buffer-create (format "*%s*" (file-name-nondirectory (directory-file-name uri))))))
    (with-current-buffer buffer
      (unless (derived-mode-p 'dep-preview-mode) (dep-preview-mode))
      (setq dep--uri uri dep--server server))
    (dep--fill buffer server)
    buffer))

(defun dep-preview ()
  "Show what the program of this file renders, beside it; it follows as one types."
  (interactive)
  (let* ((server (dep--server-here))
         (file (string-remove-prefix "file://" (eglot--path-to-uri buffer-file-name))))
    (display-buffer (dep--preview-buffer (concat "depc:/preview" file ".yaml") server)
                    '(display-buffer-in-direction (direction . right)))))

(defun dep-rendered ()
  "Go from here to the lines that are rendered from here."
  (interactive)
  (let* ((server (dep--server-here))
         (found (jsonrpc-request server :workspace/executeCommand
                                 (list :command "depc.rendered"
                                       :arguments (vector (eglot--path-to-uri buffer-file-name) (eglot--pos-to-lsp-position))))))
    (unless found (user-error "This renders nothing by itself"))
    (let ((buffer (dep--preview-buffer (plist-get found :uri) server))
          (line (plist-get (plist-get (plist-get found :range) :start) :line)))
      ;; The text of a preview that was not shown yet is on its way.
      (with-timeout (5) (while (<= (with-current-buffer buffer (line-number-at-pos (point-max))) line)
                          (accept-process-output nil 0.05)))
      (pop-to-buffer buffer)
      (goto-char (point-min))
      (forward-line line))))

(defun dep-source ()
  "Go from a line of a preview to its source."
  (interactive)
  (let* ((found (jsonrpc-request dep--server :textDocument/definition
                                 (list :textDocument (list :uri dep--uri) :position (eglot--pos-to-lsp-position))))
         (place (if (vectorp found) (and (> (length found) 0) (aref found 0)) found)))
    (unless place (user-error "Nothing in the source says this"))
    (xref-push-marker-stack)
    (find-file-other-window (eglot--uri-to-path (plist-get place :uri)))
    (goto-char (car (eglot--range-region (plist-get place :range))))))

;;; What one asks of a program

(defun dep--told (&rest words)
  "Run the compiler with WORDS on this file, and show what it prints."
  (save-buffer)
  (let ((name (format "*depc %s*" (car words))))
    (with-current-buffer (get-buffer-create name)
      (let ((inhibit-read-only t))
        (erase-buffer)
        (apply #'call-process dep-command nil t nil words)
        (goto-char (point-min))
        (special-mode)))
    (display-buffer name)))

(defun dep-explain (what)
  "Say which layers made WHAT, and why one won: a value, or an object and a field of it."
  (interactive "sExplain a value (app.scale): ")
  (apply #'dep--told "explain" buffer-file-name (split-string what)))

(defun dep-graph ()
  "Show which services use which handles of others."
  (interactive)
  (dep--told "graph" buffer-file-name))

(provide 'dep-mode)
;;; dep-mode.el ends here
