// Coming in and going out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits, openBrowser, person, WAYS } from "./kit/browser.js";
import { startDemo } from "./kit/service.js";

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const way of WAYS) {
  test(`somebody signs in, sees their organisations and signs out (${way.name})`, async () => {
    const visitor = await person(browser, service, "board", { way, journey: "sign in" });
    const { page } = visitor;
    await visitor.look("organisations");
    assert.equal(await page.textContent("h1"), "Your organisations");
    assert.equal(await page.locator("main li a").count(), 3);
    await page.click("text=Sign out");
    await page.waitForURL("**/sign-in");
    await visitor.look("signed out");
    await page.goto("/organisations/X00000001");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.equal(new URL(page.url()).searchParams.get("next"), "/organisations/X00000001");
    await visitor.close();
  });
}

test("a wrong password says so, keeps the name and not the password", async () => {
  const context = await browser.newContext({ baseURL: service.address });
  const page = await context.newPage();
  await page.goto("/sign-in?next=//elsewhere.example/");
  await page.fill("#person", "demo.nobody");
  await page.fill("#password", "not the password");
  const [answer] = await Promise.all([page.waitForResponse((it) => it.request().method() === "POST"), page.click("main button[type=submit]")]);
  assert.equal(answer.status(), 401);
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.inputValue("#person"), "demo.nobody");
  assert.equal(await page.inputValue("#password"), "");
  assert.match(await page.textContent(".govuk-error-summary"), /nobody with this name and password/);
  assert.equal(await page.inputValue("input[name=next]"), "/");
  await accessible(page, "a wrong password");
  await fits(page, "a wrong password");
  await context.close();
});

test("the checks of a page can fail (positive control)", async () => {
  const context = await browser.newContext({ baseURL: service.address, viewport: { width: 320, height: 600 } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.evaluate(() => {
    const wide = document.createElement("pre");
    wide.textContent = "x".repeat(200);
    const image = document.createElement("img");
    image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    document.querySelector("main").append(wide, image);
  });
  await assert.rejects(fits(page, "control"), /scrolls sideways/);
  await assert.rejects(accessible(page, "control"), /axe found violations/);
  await context.close();
});
