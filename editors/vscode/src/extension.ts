// Where the extension begins: it starts `depc lsp`, and adds what an editor has beyond the protocol. The client brings
// the virtual documents (what programs render, pages of errors, modules of the library), which the server refreshes.

import { commands, type ExtensionContext, tasks, window, workspace } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

import { explain, showGraph, Told } from "./asking";
import { depc, SCHEME } from "./depc";
import { preview, showPlaces, showRendered, showSource } from "./preview";
import { TASK, Tasks } from "./tasks";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const running = connected();
  client = running;
  const told = new Told();
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(Told.SCHEME, told),
    tasks.registerTaskProvider(TASK, new Tasks()),
    commands.registerCommand("depc.preview", preview),
    commands.registerCommand("depc.showRendered", () => showRendered(running)),
    commands.registerCommand("depc.showSource", showSource),
    commands.registerCommand("depc.showPlaces", showPlaces(running)),
    commands.registerCommand("depc.explain", () => explain(told)),
    commands.registerCommand("depc.graph", showGraph),
    commands.registerCommand("depc.restart", () => running.restart()),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("dep.path")) {
        await offerReload();
      }
    }),
  );
  try {
    await running.start();
  } catch {
    await offerPath();
  }
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

function connected(): LanguageClient {
  const server: ServerOptions = { command: depc(), args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "dep", scheme: "file" }, { scheme: SCHEME }],
  };
  return new LanguageClient("dep", "Dep", server, options);
}

// Without a compiler there are colours and snippets only: say so once, and lead to the setting.
async function offerPath(): Promise<void> {
  const settings = "Open Settings";
  const chosen = await window.showErrorMessage(
    `\`${depc()} lsp\` does not run. Install depc, or say in the settings where it is.`,
    settings,
  );
  if (chosen === settings) {
    await commands.executeCommand("workbench.action.openSettings", "dep.path");
  }
}

async function offerReload(): Promise<void> {
  const reload = "Reload";
  if ((await window.showInformationMessage("Another depc is used after a reload.", reload)) === reload) {
    await commands.executeCommand("workbench.action.reloadWindow");
  }
}
