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

static bool is_gap(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// How many words and signs are looked at to tell what a line is.
#define LOOKED_AHEAD 2000

// Longer words are no keywords; of these only the beginning is kept.
#define WORD 12

static unsigned read_word(TSLexer *lexer, char word[WORD]) {
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length < WORD) word[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  return length;
}

static bool is_one_of(const char *word, unsigned length, const char *const words[]) {
  for (unsigned at = 0; words[at]; at++) {
    if (equals(word, length, words[at])) return true;
  }
  return false;
}

// Whether a line that begins with this word, which is read already, goes on with the expression above.
static bool word_continues(TSLexer *lexer, const char *word, unsigned length) {
  static const char *const BEFORE_BRACE[] = {"and", "or", "is", "as", "with", "because", "where", "extends", NULL};
  if (is_one_of(word, length, BEFORE_BRACE)) return !names_key(lexer, true);
  static const char *const OTHERS[] = {"then", "else", "in", NULL};
  return is_one_of(word, length, OTHERS) && !names_key(lexer, false);
}

// Whether a line that begins with a sign goes on with the expression above: that is an infix operator or `.name`. In a
// list `-`, `.name` and `..` begin a new element.
static bool sign_continues(TSLexer *lexer, bool in_list) {
  int32_t first = lexer->lookahead;
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

// Whether the line of a body that begins with the word `for`, which is read already, goes on with a comprehension,
// `{ [k] = v for k, v in m }`, and is no entry, which has braces of its own.
static bool begins_clause(TSLexer *lexer) {
  static const char *const NO_OPERANDS[] = {
    "in", "if", "then", "else", "and", "or", "not", "is", "as", "with", "where", "match", "for", "let", "set",
    "external", "import", "embed", NULL,
  };
  if (names_key(lexer, true)) return false;
  unsigned depth = 0;
  bool operand = false;
  // Each line may look as far again.
  for (unsigned left = LOOKED_AHEAD; left > 0 && !lexer->eof(lexer); left--) {
    int32_t c = lexer->lookahead;
    if (is_word(c)) {
      char word[WORD];
      unsigned length = read_word(lexer, word);
      operand = !is_one_of(word, length, NO_OPERANDS);
      continue;
    }
    if (c == '{' && depth == 0 && operand) return false;
    if (c == '}' && depth == 0) return true;
    advance(lexer);
    switch (c) {
      case ' ': case '\t': case '\r': break;
      case '"':
        while (lexer->lookahead != '"' && lexer->lookahead != '\n' && !lexer->eof(lexer)) {
          if (lexer->lookahead == '\\') advance(lexer);
          advance(lexer);
        }
        if (lexer->lookahead == '"') advance(lexer);
        operand = true;
        break;
      case '/':
        if (lexer->lookahead == '/') {
          while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
        } else {
          operand = false;
        }
        break;
      case '(': case '[': case '{': depth++; operand = false; break;
      case ')': case ']': case '}':
        if (depth > 0) depth--;
        operand = true;
        break;
      case '\n': {
        if (depth > 0) break;
        while (is_gap(lexer->lookahead)) advance(lexer);
        int32_t next = lexer->lookahead;
        if (next == '}') break;
        if (next >= 'a' && next <= 'z') {
          char word[WORD];
          unsigned length = read_word(lexer, word);
          if (!equals(word, length, "for") && !equals(word, length, "if") && !word_continues(lexer, word, length)) {
            return false;
          }
        } else if (next != '/' && !sign_continues(lexer, false)) {
          return false;
        }
        operand = false;
        break;
      }
      default: operand = false;
    }
  }
  return false;
}

// Whether a line goes on with what stands above it.
static bool continues(TSLexer *lexer, bool in_braces, bool in_list) {
  int32_t first = lexer->lookahead;
  if (first < 'a' || first > 'z') return sign_continues(lexer, in_list);
  char word[WORD];
  unsigned length = read_word(lexer, word);
  if (in_braces && equals(word, length, "for")) return begins_clause(lexer);
  // No entry begins with this word but one that it is the key of.
  if (in_braces && equals(word, length, "if")) return !names_key(lexer, true);
  return word_continues(lexer, word, length);
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
    while (is_gap(lexer->lookahead)) advance(lexer);
  }
  int32_t first = lexer->lookahead;
  if (lexer->eof(lexer) || first == '}' || first == ']' || first == ',') return false;
  return !continues(lexer, is_inside(scanner, BRACE), is_inside(scanner, BRACKET));
}
