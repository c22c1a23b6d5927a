// A session that ends while somebody is typing: they are warned, and lose nothing, with and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, person, WAYS } from "./kit/browser.js";
import { logGain } from "./kit/gain.js";
import { startDemo } from "./kit/service.js";

const SAMPLE = "/organisations/X00000001";
const HALF_AN_HOUR_S = 30 * 60;
const WARNING_S = 2 * 60;

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Ends the session for real, as another tab of the same browser would. */
async function signOutElsewhere(visitor) {
  const other = await visitor.context.newPage();
  await other.goto("/");
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL(/sign-in/);
  await other.close();
}

test("somebody is warned before the session ends, and stays signed in by a press", async () => {
  const visitor = await person(browser, service, "recorder", { journey: "session warning" });
  const { page } = visitor;
  // The page's clock, not the service's: its session goes on all the while.
  await page.clock.install();
  await page.goto(`${SAMPLE}/log-a-gain`);
  await page.fill("#title", "Half typed");
  const dialog = page.getByRole("dialog");
  await page.clock.runFor((HALF_AN_HOUR_S - WARNING_S - 10) * 1000);
  assert.equal(await dialog.count(), 0, "not yet");
  await page.clock.runFor(20_000);
  await dialog.waitFor();
  assert.match(await dialog.textContent(), /Are you still there.*signed out in two minutes/);
  await visitor.look("the warning");
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.inputValue("#title"), "Half typed");

  // It warns again, and says so where it is too late.
  await page.clock.runFor((HALF_AN_HOUR_S - WARNING_S + 10) * 1000);
  await dialog.waitFor();
  await signOutElsewhere(visitor);
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await page.getByText("What you have typed stays on this page").waitFor();
  visitor.complaints.splice(0);
  await visitor.look("it has ended");
  await page.getByRole("button", { name: "Go back to the page" }).click();
  assert.equal(await page.inputValue("#title"), "Half typed");
  await visitor.close();
});

test("a form with a file is sent again from the page before", async () => {
  const visitor = await person(browser, service, "recorder", { way: WAYS[2], journey: "signed out with a file" });
  const { page } = visitor;
  await page.goto(`${SAMPLE}/import`);
  await page.fill("#control_total", "1234.50");
  await page.setInputFiles("#file", { name: "gains.csv", mimeType: "text/csv", buffer: Buffer.from("claim,title\n") });
  await signOutElsewhere(visitor);
  await page.getByRole("button", { name: "Check the spreadsheet" }).click();
  await page.getByRole("heading", { name: "You have been signed out" }).waitFor();
  visitor.complaints.splice(0);
  await visitor.look("go back");
  await visitor.signIn(await visitor.context.newPage());
  await page.goBack();
  assert.equal(await page.inputValue("#control_total"), "1234.50");
  await visitor.close();
});

for (const way of WAYS) {
  test(`a form that is sent once the session has ended waits for its sender (${way.name})`, async () => {
    const visitor = await person(browser, service, "recorder", { way, journey: "signed out" });
    const { page, context } = visitor;
    const claim = `KEPT-${WAYS.indexOf(way)}`;
    await page.goto(`${SAMPLE}/log-a-gain`);
    const gain = { claim, title: `Kept “${way.name}”`, value: "1234.50", day: "1 4 2010" };
    await logGain(page, gain, { submit: false });
    await signOutElsewhere(visitor);
    await page.getByRole("button", { name: "Log this gain" }).click();
    await page.getByRole("heading", { name: "You have been signed out" }).waitFor();
    visitor.complaints.splice(0);
    await visitor.look("what was typed waits");

    const [tab] = await Promise.all([
      context.waitForEvent("page"),
      page.getByRole("link", { name: "Sign in (opens in a new tab)" }).click(),
    ]);
    await visitor.signIn(tab);
    await tab.close();
    await page.getByRole("button", { name: "Send it again" }).click();
    await page.waitForURL(`**/claims/${claim}?recorded=*`);
    assert.match(await page.textContent("main"), /Kept “/);
    assert.match(await page.textContent("main"), /£1,234\.50/);
    await visitor.look("it is recorded");
    await visitor.close();
  });
}
