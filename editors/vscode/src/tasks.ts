// The commands that one runs again and again, as tasks. What `check` says is matched line by line.

import {
  ProcessExecution, Task, type TaskDefinition, TaskGroup, type TaskProvider, TaskScope, workspace, type WorkspaceFolder,
} from "vscode";

import { depc } from "./depc";

/** The type of our tasks in `tasks.json`. */
export const TASK = "depc";

interface Definition extends TaskDefinition {
  command: string;
  arguments?: string[];
}

/** What is offered in each folder, without being written into `tasks.json`. */
const OFFERED: Definition[] = [
  { type: TASK, command: "check", arguments: ["."] },
  { type: TASK, command: "check", arguments: ["--matrix", "."] },
  { type: TASK, command: "test", arguments: ["."] },
  { type: TASK, command: "fmt", arguments: ["--check", "."] },
];

export class Tasks implements TaskProvider {
  provideTasks(): Task[] {
    return (workspace.workspaceFolders ?? []).flatMap((folder) => OFFERED.map((definition) => task(definition, folder)));
  }

  resolveTask(given: Task): Task | undefined {
    const definition = given.definition as Partial<Definition> & TaskDefinition;
    if (!definition.command) return undefined;
    const scope = given.scope === undefined || given.scope === TaskScope.Global ? TaskScope.Workspace : given.scope;
    return task(definition as Definition, scope);
  }
}

function task(definition: Definition, scope: WorkspaceFolder | TaskScope.Workspace): Task {
  const words = definition.arguments ?? ["."];
  // One line for each problem is what the matcher reads; only `check` has that form.
  const form = definition.command === "check" ? ["--format", "concise"] : [];
  const made = new Task(
    definition,
    scope,
    [definition.command, ...words].join(" "),
    "depc",
    new ProcessExecution(depc(), [definition.command, ...form, ...words]),
    "$depc",
  );
  made.group = definition.command === "test" ? TaskGroup.Test : TaskGroup.Build;
  return made;
}
