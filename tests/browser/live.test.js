// Two people, two browsers: one records a gain, the other's board shows the new total by itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, person } from "./kit/browser.js";
import { logGain } from "./kit/gain.js";
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

test("a gain that one logs is on another's board within a second, without a reload", async () => {
  const [recorder, board] = await Promise.all([
    person(browser, service, "recorder", { journey: "live recorder" }),
    person(browser, service, "board", { journey: "live board" }),
  ]);
  await board.page.goto(`${SAMPLE}/board?year=2010-11`);
  // A reload would lose this.
  await board.page.evaluate(() => (window.stayed = true));
  const before = await board.page.getAttribute("[data-position]", "data-position");
  await recorder.page.goto(`${SAMPLE}/log-a-gain`);
  await logGain(recorder.page, { claim: "LIVE-1", title: "Lights that turn themselves off", value: "12345.67", day: "1 7 2009" }, { submit: false });
  const seen = board.page.waitForFunction(
    (before) => document.querySelector("[data-position]").dataset.position > before && performance.timeOrigin + performance.now(),
    before,
    { polling: 10, timeout: 10_000 },
  );
  const sent = performance.timeOrigin + performance.now();
  await recorder.page.getByRole("button", { name: "Log this gain" }).click();
  const took = (await (await seen).jsonValue()) - sent;
  console.log(`from the click to the other's board: ${took.toFixed(0)} ms`);
  assert.ok(took < 1_000, `${took} ms`);
  assert.equal(await board.page.evaluate(() => window.stayed), true);
  await board.look("the board with the new total");
  await Promise.all([recorder.close(), board.close()]);
});
