// Everything by keyboard, with the focus always to be seen, and at twice the size.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fits, openBrowser, person } from "./kit/browser.js";
import { startDemo } from "./kit/service.js";

const SAMPLE = "/organisations/X00000001";

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** What has the focus, and whether that can be seen. */
const focused = (page) =>
  page.evaluate(() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    const box = it.getBoundingClientRect();
    const label = it.labels?.[0] ? getComputedStyle(it.labels[0], "::before") : null;
    const shown =
      (style.outlineStyle !== "none" && parseInt(style.outlineWidth) > 0) ||
      style.boxShadow !== "none" ||
      style.backgroundColor === "rgb(255, 221, 0)" ||
      (label && label.boxShadow !== "none");
    return { tag: it.tagName, type: it.type, text: (it.innerText || it.value || it.id || "").slice(0, 60), shown, onScreen: box.bottom > 0 && box.top < innerHeight };
  });

for (const path of ["", "/claims", "/log-a-gain", "/claims/PAY1", "/checks?year=2010-11", "/board?year=2010-11", "/history", "/why/2010-11", "/statements", "/import", "/sample", "/proof"]) {
  test(`every control of ${path || "the home page"} is reached by Tab and shows its focus`, async () => {
    const visitor = await person(browser, service, "recorder");
    const { page } = visitor;
    await page.goto(SAMPLE + path);
    const wanted = await page.$$eval("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']", (all) => {
      const seen = (it) => it.checkVisibility({ checkOpacity: false }) && !it.disabled;
      // Of radios with one name the browser gives one the focus.
      const names = new Set();
      return all.filter(seen).filter((it) => it.type !== "radio" || !(names.has(it.name) || !names.add(it.name))).length;
    });
    let reached = 0;
    for (let press = 0; press < wanted + 5; press++) {
      await page.keyboard.press("Tab");
      const it = await focused(page);
      if (it.tag === "BODY") break;
      reached += 1;
      assert.ok(it.shown, `the focus cannot be seen on ${JSON.stringify(it)}`);
      assert.ok(it.onScreen, `the focus is off the screen at ${JSON.stringify(it)}`);
    }
    assert.ok(reached >= wanted, `Tab reached ${reached} of ${wanted} controls`);
    await visitor.close();
  });

  test(`${path || "the home page"} at twice the size needs no sideways scroll`, async () => {
    // A screen of 1280 px at 200 % has room for 640.
    const visitor = await person(browser, service, "recorder", { way: { name: "zoomed", width: 640, scripts: true } });
    await visitor.page.goto(SAMPLE + path);
    await fits(visitor.page, path);
    await visitor.close();
  });
}

test("the skip link is first and leads to the content", async () => {
  const visitor = await person(browser, service, "board");
  const { page } = visitor;
  await page.goto(`${SAMPLE}/board?year=2010-11`);
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).text, "Skip to main content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main-content");
  await visitor.close();
});
