//! The language reference, the error pages and the command, executed.
