// The board's meeting: the headline and what moved it, a challenge and what becomes of it, two printed pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, person, WAYS } from "./kit/browser.js";
import { startDemo } from "./kit/service.js";

const HERE = "/organisations/X00000001";

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const send = async (page) => page.locator("main form button").first().click();

// Before anything is added to the sample: a list of challenges is as long as it is.
test("the board's page prints to two A4 pages", async () => {
  const board = await person(browser, service, "board");
  await board.page.goto(`${HERE}/board?year=2010-11`);
  const pdf = await board.page.pdf({ format: "A4", preferCSSPageSize: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  console.log(`the board's page prints to ${pages} pages`);
  assert.ok(pages <= 2, `${pages} pages`);
  await board.close();
});

WAYS.forEach((way, place) => {
  test(`a meeting of the board (${way.name})`, async () => {
    const board = await person(browser, service, "board", { way, journey: "board" });
    const { page } = board;
    await page.goto(`${HERE}/board?year=2010-11&since=40`);
    await board.look("since position 40");
    // What moved adds up.
    const pence = (text) => BigInt(text.replaceAll(/[£,+.]/g, ""));
    for (const row of await page.locator("#headline tbody tr").all()) {
      const [then, change, now] = (await row.locator("td").allTextContents()).map((it) => pence(it.trim()));
      assert.equal(then + change, now);
    }
    for (const image of await page.locator("main svg[role=img]").all()) {
      assert.ok((await image.locator("title").first().textContent()).length > 10, "a drawing says what it finds");
    }

    // A challenge, its answer, and that it stays on the list once it is upheld.
    await page.goto(`${HERE}/claims/ICT1/challenges/new`);
    const question = `Is the second room really closed (${place})?`;
    await page.fill("#question", question);
    await page.fill("#challenge", `B-${place}`);
    await board.look("raise a challenge");
    await send(page);
    await page.waitForURL((url) => url.searchParams.has("recorded"));
    const recorder = await person(browser, service, "recorder", { way, journey: "board" });
    await recorder.page.goto(`${HERE}/claims/ICT1/challenges/B-${place}/answer`);
    await recorder.page.fill("#answer", "The lease ended in March.");
    await recorder.look("answer it");
    await send(recorder.page);
    await recorder.page.waitForURL((url) => url.searchParams.has("recorded"));
    await recorder.close();
    await page.goto(`${HERE}/claims/ICT1/challenges/B-${place}/close`);
    await page.locator("input[name=outcome][value=upheld]").check();
    await board.look("close it");
    await send(page);
    await page.waitForURL((url) => url.searchParams.has("recorded"));
    await page.goto(`${HERE}/board?year=2010-11`);
    await board.look("the board afterwards");
    const text = await page.textContent("#challenges");
    assert.ok(text.includes(question) && text.includes("The lease ended in March."), text);

    // Several organisations on one page.
    await page.goto("/board");
    await board.look("several organisations");
    assert.match(await page.textContent("main"), /Sampleborough/);
    await board.close();
  });
});

test("a board keeps the dates of its meetings and sees what moved since the last", async () => {
  const board = await person(browser, service, "board", { journey: "meetings" });
  const { page } = board;
  await page.goto(`${HERE}/board?year=2010-11`);
  await page.fill("#meetings input[name$=day]", "1");
  await page.fill("#meetings input[name$=month]", "7");
  await page.fill("#meetings input[name$=year]:not([type=hidden])", "2011");
  await page.getByRole("button", { name: "Keep the date" }).click();
  await page.waitForLoadState();
  await board.look("a meeting kept");
  assert.match(await page.textContent("#meetings"), /1 July 2011/);
  assert.match(await page.textContent("#headline"), /since/);
  await board.close();
});
