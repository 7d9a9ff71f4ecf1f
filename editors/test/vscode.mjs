// Drives the editor in a browser, as a person would: by keys, and by what is on the screen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [address, folder, shots] = process.argv.slice(2);
const source = readFileSync(join(folder, "app.dep"), "utf8");
const lineOf = (start) => source.split("\n").findIndex((line) => line.startsWith(start)) + 1;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
page.setDefaultTimeout(40_000);

let shot = 0;
const look = async (name) => {
  if (shots) await page.screenshot({ path: join(shots, `${++shot}-${name}.png`) });
};
const press = (keys) => page.keyboard.press(keys);
const type = (text) => page.keyboard.type(text, { delay: 25 });
/** Goes to the line of the source that begins so, in the left of the two columns of editors. */
const go = async (start, below = 0) => {
  await press("Control+1");
  await press("Control+g");
  await page.locator(".quick-input-widget input").fill(`:${lineOf(start) + below}`);
  await page.waitForTimeout(200);
  await press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
};
const run = async (command) => {
  await press("F1");
  await page.locator(".quick-input-widget input").fill(`>${command}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first().waitFor();
  await press("Enter");
};
/** The lines on the screen whose text holds something. A blank is another character there. */
const lines = (text) => page.locator(".view-line").filter({ hasText: new RegExp(text.replaceAll(" ", "\\s")) });

try {
  await page.goto(address);
  await page.locator(".monaco-workbench").waitFor();
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "app.dep" }).dblclick();
  await page.locator(".statusbar-item", { hasText: "Dep" }).first().waitFor();

  // A mistake is told while it is there.
  await go("app = ");
  await press("End");
  await press("Enter");
  await type("scael = 2..3");
  await press("Escape");
  await page.locator(".squiggly-error").first().waitFor();
  await press("Control+Shift+m");
  await page.locator(".markers-panel", { hasText: "Service has no field `scael`" }).waitFor();
  await look("diagnostic");
  await press("Control+Shift+m");
  await page.locator(".markers-panel").waitFor({ state: "hidden" });
  await go("app = ", 1);
  await press("Control+Shift+k");
  await page.locator(".squiggly-error").first().waitFor({ state: "hidden" });

  // A field is completed.
  await go("app = ");
  await press("End");
  await press("Enter");
  await type("runA");
  await page.locator(".suggest-widget .monaco-list-row", { hasText: "runAs" }).first().waitFor();
  await look("completion");
  await press("Escape");
  await press("Control+Shift+k");

  // A service is renamed wherever it is named, in overlays too.
  await go("app = ");
  await press("Home");
  await press("F2");
  const box = page.locator(".rename-box input");
  await box.waitFor();
  await box.fill("site");
  await press("Enter");
  await lines("^site = ").first().waitFor();
  await run("File: Save All Files");
  const renamed = () => readFileSync(join(folder, "prod.dep"), "utf8").includes("site.scale = 3..20");
  for (let tries = 0; tries < 100 && !renamed(); tries++) await page.waitForTimeout(100);
  assert.ok(renamed(), "the overlay names it by its new name");
  await look("rename");

  // What is rendered stands beside, and follows as one types.
  await run("Dep: Show the Rendered Objects");
  await lines("apiVersion:").first().waitFor();
  await look("preview");
  await go("gitserver = ");
  await press("End");
  await press("Enter");
  await type('name = "git-store"');
  await press("Escape");
  await run("Dep: Show What This Renders");
  await lines("name: git-store").first().waitFor();
  await look("rendered");

  // And leads back.
  await run("Dep: Show What Renders This");
  await page.locator(".peekview-widget, .tab.active[aria-label^='app.dep']").first().waitFor();
  await look("source");
  await press("Escape");

  // Where a value comes from.
  await go("app = ");
  await press("Home");
  await run("Dep: Explain a Value");
  const asked = page.locator(".quick-input-widget input");
  await asked.waitFor();
  assert.equal(await asked.inputValue(), "site", "the value at the cursor is offered");
  await asked.fill("site.scale");
  await press("Enter");
  await lines("site.scale = 2..10").first().waitFor();
  await look("explain");

  // Which services use which.
  await go("app = ");
  await run("Dep: Show Which Services Use Which");
  const picture = page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  await picture.locator("text.name", { hasText: "gitserver" }).waitFor();
  await look("graph");
} catch (wrong) {
  await look("failed");
  throw wrong;
} finally {
  await browser.close();
}
