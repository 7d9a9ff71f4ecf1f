// The client of `depc lsp`, and the commands that an editor adds to it.

import { execFile } from "node:child_process";
import {
  commands,
  EventEmitter,
  ExtensionContext,
  Position,
  ProgressLocation,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";
import {
  LanguageClient,
  LanguageClientOptions,
  Location,
  ServerOptions,
} from "vscode-languageclient/node";

const SCHEME = "depc";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  client = makeClient();
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(SCHEME, new Content(context)),
    commands.registerCommand("depc.preview", preview),
    commands.registerCommand("depc.showRendered", showRendered),
    commands.registerCommand("depc.showPlaces", showPlaces),
    commands.registerCommand("depc.explain", () => explain()),
    commands.registerCommand("depc.graph", () => show(["graph"], "markdown")),
    commands.registerCommand("depc.restart", () => client?.restart()),
  );
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

function path(): string {
  return workspace.getConfiguration("dep").get<string>("path", "depc");
}

function makeClient(): LanguageClient {
  const server: ServerOptions = { command: path(), args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "dep", scheme: "file" },
      { scheme: SCHEME },
    ],
  };
  return new LanguageClient("dep", "Dep", server, options);
}

// Documents that are on no disk: what programs render, pages of errors, modules of the library.
class Content {
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  constructor(context: ExtensionContext) {
    // A preview follows the text as it is typed.
    let waiting: NodeJS.Timeout | undefined;
    context.subscriptions.push(
      workspace.onDidChangeTextDocument(() => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.refresh(), 150);
      }),
    );
  }

  private refresh(): void {
    for (const document of workspace.textDocuments) {
      if (document.uri.scheme === SCHEME && document.uri.path.startsWith("/preview/")) {
        this.changed.fire(document.uri);
      }
    }
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const found = await client?.sendRequest<{ text: string }>("workspace/textDocumentContent", {
      uri: uri.toString(),
    });
    return found?.text ?? "";
  }
}

async function preview(address?: string): Promise<void> {
  const own = window.activeTextEditor?.document.uri;
  const uri = address ? Uri.parse(address) : own && Uri.parse(`${SCHEME}:/preview${own.path}.yaml`);
  if (uri) {
    await window.showTextDocument(uri, { viewColumn: ViewColumn.Beside, preserveFocus: true });
  }
}

async function showRendered(): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) return;
  const found = await client?.sendRequest<Location | null>("workspace/executeCommand", {
    command: "depc.rendered",
    arguments: [editor.document.uri.toString(), editor.selection.active],
  });
  if (!found) {
    window.showInformationMessage("This renders nothing by itself.");
    return;
  }
  const { start, end } = found.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(found.uri), { viewColumn: ViewColumn.Beside, selection });
}

async function showPlaces(uri: string, position: Position, places: Location[]): Promise<void> {
  if (!client) return;
  const to = client.protocol2CodeConverter;
  await commands.executeCommand(
    "editor.action.showReferences",
    Uri.parse(uri),
    new Position(position.line, position.character),
    places.map((place) => to.asLocation(place)),
  );
}

async function explain(): Promise<void> {
  const what = await window.showInputBox({
    title: "Explain a value",
    prompt: "A path of the program, or an object and one of its fields",
    placeHolder: "app.scale",
  });
  if (what) {
    await show(["explain", ...what.split(/\s+/)], "plaintext");
  }
}

// Runs depc on the file of the active editor, and shows what it prints.
async function show(words: string[], language: string): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (!document) return;
  await document.save();
  const [command, ...rest] = words;
  const text = await window.withProgress({ location: ProgressLocation.Window, title: `depc ${command}` }, () =>
    new Promise<string>((resolve) => {
      execFile(path(), [command, document.uri.fsPath, ...rest], (_, out, error) => resolve(out || error));
    }),
  );
  const content = command === "graph" ? "```mermaid\n" + text + "```\n" : text;
  await window.showTextDocument(await workspace.openTextDocument({ content, language }), ViewColumn.Beside);
}
