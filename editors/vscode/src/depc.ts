// The compiler as a command: which one, and what it says.

import { execFile } from "node:child_process";
import { ProgressLocation, window, workspace } from "vscode";

/** The scheme of the server's virtual documents. */
export const SCHEME = "depc";

/** The compiler to run. */
export function depc(): string {
  return workspace.getConfiguration("dep").get<string>("path", "depc");
}

/** What the compiler prints, or what it says is wrong. */
export async function said(words: string[], folder?: string): Promise<{ out: string; wrong: string }> {
  const title = `depc ${words[0] ?? ""}`;
  return window.withProgress(
    { location: ProgressLocation.Window, title },
    () =>
      new Promise((resolve) => {
        execFile(depc(), words, { cwd: folder, maxBuffer: 1 << 28 }, (failed, out, wrong) => {
          resolve({ out, wrong: failed && !wrong ? failed.message : wrong });
        });
      }),
  );
}
