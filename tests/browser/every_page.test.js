// Every page that people reach, as each of them, wide and narrow: nothing that axe finds, nothing that
// scrolls sideways, no complaint on the console, one h1, and never an error of the service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits, openBrowser, person, WAYS } from "./kit/browser.js";
import { crawl } from "./kit/crawl.js";
import { ROLES, startDemo } from "./kit/service.js";

const SAMPLE = "/organisations/X00000001";

// What must have been among them: a page that nothing links to is a page that nobody finds.
const REACHED = [
  "/",
  "/board",
  "/organisations/{org}",
  "/organisations/{org}/board",
  "/organisations/{org}/changes/{year}",
  "/organisations/{org}/checks",
  "/organisations/{org}/claims",
  "/organisations/{org}/log-a-gain",
  "/organisations/{org}/claims/{claim}",
  "/organisations/{org}/claims/{claim}/amend",
  "/organisations/{org}/claims/{claim}/challenges/new",
  "/organisations/{org}/claims/{claim}/check",
  "/organisations/{org}/claims/{claim}/offsets/new",
  "/organisations/{org}/claims/{claim}/redeployments/new",
  "/organisations/{org}/claims/{claim}/validate",
  "/organisations/{org}/claims/{claim}/withdraw",
  "/organisations/{org}/history",
  "/organisations/{org}/history/{position}",
  "/organisations/{org}/import",
  "/organisations/{org}/proof",
  "/organisations/{org}/sample",
  "/organisations/{org}/statements",
  "/organisations/{org}/statements/{year}/{series}/{number}",
  "/organisations/{org}/why/{year}",
];

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const reached = new Set();

for (const role of ROLES.filter((role) => role !== "administrator")) {
  // Each role at one width with scripts; the two widths take turns.
  const way = WAYS[ROLES.indexOf(role) % 2];
  test(`every page that a ${role} reaches (${way.name})`, async () => {
    const visitor = await person(browser, service, role, { way, journey: `every page ${role}` });
    const start = ["/", SAMPLE, `${SAMPLE}?year=2010-11`];
    const kinds = await crawl(visitor.page, start, async (path, status) => {
      assert.ok(status < 400, `${path} answers ${status}`);
      await visitor.look(path);
    });
    for (const it of kinds) reached.add(it);
    await visitor.close();
  });
}

test("every kind of page was among them", () => {
  assert.deepEqual(REACHED.filter((it) => !reached.has(it)), []);
});

test("an organisation without anything, and what is not there, are pages too", async () => {
  const visitor = await person(browser, service, "auditor", { way: WAYS[1], journey: "nothing there" });
  const { page } = visitor;
  for (const path of [`${SAMPLE}/claims/NO-SUCH`, "/nothing/here", `${SAMPLE}/history/99999`, `${SAMPLE}/why/1999-00`, `${SAMPLE}/board?year=2010-11&position=99999`]) {
    const answer = await page.goto(path);
    assert.ok(answer.status() >= 400 && answer.status() < 500, `${path} answers ${answer.status()}`);
    await accessible(page, path);
    await fits(page, path);
    assert.equal(await page.locator("h1").count(), 1);
  }
  await visitor.close();
});
