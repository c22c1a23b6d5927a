// A finance team's year: log a gain, cost it, have it validated, check it, put it right, take it back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, person, WAYS } from "./kit/browser.js";
import { logGain } from "./kit/gain.js";
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

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
// A link may look like a button, and then says that it is one.
const follow = (page, name) => {
  const main = page.getByRole("main");
  return main.getByRole("link", { name, exact: true }).or(main.getByRole("button", { name, exact: true })).first().click();
};
const line = (claim, year) => {
  const totals = JSON.parse(netgain(["--data", service.data, "totals", "--org", ORG, "--year", year, "--json"]));
  return totals.claims.find((it) => it.claim === claim);
};

WAYS.forEach((way, place) => {
  test(`a gain from the first form to its withdrawal (${way.name})`, async () => {
    const claim = `J-${place}`;
    const recorder = await person(browser, service, "recorder", { way, journey: "finance" });
    const { page } = recorder;
    await page.goto(HERE);
    await recorder.look("home");
    await follow(page, "Log a gain");
    await recorder.look("log a gain");

    // Everything that is missing is said at once, and nothing is recorded.
    await press(page, "Log this gain");
    await recorder.lookAtRefused("log a gain with nothing in it");
    assert.ok((await page.locator(".govuk-error-summary__list li").count()) >= 5);
    // A link of the summary leads to its field.
    await page.locator(".govuk-error-summary__list a[href='#title']").click();
    if (way.scripts) assert.equal(await page.evaluate(() => document.activeElement.id), "title");

    const gain = { claim, title: "Lights that turn themselves off", value: "12,345.67", day: "1 7 2009", extra: { "#once-amount": "1000" } };
    await logGain(page, gain, { submit: false });
    if (way.scripts) {
      // What it counts stands beside the form as one types.
      await page.waitForFunction(() => /12,345\.67/.test(document.querySelector("#preview").textContent));
    } else {
      await press(page, "Show what it would count");
    }
    assert.match(await page.textContent("#preview"), /£11,345\.67/);
    await recorder.look("what it would count");
    await press(page, "Log this gain");
    await page.waitForURL((url) => url.pathname === `${HERE}/claims/${claim}`);
    assert.match(await page.textContent(".govuk-notification-banner--success"), /Recorded/);
    await recorder.look("the gain");
    assert.equal(line(claim, "2009/10").net, "11345.67");

    await follow(page, "Add a cost");
    await page.getByLabel("Every year").check();
    await page.fill("#amount", "345.67");
    await page.selectOption("#year", { label: "2010/11" });
    await recorder.look("add a cost");
    await press(page, await page.locator("main form button").first().innerText());
    await page.waitForURL((url) => url.pathname === `${HERE}/claims/${claim}`);
    assert.equal(line(claim, "2010/11").net, "12000.00");

    await follow(page, "Amend");
    await page.fill("#title", "Lights that turn themselves off in every building");
    await page.fill("#reason", "Two more buildings");
    await recorder.look("amend");
    await press(page, await page.locator("main form button").first().innerText());
    await page.waitForURL((url) => url.pathname === `${HERE}/claims/${claim}`);
    assert.equal(await page.textContent("h1"), "Lights that turn themselves off in every building");

    // A second pair of eyes.
    const validator = await person(browser, service, "validator", { way, journey: "finance" });
    await validator.page.goto(`${HERE}/claims/${claim}`);
    await follow(validator.page, "Validate");
    await validator.look("validate");
    await press(validator.page, await validator.page.locator("main form button").first().innerText());
    await validator.page.waitForURL((url) => url.pathname === `${HERE}/claims/${claim}`);
    assert.equal(line(claim, "2010/11").validated, true);

    // Year end: many checks in one sitting, one of them with something wrong, and nothing is lost.
    await validator.page.goto(`${HERE}/checks?year=2009-10`);
    await validator.look("the worklist");
    const row = validator.page.locator("fieldset", { hasText: claim });
    await row.getByLabel("What you found").selectOption("reduced");
    await row.getByLabel("The service is").selectOption("maintained");
    await row.getByLabel("What you measured").fill("Units of power");
    await press(validator.page, "Record these checks");
    await validator.lookAtRefused("the worklist with an amount missing");
    const again = validator.page.locator("fieldset", { hasText: claim });
    assert.equal(await again.getByLabel("What you measured").inputValue(), "Units of power");
    await again.getByLabel("If in part, how much a year").fill("10000");
    await press(validator.page, "Record these checks");
    await validator.page.waitForURL((url) => url.searchParams.has("recorded"));
    await validator.look("the worklist afterwards");
    assert.equal(line(claim, "2009/10").gross, "10000.00");
    assert.equal(line(claim, "2009/10").assured, true);
    await validator.close();

    await page.goto(`${HERE}/claims/${claim}`);
    await follow(page, "Withdraw");
    await recorder.look("withdraw");
    await press(page, await page.locator("main form button").first().innerText());
    await recorder.lookAtRefused("withdraw without a reason");
    await page.fill("#reason", "Only a test of the form");
    await press(page, await page.locator("main form button").first().innerText());
    await page.waitForURL((url) => url.pathname === `${HERE}/claims/${claim}`);
    await recorder.look("withdrawn");
    assert.equal(line(claim, "2010/11").status, "withdrawn");
    await recorder.close();
  });

  test(`a spreadsheet: a template, a preview with what is wrong, and all of it or nothing (${way.name})`, async () => {
    const recorder = await person(browser, service, "recorder", { way, journey: "spreadsheet" });
    const { page } = recorder;
    await page.goto(`${HERE}/import`);
    await recorder.look("import");
    const upload = async (name, text) => {
      await page.goto(`${HERE}/import`);
      await page.setInputFiles("input[type=file]", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
      await press(page, "Check the spreadsheet");
    };
    const head = "claim,title,action,impact_from,2009/10\n";
    await upload("bad.csv", `${head}S-${place}-1,=HYPERLINK("x"),reduce-inputs,31/02/2010,12.345\nS-${place}-2,Good,reduce-prices,2009-05-01,100\n`);
    await recorder.lookAtRefused("a preview with what is wrong");
    const text = await page.textContent("main");
    assert.match(text, /D2/);
    assert.match(text, /E2/);
    assert.equal(line(`S-${place}-2`, "2009/10"), undefined);

    await upload("good.csv", `${head}S-${place}-1,Power,reduce-inputs,01/05/2009,"£1,000.50"\nS-${place}-2,Paper,reduce-prices,2009-05-01,100\n`);
    await recorder.look("a preview");
    assert.match(await page.textContent("main"), /£1,100\.50/);
    assert.equal(line(`S-${place}-1`, "2009/10"), undefined);
    await press(page, "Record all of it");
    await page.waitForLoadState();
    await recorder.look("the receipt");
    assert.equal(line(`S-${place}-1`, "2009/10").net, "1000.50");
    await recorder.close();
  });
});
