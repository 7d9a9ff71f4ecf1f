// The picture of a graph: who stands where, and that nothing of a program is taken for HTML.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, drawn, type Graph } from "../src/graph";

const component = (name: string) => ({ name, schema: "Service", external: false, declared: "" });

const graph = (edges: [string, string][]): Graph => {
  const names = [...new Set(edges.flat())];
  return { components: names.map(component), edges: edges.map(([from, to]) => ({ from, to, handle: "port" })) };
};

void test("who is used stands right of all that use it", () => {
  const found = columns(graph([["app", "git"], ["git", "data"], ["app", "data"]]));
  assert.deepEqual([...found], [["app", 0], ["git", 1], ["data", 2]]);
});

void test("services that use each other have places too", () => {
  const found = columns(graph([["app", "git"], ["git", "app"], ["web", "app"]]));
  assert.deepEqual([...found], [["app", 1], ["git", 2], ["web", 0]]);
});

void test("a picture holds names and handles as text", () => {
  const page = drawn({ components: [component("a<b>"), component("c")], edges: [{ from: "a<b>", to: "c", handle: "\"&\"" }] });
  assert.ok(page.includes("a&#60;b&#62; uses c: &#34;&#38;&#34;"));
  assert.ok(!page.includes("<b>"));
});

void test("a large graph is drawn at once", () => {
  const edges = Array.from({ length: 200 }, (_, at) => [`a${at}`, `a${(at * 7 + 1) % 200}`] as [string, string]);
  const begun = Date.now();
  drawn(graph(edges));
  assert.ok(Date.now() - begun < 1000);
});
