//! The language server: the protocol, and nothing else.
//!
//! [`Server`] takes messages and gives messages; [`serve`] moves them over a pair of streams. What an answer says is
//! found by `ide`, what is wrong by `analysis`; here positions and names become those of the protocol.

mod capabilities;
mod client;
mod document;
mod files;
mod lines;
mod pool;
mod project;
mod snapshot;
mod uri;

mod server;

mod homes;
mod notifications;
mod problems;
mod requests;

mod answers;

mod reader;
mod serve;

pub use crossbeam_channel::Receiver;
pub use files::Disk;
pub use lines::{Encoding, Lines};
pub use lsp_server::{Message, Notification, Request, RequestId, Response};
pub use requests::Further;
pub use serve::serve;
pub use server::{Server, Stage};
