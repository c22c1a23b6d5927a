// What people type is shown as they typed it, and never runs: every field of every command, on every page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, person, WAYS } from "./kit/browser.js";
import { crawl } from "./kit/crawl.js";
import { logGain } from "./kit/gain.js";
import { startDemo } from "./kit/service.js";

const ORG = "X00000666";
const HERE = `/organisations/${ORG}`;

// Each of these runs, or leaves its place, in a page that does not escape it where it stands.
const CORPUS = [
  `<img src=x onerror="window.hit=1">`,
  `"><script>window.hit=1</script>`,
  `'><svg onload=window.hit=1>`,
  `javascript:window.hit=1`,
  `</title><script>window.hit=1</script>`,
  `</textarea><script>window.hit=1</script>`,
  `</select><img src=x onerror=window.hit=1>`,
  `" autofocus onfocus="window.hit=1`,
  `' style='position:fixed;inset:0' onmouseover='window.hit=1`,
  `{{ 7 * 7 }} \${7*7} <%= 7*7 %>`,
  `<!--<img src=x onerror=window.hit=1>-->`,
  `&lt;script&gt;window.hit=1&lt;/script&gt;`,
  `=HYPERLINK("http://elsewhere.example","x")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
];
let turn = 0;
const hostile = () => CORPUS[turn++ % CORPUS.length];
const sha256 = "0".repeat(64);

/** A history with hostile text in every field of every command that takes text. */
function history() {
  const lines = [];
  const add = (actor, type, own) =>
    lines.push({ type, org: ORG, actor, note: hostile(), evidence: [{ name: hostile(), sha256, uri: "https://example.org/" + encodeURIComponent(hostile()) }], ...own });
  add("a.clerk", "register-organisation", { name: CORPUS[0], kind: hostile(), sector: "other", region: hostile() });
  add("a.clerk", "set-baseline", { year: "2007/08", amount: "1000000", source: hostile() });
  add("a.clerk", "set-target", { year: "2010/11", amount: "500000", service: CORPUS[1] });
  CORPUS.forEach((text, place) => {
    const claim = `BAD-${place}`;
    add("a.clerk", "register-claim", {
      claim, title: text, action: "reduce-inputs", impact_from: "2009-04-01", profile: { "2009/10": "1000" },
      service: hostile(), owner: hostile(), quality_measure: hostile(), source: "income", source_override: hostile(),
      labels: { portfolio: text, risk: hostile() }, scheme: { id: "S", total: "900" },
    });
    add("a.clerk", "record-offset", { claim, offset: "once", kind: "one-off", year: "2009/10", amount: "10", funding: hostile(), description: hostile() });
    add("a.clerk", "record-offset", { claim, offset: "wrong", kind: "one-off", year: "2009/10", amount: "10", description: hostile() });
    add("a.clerk", "cancel-offset", { claim, offset: "wrong", reason: hostile() });
    add("a.clerk", "amend-claim", { claim, reason: hostile(), title: `${text} again` });
    add("b.head", "validate-claim", { claim });
    add("b.head", "check-sustainment", { claim, year: "2009/10", outcome: "sustained", quality: "maintained", quality_reading: hostile() });
    add("b.head", "raise-challenge", { claim, challenge: "Q", question: hostile(), answer_by: "2011-01-01" });
    add("a.clerk", "answer-challenge", { claim, challenge: "Q", answer: hostile() });
    add("a.clerk", "record-redeployment", { claim, redeployment: "R", year: "2010/11", amount: "5", purpose: "other", description: hostile() });
  });
  add("a.clerk", "declare-carry-forward", { ongoing_cashable: "100", baseline_2004_05: "100", source: hostile() });
  add("a.clerk", "withdraw-claim", { claim: "BAD-0", reason: hostile() });
  return lines;
}

let service, browser;
before(async () => {
  [service, browser] = await Promise.all([startDemo({ lines: history() }), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Nothing of the corpus has become an element, an attribute or a script. */
async function inert(page, what) {
  const found = await page.evaluate(() => ({
    hit: window.hit,
    scripts: document.querySelectorAll("script:not([src])").length,
    handlers: [...document.querySelectorAll("*")].filter((it) => [...it.attributes].some((at) => /^on|^style$/.test(at.name))).map((it) => it.outerHTML.slice(0, 120)),
    links: [...document.querySelectorAll("a[href]")].filter((it) => !["http:", "https:"].includes(it.protocol)).map((it) => it.outerHTML.slice(0, 120)),
  }));
  assert.deepEqual(found, { hit: undefined, scripts: 0, handlers: [], links: [] }, what);
}

test("what would run where it is not escaped is found (positive control)", async () => {
  const page = await browser.newPage();
  await page.setContent(`<p>${CORPUS[0]}</p><a href="${CORPUS[3]}">x</a>`);
  await page.waitForFunction(() => window.hit === 1);
  await assert.rejects(inert(page, "control"));
  await page.close();
});

for (const role of ["recorder", "board", "auditor"]) {
  test(`hostile text is inert on every page that a ${role} reaches`, async () => {
    const visitor = await person(browser, service, role, { way: WAYS[1], journey: `hostile ${role}` });
    let pages = 0;
    await crawl(
      visitor.page,
      [HERE, `${HERE}?year=2010-11`, `${HERE}/claims?year=2010-11`, `${HERE}/board?year=2010-11`],
      async (path, status) => {
        assert.ok(status < 400, `${path} answers ${status}`);
        await inert(visitor.page, path);
        await visitor.look(path);
        pages += 1;
      },
      { each: 3, within: HERE },
    );
    assert.ok(pages > 20, `only ${pages} pages`);
    await visitor.close();
  });
}

test("hostile text that was typed and refused comes back as it was", async () => {
  const visitor = await person(browser, service, "recorder", { way: WAYS[0], journey: "hostile form" });
  const { page } = visitor;
  for (const text of CORPUS) {
    await page.goto(`${HERE}/log-a-gain`);
    await logGain(page, { claim: text, title: text, value: text, day: "x y z", extra: { "#quality_measure": text } });
    assert.match(await page.title(), /^Error: /);
    for (const field of ["#claim", "#title", "#profile-0-value", "#quality_measure"]) assert.equal(await page.inputValue(field), text);
    await inert(page, text);
    assert.deepEqual(visitor.complaints.filter((it) => !it.includes("422")), []);
    visitor.complaints.length = 0;
  }
  await visitor.close();
});

test("hostile text in the address is inert", async () => {
  const visitor = await person(browser, service, "auditor", { journey: "hostile address" });
  const { page } = visitor;
  for (const text of CORPUS) {
    for (const path of [`${HERE}/claims?q=`, `${HERE}/claims?status=`, `${HERE}/history?q=`, `${HERE}/history?claim=`, `${HERE}/board?label=portfolio:`, `${HERE}/board?since=`, `${HERE}/board?known_at=`, "/board?region=", "/sign-in?next="]) {
      const answer = await page.goto(path + encodeURIComponent(text));
      assert.ok(answer.status() < 500, `${path} answers ${answer.status()}`);
      await inert(page, path + text);
    }
  }
  await visitor.close();
});
