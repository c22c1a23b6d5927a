// A real browser, and what every page in it is held to.
import assert from "node:assert/strict";
import { join } from "node:path";
import { axeSource, chromium } from "./packages.js";

/** How people look at pages: each journey is made in all of these. */
export const WAYS = [
  { name: "wide", width: 1280, scripts: true },
  { name: "narrow", width: 320, scripts: true },
  { name: "wide without scripts", width: 1280, scripts: false },
  { name: "narrow without scripts", width: 320, scripts: false },
];

/**
 * Opens the browser for the tests of a file. Pictures pass through a file on the disk: the shared memory of a
 * container is often 64 MB, which one tall page fills.
 */
export const openBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

/** A picture is of the first part of a page that is taller than this, in pixels. */
const TALLEST = 12_000;

/**
 * A person at a browser of their own.
 *
 * @param {string} journey in the names of the screenshots
 */
export async function person(browser, service, role, { way = WAYS[0], journey = "" } = {}) {
  const context = await browser.newContext({
    baseURL: service.address,
    viewport: { width: way.width, height: 900 },
    javaScriptEnabled: way.scripts,
    acceptDownloads: true,
    locale: "en-GB",
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  let step = 0;
  const visitor = {
    page,
    context,
    way,
    complaints,

    async signIn(tab = page) {
      await tab.goto("/sign-in");
      await tab.fill("#person", `demo.${role}`);
      await tab.fill("#password", service.passwords[`demo.${role}`]);
      await tab.click("main button[type=submit]");
      await tab.waitForURL((url) => url.pathname !== "/sign-in");
    },

    /** Holds the page to what every page is held to, and keeps a picture of it. */
    async look(what) {
      step += 1;
      const name = `${journey} ${way.name} ${String(step).padStart(2, "0")} ${what}`;
      await picture(page, join(process.env.SCREENSHOTS, `${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.png`));
      await fits(page, what);
      if (way.scripts) await accessible(page, what);
      const said = complaints.splice(0);
      assert.equal(said.length, 0, `${what}: the console says ${said.join("; ")}`);
      assert.equal(await page.locator("h1").count(), 1, `${what}: a page has one h1`);
    },

    /** The same for a form that came back: its answer is a refusal, which a browser says on its console. */
    async lookAtRefused(what) {
      await page.locator(".govuk-error-summary").waitFor();
      assert.match(await page.title(), /^Error: /, `${what}: the title says so`);
      const rest = complaints.splice(0).filter((it) => !/status of 422/.test(it));
      complaints.push(...rest);
      await visitor.look(what);
    },

    close: () => context.close(),
  };
  await visitor.signIn();
  return visitor;
}

/** Keeps a picture of the page. A browser that cannot draw for a moment is asked again: that says nothing of the page. */
async function picture(page, path, tries = 3) {
  const { scrollHeight, innerWidth } = await page.evaluate(() => ({
    scrollHeight: document.documentElement.scrollHeight,
    innerWidth: window.innerWidth,
  }));
  const clip = { x: 0, y: 0, width: innerWidth, height: Math.min(scrollHeight, TALLEST) };
  await page.screenshot({ path, fullPage: true, clip }).catch((error) => {
    if (tries === 1 || !/Unable to capture screenshot/.test(error.message)) throw error;
    return picture(page, path, tries - 1);
  });
}

/** Nothing pushes the page wider than the screen. */
export async function fits(page, what) {
  const { scrollWidth, innerWidth } = await page.evaluate(() => ({
    scrollWidth: document.documentElement.scrollWidth,
    innerWidth: window.innerWidth,
  }));
  assert.ok(scrollWidth <= innerWidth, `${what}: scrolls sideways, ${scrollWidth} px in ${innerWidth}`);
}

/** axe-core finds nothing against WCAG 2.2 AA or good practice. */
export async function accessible(page, what) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const result = await window.axe.run(document, { runOnly: tags });
    return result.violations.map((it) => ({ id: it.id, help: it.help, nodes: it.nodes.map((node) => node.html.slice(0, 200)) }));
  });
  assert.equal(found.length, 0, `${what}: axe found violations ${JSON.stringify(found)}`);
}
