// A graph of components as a picture: who uses others stands left of them, and the handles stand on the lines.

/** What `depc graph --format json` prints. */
export interface Graph {
  components: { name: string; schema: string; external: boolean; declared: string }[];
  edges: { from: string; to: string; handle: string }[];
}

const WIDTH = 180;
const HEIGHT = 44;
const ACROSS = 150;
const BELOW = 26;

/** The column of each component: one more than that of the furthest that uses it. A line that closes a circle pushes nobody on. */
export function columns(graph: Graph): Map<string, number> {
  const used = new Map<string, string[]>();
  for (const { from, to } of graph.edges) {
    used.set(from, [...(used.get(from) ?? []), to]);
  }
  // Deepest first: whoever is finished is used by those that are finished later.
  const finished: string[] = [];
  const open = new Set<string>();
  const closing = new Set<string>();
  const visit = (name: string): void => {
    open.add(name);
    for (const to of used.get(name) ?? []) {
      if (open.has(to) && !finished.includes(to)) closing.add(`${name}\n${to}`);
      else if (!open.has(to)) visit(to);
    }
    finished.push(name);
  };
  const column = new Map(graph.components.map(({ name }) => [name, 0]));
  for (const name of column.keys()) {
    if (!open.has(name)) visit(name);
  }
  for (const name of finished.reverse()) {
    for (const to of used.get(name) ?? []) {
      if (!closing.has(`${name}\n${to}`)) {
        column.set(to, Math.max(column.get(to) ?? 0, (column.get(name) ?? 0) + 1));
      }
    }
  }
  return column;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A page with the picture. */
export function drawn(graph: Graph): string {
  const column = columns(graph);
  const rows: number[] = [];
  const places = new Map<string, { x: number; y: number }>();
  for (const { name } of graph.components) {
    const at = column.get(name) ?? 0;
    const row = (rows[at] ??= 0);
    rows[at] = row + 1;
    places.set(name, { x: 20 + at * (WIDTH + ACROSS), y: 20 + row * (HEIGHT + BELOW) });
  }
  const lines = [...linesBetween(graph)].map(([pair, handles]) => {
    const [from, to] = pair.split("\n").map((name) => places.get(name));
    if (!from || !to) return "";
    const ahead = to.x > from.x;
    const [x1, y1] = [from.x + (ahead ? WIDTH : 0), from.y + HEIGHT / 2];
    const [x2, y2] = [to.x + (ahead ? 0 : WIDTH), to.y + HEIGHT / 2];
    const bend = ahead ? ACROSS / 2 : -ACROSS / 2;
    const title = escaped(`${pair.replace("\n", " uses ")}: ${handles.join(", ")}`);
    const curve = `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
    return `<path class="edge" d="${curve}" marker-end="url(#end)"><title>${title}</title></path>`;
  });
  const boxes = graph.components.map(({ name, schema, external }) => {
    const { x, y } = places.get(name) ?? { x: 0, y: 0 };
    return `<g><rect class="${external ? "external" : "own"}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
      <text class="name" x="${x + 12}" y="${y + 19}">${escaped(name)}</text>
      <text class="schema" x="${x + 12}" y="${y + 35}">${escaped(external ? `external ${schema}` : schema)}</text></g>`;
  });
  const width = 40 + rows.length * (WIDTH + ACROSS) - ACROSS;
  const height = 40 + Math.max(0, ...rows) * (HEIGHT + BELOW);
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
  body { background: var(--vscode-editor-background); color: var(--vscode-editor-foreground); }
  svg { font-family: var(--vscode-font-family); font-size: 13px; }
  rect { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-editorWidget-border, currentColor); }
  rect.external { stroke-dasharray: 4 3; }
  text { fill: currentColor; }
  .schema { font-size: 11px; opacity: 0.7; }
  .edge { fill: none; stroke: currentColor; stroke-width: 1.2; opacity: 0.45; }
  .edge:hover { opacity: 1; stroke-width: 2; }
  marker path { fill: currentColor; }
</style>
</head>
<body>
<svg width="${width}" height="${height}">
<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>
${lines.join("\n")}
${boxes.join("\n")}
</svg>
</body>
</html>
`;
}

/** One line for each pair of components, with the handles that it stands for. */
function linesBetween(graph: Graph): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const { from, to, handle } of graph.edges) {
    const pair = `${from}\n${to}`;
    lines.set(pair, [...(lines.get(pair) ?? []), handle]);
  }
  return lines;
}
