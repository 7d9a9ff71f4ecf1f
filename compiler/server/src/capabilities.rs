//! What the server says it can do.

use gen_lsp_types as lsp;

use crate::answers::{COMMANDS, TOKEN_MODIFIERS, TOKEN_TYPES};
use crate::client::Client;
use crate::lines::Encoding;
use crate::snapshot::SCHEME;

pub fn capabilities(client: &Client) -> lsp::ServerCapabilities {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(lsp::Save::SaveOptions(lsp::SaveOptions { include_text: Some(false) })),
        ..Default::default()
    };
    let tokens = lsp::SemanticTokensOptions {
        legend: lsp::SemanticTokensLegend {
            token_types: TOKEN_TYPES.map(str::to_owned).to_vec(),
            token_modifiers: TOKEN_MODIFIERS.map(str::to_owned).to_vec(),
        },
        range: Some(lsp::SemanticTokensOptionsRange::Bool(true)),
        full: Some(lsp::Full::SemanticTokensFullDelta(lsp::SemanticTokensFullDelta {
            delta: Some(true),
        })),
        ..Default::default()
    };
    let diagnostics = lsp::DiagnosticOptions {
        identifier: Some("depc".to_owned()),
        inter_file_dependencies: true,
        workspace_diagnostics: true,
        ..Default::default()
    };
    let actions = lsp::CodeActionOptions {
        code_action_kinds: Some(vec![
            lsp::CodeActionKind::QuickFix,
            lsp::CodeActionKind::SourceFixAll,
        ]),
        ..Default::default()
    };
    let folders = lsp::WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(lsp::ChangeNotifications::Bool(true)),
    };
    let content = lsp::TextDocumentContentOptions { schemes: vec![SCHEME.to_owned()] };
    lsp::ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
            Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(lsp::TextDocumentSync::Options(sync)),
        completion_provider: Some(lsp::CompletionOptions {
            trigger_characters: Some([".", "\"", "/", "@", "="].map(str::to_owned).to_vec()),
            ..Default::default()
        }),
        hover_provider: Some(lsp::HoverProvider::Bool(true)),
        signature_help_provider: Some(lsp::SignatureHelpOptions {
            trigger_characters: Some(["(", ","].map(str::to_owned).to_vec()),
            ..Default::default()
        }),
        declaration_provider: Some(lsp::DeclarationProvider::Bool(true)),
        definition_provider: Some(lsp::DefinitionProvider::Bool(true)),
        type_definition_provider: Some(lsp::TypeDefinitionProvider::Bool(true)),
        implementation_provider: Some(lsp::ImplementationProvider::Bool(true)),
        references_provider: Some(lsp::ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(lsp::DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(lsp::DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(lsp::WorkspaceSymbolProvider::Bool(true)),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(actions)),
        code_lens_provider: Some(lsp::CodeLensOptions::default()),
        document_link_provider: Some(lsp::DocumentLinkOptions::default()),
        document_formatting_provider: Some(lsp::DocumentFormattingProvider::Bool(true)),
        document_range_formatting_provider: Some(lsp::DocumentRangeFormattingProvider::Bool(true)),
        document_on_type_formatting_provider: Some(lsp::DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_owned(),
            more_trigger_character: Some(vec!["\n".to_owned()]),
        }),
        rename_provider: Some(lsp::RenameProvider::RenameOptions(lsp::RenameOptions {
            prepare_provider: Some(true),
            ..Default::default()
        })),
        folding_range_provider: Some(lsp::FoldingRangeProvider::Bool(true)),
        selection_range_provider: Some(lsp::SelectionRangeProvider::Bool(true)),
        execute_command_provider: Some(lsp::ExecuteCommandOptions {
            commands: COMMANDS.map(str::to_owned).to_vec(),
            ..Default::default()
        }),
        call_hierarchy_provider: Some(lsp::CallHierarchyProvider::Bool(true)),
        linked_editing_range_provider: Some(lsp::LinkedEditingRangeProvider::Bool(true)),
        semantic_tokens_provider: Some(lsp::SemanticTokensProvider::SemanticTokensOptions(tokens)),
        inlay_hint_provider: Some(lsp::InlayHintProvider::Bool(true)),
        diagnostic_provider: Some(lsp::DiagnosticProvider::DiagnosticOptions(diagnostics)),
        workspace: Some(lsp::WorkspaceOptions {
            workspace_folders: Some(folders),
            file_operations: None,
            text_document_content: Some(lsp::TextDocumentContent::Options(content)),
        }),
        ..Default::default()
    }
}
