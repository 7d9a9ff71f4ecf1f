//! Text to items, tokens, lossless trees, typed views, and the formatter.
