// Layout of Dep: brackets, the line breaks that separate, interpolations, and the sign of percent.
//
// It is the counterpart of `compiler/syntax/src/lexer.rs` and `scan.rs`: a line break separates in braces, in brackets
// and at the top of a file, unless the next line goes on with the expression above; in parentheses it never does. So
// brackets are read here, and which of them are open is the scanner's state.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

enum Token {
  NEWLINE,
  LBRACE,
  RBRACE,
  LBRACKET,
  RBRACKET,
  LPAREN,
  RPAREN,
  LINE_INTERPOLATION,
  BLOCK_INTERPOLATION,
  PERCENT,
  RECOVERING,
};

enum Frame { BRACE, BRACKET, PAREN, LINE_TEXT, BLOCK_TEXT };

// The compiler refuses what nests deeper than its own limit, which is below this one.
#define DEPTH (TREE_SITTER_SERIALIZATION_BUFFER_SIZE - 1)

typedef struct {
  unsigned depth;
  char frames[DEPTH];
} Scanner;

void *tree_sitter_dep_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_dep_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_dep_external_scanner_serialize(void *payload, char *buffer) {
  Scanner *scanner = payload;
  for (unsigned at = 0; at < scanner->depth; at++) buffer[at] = scanner->frames[at];
  return scanner->depth;
}

void tree_sitter_dep_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Scanner *scanner = payload;
  scanner->depth = length;
  for (unsigned at = 0; at < length; at++) scanner->frames[at] = buffer[at];
}

static bool is_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static void open(Scanner *scanner, enum Frame frame) {
  if (scanner->depth < DEPTH) scanner->frames[scanner->depth++] = (char)frame;
}

static bool is_inside(const Scanner *scanner, enum Frame frame) {
  return scanner->depth > 0 && scanner->frames[scanner->depth - 1] == (char)frame;
}

// Closes up to the innermost frame that a closing bracket fits; where there is none, it closes nothing.
static void close(Scanner *scanner, int32_t bracket) {
  for (unsigned at = scanner->depth; at > 0; at--) {
    char frame = scanner->frames[at - 1];
    bool fits = bracket == '}' ? frame == BRACE : bracket == ']' ? frame == BRACKET : frame >= PAREN;
    if (fits) {
      scanner->depth = at - 1;
      return;
    }
  }
}

// A string in `"` ends with its line, and what is open in its interpolations with it.
static void end_line(Scanner *scanner) {
  for (unsigned at = 0; at < scanner->depth; at++) {
    if (scanner->frames[at] == LINE_TEXT) {
      scanner->depth = at;
      return;
    }
  }
}

// Whether what follows a word makes it the key of a binding.
static bool names_key(TSLexer *lexer, bool brace) {
  bool tight = true;
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\r') {
    tight = false;
    advance(lexer);
  }
  int32_t first = lexer->lookahead;
  if (first == ':') return true;
  if (first == '{') return brace;
  if (first != '=' && first != '+' && first != '?' && first != '.') return false;
  advance(lexer);
  int32_t next = lexer->lookahead;
  switch (first) {
    case '=': return next != '=' && next != '>';
    case '+': return next == '=';
    case '?': return next != '?';
    default: return tight && next != '.';
  }
}

static bool equals(const char *word, unsigned length, const char *other) {
  unsigned at = 0;
  while (at < length && other[at] == word[at]) at++;
  return at == length && other[at] == 0;
}

// Whether a line goes on with the expression above: it begins with an infix operator or with `.name`. In a list `-`,
// `.name` and `..` begin a new element.
static bool continues(TSLexer *lexer, bool in_list) {
  int32_t first = lexer->lookahead;
  if (first >= 'a' && first <= 'z') {
    char word[8];
    unsigned length = 0;
    while (is_word(lexer->lookahead)) {
      if (length == sizeof word) return false;
      word[length++] = (char)lexer->lookahead;
      advance(lexer);
    }
    static const char *const BEFORE_BRACE[] = {"and", "or", "is", "as", "with", "because", "where", "extends"};
    for (unsigned at = 0; at < sizeof BEFORE_BRACE / sizeof *BEFORE_BRACE; at++) {
      if (equals(word, length, BEFORE_BRACE[at])) return !names_key(lexer, true);
    }
    static const char *const OTHERS[] = {"then", "else", "in"};
    for (unsigned at = 0; at < sizeof OTHERS / sizeof *OTHERS; at++) {
      if (equals(word, length, OTHERS[at])) return !names_key(lexer, false);
    }
    return false;
  }
  switch (first) {
    case '*': case '/': case '%': case '<': case '>': case '&': case '|': return true;
    case '+': case '-': case '=': case '!': case '?': case '.': break;
    default: return false;
  }
  advance(lexer);
  int32_t next = lexer->lookahead;
  switch (first) {
    case '+': return next != '=';
    case '-': return !in_list || next == '>';
    case '=': return next == '=' || next == '>';
    case '!': return next == '=';
    case '?': return next == '?' || next == '.';
    default:
      if (in_list) return false;
      if (next != '.') return true;
      advance(lexer);
      return lexer->lookahead != '.';
  }
}

static bool bracket(Scanner *scanner, TSLexer *lexer) {
  int32_t c = lexer->lookahead;
  switch (c) {
    case '{': open(scanner, BRACE); lexer->result_symbol = LBRACE; break;
    case '[': open(scanner, BRACKET); lexer->result_symbol = LBRACKET; break;
    case '(': open(scanner, PAREN); lexer->result_symbol = LPAREN; break;
    case '}': close(scanner, c); lexer->result_symbol = RBRACE; break;
    case ']': close(scanner, c); lexer->result_symbol = RBRACKET; break;
    case ')': close(scanner, c); lexer->result_symbol = RPAREN; break;
    default: return false;
  }
  advance(lexer);
  lexer->mark_end(lexer);
  return true;
}

bool tree_sitter_dep_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  if (!valid[RECOVERING]) {
    if (valid[LINE_INTERPOLATION] || valid[BLOCK_INTERPOLATION]) {
      if (lexer->lookahead != '\\') return false;
      advance(lexer);
      if (lexer->lookahead != '(') return false;
      advance(lexer);
      lexer->mark_end(lexer);
      open(scanner, valid[LINE_INTERPOLATION] ? LINE_TEXT : BLOCK_TEXT);
      lexer->result_symbol = valid[LINE_INTERPOLATION] ? LINE_INTERPOLATION : BLOCK_INTERPOLATION;
      return true;
    }
    if (valid[PERCENT] && lexer->lookahead == '%') {
      advance(lexer);
      lexer->mark_end(lexer);
      lexer->result_symbol = PERCENT;
      // `10%3` is a remainder.
      return !is_word(lexer->lookahead) && lexer->lookahead != '(';
    }
  }

  bool crossed = false;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n') crossed = true;
    else if (c != ' ' && c != '\t' && c != '\r') break;
    lexer->advance(lexer, true);
  }
  if (lexer->eof(lexer)) return false;
  if (crossed) end_line(scanner);
  bool separates = scanner->depth == 0 || is_inside(scanner, BRACE) || is_inside(scanner, BRACKET);
  if (!crossed || !separates) return bracket(scanner, lexer);

  // What separates has no width: it stands before the next token, or before the comments above that.
  if (lexer->lookahead == '}' || lexer->lookahead == ']') return bracket(scanner, lexer);
  lexer->mark_end(lexer);
  lexer->result_symbol = NEWLINE;
  while (lexer->lookahead == '/') {
    advance(lexer);
    if (lexer->lookahead != '/') return false;
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\r' || lexer->lookahead == '\n') {
      advance(lexer);
    }
  }
  int32_t first = lexer->lookahead;
  if (lexer->eof(lexer) || first == '}' || first == ']' || first == ',') return false;
  return !continues(lexer, is_inside(scanner, BRACKET));
}
