// An auditor's morning: back in time, from a total to the bytes behind it, a sample, and a bundle to take away.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser, person, WAYS } from "./kit/browser.js";
import { netgain, startDemo } from "./kit/service.js";

const ORG = "X00000001";
const HERE = `/organisations/${ORG}`;

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const cells = async (page, table) => (await page.locator(table).locator("td.govuk-table__cell--numeric").allTextContents()).map((it) => it.trim());

WAYS.forEach((way) => {
  test(`from a total to the bytes behind it (${way.name})`, async () => {
    const auditor = await person(browser, service, "auditor", { way, journey: "auditor" });
    const { page } = auditor;
    await page.goto(`${HERE}/why/2010-11`);
    await auditor.look("why is this number this");
    const headline = (await page.textContent("#parts + div tr:last-child td")).trim();
    // To a claim, to its events, to one event.
    await page.locator("#claims ~ div a", { hasText: "PAY1" }).first().click();
    await auditor.look("a claim's part of it");
    await page.locator("#events ~ div a[href*='/history/']").first().press("Enter");
    await page.waitForURL((url) => url.pathname.includes("/history/"));
    await auditor.look("an event");
    const position = Number(new URL(page.url()).pathname.split("/").at(-1));
    const stored = netgain(["--data", service.data, "trail", "--org", ORG, "--json"]).split("\n")[position - 1];
    const shown = await page.textContent("main pre");
    assert.equal(shown.trim(), stored, "the bytes are those that are stored");
    const leaf = createHash("sha256").update(Buffer.concat([Buffer.from([0]), Buffer.from(stored)])).digest("hex");
    const plain = createHash("sha256").update(stored).digest("hex");
    const text = await page.textContent("main");
    assert.ok(text.includes(leaf) || text.includes(plain), "its hash is shown");

    // Back to an earlier knowledge, and what changed since.
    await page.goto(`${HERE}/why/2010-11?position=60`);
    await auditor.look("as known earlier");
    assert.match(await page.textContent("main"), /as known at position 60/);
    const then = JSON.parse(netgain(["--data", service.data, "totals", "--org", ORG, "--year", "2010/11", "--position", "60", "--json"]));
    const shownThen = (await page.textContent("#parts + div tr:last-child td")).trim();
    assert.equal(shownThen.replaceAll(/[£,]/g, ""), then.validated.net);
    await page.goto(`${HERE}/changes/2010-11?from=60&to=100`);
    await auditor.look("what changed");
    const amounts = (await cells(page, "main table")).length;
    assert.ok(amounts > 2);
    assert.match(headline, /^£/);

    await page.goto(`${HERE}/history`);
    await auditor.look("the history");
    await page.goto(`${HERE}/sample?year=2010-11&size=5&seed=spring`);
    await auditor.look("a sample");
    await page.goto(`${HERE}/proof`);
    await auditor.look("the proof");
    await page.goto(`${HERE}/statements`);
    await auditor.look("statements");
    await auditor.close();
  });
});

test("a bundle that was downloaded holds, by the key that the page shows", async () => {
  const auditor = await person(browser, service, "auditor", { journey: "bundle" });
  const { page } = auditor;
  await page.goto(`${HERE}/proof`);
  const key = /[^\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(await page.textContent("main"))[0];
  await page.goto(`${HERE}/statements`);
  await page.locator(`main a[href*='/statements/2']`).first().click();
  await auditor.look("a statement");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /bundle/i }).first().click()]);
  const folder = join(service.data, "..");
  const [bundle, keys] = [join(folder, "bundle.tar"), join(folder, "key")];
  await download.saveAs(bundle);
  writeFileSync(keys, `${key}\n`);
  assert.match(netgain(["verify-bundle", bundle, "--key", keys]), /figure\s+passed/);
  // The control: a byte of it changed.
  const bytes = readFileSync(bundle);
  bytes[bytes.length / 3 | 0] ^= 1;
  writeFileSync(bundle, bytes);
  assert.throws(() => netgain(["verify-bundle", bundle, "--key", keys]));
  await auditor.close();
});
