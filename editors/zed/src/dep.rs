//! Tells Zed how the server is started: `depc lsp`, as the user's shell finds it.

use zed_extension_api as zed;

struct Dep;

impl zed::Extension for Dep {
    fn new() -> Self {
        Dep
    }

    fn language_server_command(
        &mut self,
        _: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<zed::Command> {
        let command = worktree.which("depc").ok_or("install depc, and have it on the PATH")?;
        Ok(zed::Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Dep);
