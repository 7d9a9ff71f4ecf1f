// What a program renders, beside its text, and the way from one to the other.

import { commands, Position, Range, Uri, ViewColumn, window } from "vscode";
import type { LanguageClient, Location } from "vscode-languageclient/node";

import { SCHEME } from "./depc";

/** The address of what the program of a file renders. */
export function previewOf(file: Uri): Uri {
  return file.with({ scheme: SCHEME, authority: "", path: `/preview${file.path}.yaml` });
}

/** Shows what a program renders: that of an address, or of the active editor. */
export async function preview(address?: unknown): Promise<void> {
  const own = window.activeTextEditor?.document;
  const uri = typeof address === "string" ? Uri.parse(address) : own?.languageId === "dep" ? previewOf(own.uri) : undefined;
  if (uri) {
    await window.showTextDocument(uri, { viewColumn: ViewColumn.Beside, preserveFocus: true });
  }
}

/** Leads from the active place of a source to the lines that it renders. */
export async function showRendered(client: LanguageClient): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) return;
  const found = await client.sendRequest<Location | null>("workspace/executeCommand", {
    command: "depc.rendered",
    arguments: [editor.document.uri.toString(), editor.selection.active],
  });
  if (!found) {
    void window.showInformationMessage("This renders nothing by itself.");
    return;
  }
  const { start, end } = found.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(found.uri), { viewColumn: ViewColumn.Beside, selection });
}

/** Leads from the active line of a preview to its source: the server knows it as a definition. */
export async function showSource(): Promise<void> {
  await commands.executeCommand("editor.action.revealDefinition");
}

/** What a code lens runs: it shows places that the server gives with it. */
export function showPlaces(client: LanguageClient) {
  return async (uri: string, position: Position, places: Location[]): Promise<void> => {
    const to = client.protocol2CodeConverter;
    await commands.executeCommand(
      "editor.action.showReferences",
      Uri.parse(uri),
      new Position(position.line, position.character),
      places.map((place) => to.asLocation(place)),
    );
  };
}
