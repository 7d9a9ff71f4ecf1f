//! A server between two streams.

use std::io::{BufRead, Write};

use crossbeam_channel::{Receiver, Sender, select, unbounded};
use lsp_server::Message;

use crate::files::Disk;
use crate::reader::{Came, read};
use crate::server::{Server, Stage};

/// Serves one client until it says `exit`, or its stream ends. Says whether it ended as it should.
///
/// # Errors
/// Where no thread can be had.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
    disk: Box<dyn Disk>,
) -> std::io::Result<bool> {
    let (to_server, incoming) = unbounded();
    std::thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || forward(input, &to_server))?;
    let (mut server, outgoing) = Server::new(disk);
    let writer = std::thread::Builder::new().name("writer".to_owned());
    let writer = writer.spawn(move || write(output, &outgoing))?;
    let orderly = run(&mut server, &incoming);
    // What is still to be written is written when nobody can add to it.
    drop(server);
    let _ = writer.join();
    Ok(orderly)
}

fn run(server: &mut Server, incoming: &Receiver<Came>) -> bool {
    loop {
        let outcomes = server.outcomes().clone();
        select! {
            recv(incoming) -> came => match came {
                Ok(came) => take(server, came),
                Err(_) => return false,
            },
            recv(outcomes) -> outcome => if let Ok(outcome) = outcome {
                server.take(outcome);
            },
        }
        // All that waits already is taken before anything is computed, so that ten keys typed are one change.
        while let Ok(came) = incoming.try_recv() {
            take(server, came);
        }
        if let Stage::Exited { orderly } = server.stage() {
            return orderly;
        }
        server.idle();
    }
}

fn take(server: &mut Server, came: Came) {
    match came {
        Came::Message(message) => server.accept(*message),
        Came::Malformed(reason) => server.malformed(&reason),
    }
}

fn forward(mut input: impl BufRead, to_server: &Sender<Came>) {
    while let Ok(Some(came)) = read(&mut input) {
        if to_server.send(came).is_err() {
            return;
        }
    }
}

fn write(mut output: impl Write, outgoing: &Receiver<Message>) {
    for message in outgoing {
        if message.write(&mut output).is_err() {
            return;
        }
    }
}
