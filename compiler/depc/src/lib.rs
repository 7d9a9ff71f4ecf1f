//! The command: arguments, real files, the terminal.
