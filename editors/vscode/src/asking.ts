// What one asks of a program: where a value comes from, and which services use which.

import { basename, dirname } from "node:path";
import {
  commands, type DocumentSymbol, EventEmitter, type Position, type TextDocument, type TextDocumentContentProvider, Uri,
  ViewColumn, window,
} from "vscode";

import { said } from "./depc";
import { drawn, type Graph } from "./graph";

/** Answers of the compiler as documents that nobody saves. */
export class Told implements TextDocumentContentProvider {
  static readonly SCHEME = "depc-told";
  private readonly texts = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(title: string, text: string): Promise<void> {
    const uri = Uri.from({ scheme: Told.SCHEME, path: `/${title}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    await window.showTextDocument(uri, { viewColumn: ViewColumn.Beside, preserveFocus: true });
  }
}

/** The file of the active editor as the compiler reads it: saved. */
async function active(): Promise<TextDocument | undefined> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== "dep") return undefined;
  await document.save();
  return document;
}

/** Asks for a value, that at the cursor first, and shows which layers made it. */
export async function explain(told: Told): Promise<void> {
  const cursor = window.activeTextEditor?.selection.active;
  const document = await active();
  if (!document || !cursor) return;
  const what = await window.showInputBox({
    title: "Explain a value",
    prompt: "A value of the program, or an object and one of its fields: deployment/app spec.replicas",
    placeHolder: "app.scale",
    value: await pathAt(document, cursor),
  });
  if (!what) return;
  const { out, wrong } = await said(["explain", document.uri.fsPath, ...what.trim().split(/\s+/)], dirname(document.uri.fsPath));
  await told.show(`explain ${what.replaceAll("/", " ")}`, out || wrong);
}

/** The path of the innermost value around a place: the names of the symbols that hold it. */
async function pathAt(document: TextDocument, cursor: Position): Promise<string> {
  let level = await commands.executeCommand<DocumentSymbol[] | undefined>("vscode.executeDocumentSymbolProvider", document.uri);
  const names: string[] = [];
  for (;;) {
    const around = level?.find((symbol) => symbol.range.contains(cursor));
    if (!around) return names.join(".");
    names.push(around.name);
    level = around.children;
  }
}

/** Draws which component uses which handles of others. */
export async function showGraph(): Promise<void> {
  const document = await active();
  if (!document) return;
  const { out, wrong } = await said(["graph", "--format", "json", document.uri.fsPath]);
  if (!out) {
    void window.showErrorMessage(wrong);
    return;
  }
  const name = basename(document.uri.fsPath);
  const panel = window.createWebviewPanel("depc.graph", `Graph of ${name}`, ViewColumn.Beside, { enableFindWidget: true });
  panel.webview.html = drawn(JSON.parse(out) as Graph);
}
