// What a person sees is what `netgain totals` says, to the penny, on random histories.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { openBrowser, person } from "./kit/browser.js";
import { netgain, startDemo } from "./kit/service.js";

const SEEDS = Array.from({ length: 12 }, (_, place) => 179 + place);
const COMMANDS = 120;
const YEARS = ["2008/09", "2010/11", "2012/13"];

/** One organisation each; what a random history has the ledger refuse is part of it. */
const histories = SEEDS.map((seed) => {
  const text = execFileSync(process.env.NETGAIN_WORKLOAD, ["--history", String(seed), String(COMMANDS)], { encoding: "utf8" });
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  return { seed, org: lines[0].org, lines };
});

let service, browser;
before(async () => {
  const lines = histories.flatMap((it) => it.lines);
  [service, browser] = await Promise.all([startDemo({ lines, refused: true }), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Pounds as pages write them, of an amount as documents write it. */
function pounds(amount) {
  const [, sign, whole, pence] = /^(-?)(\d+)\.(\d\d)$/.exec(amount);
  return `${sign}£${whole.replaceAll(/\B(?=(\d{3})+$)/g, ",")}.${pence}`;
}

const totals = (org, year, more = []) =>
  JSON.parse(netgain(["--data", service.data, "totals", "--org", org, "--year", year, "--json", ...more]));

const inAddress = (year) => year.replace("/", "-");

/** The amounts that stand in a table's row with that heading, as the page shows them. */
async function row(page, heading) {
  const row = page.locator("tr", { has: page.locator("th[scope=row]", { hasText: heading }) }).last();
  const cells = await row.locator("td.govuk-table__cell--numeric").allTextContents();
  return cells.map((it) => it.trim());
}

for (const { seed, org } of histories) {
  test(`the pages of random history ${seed} show the program's figures`, async () => {
    const visitor = await person(browser, service, "auditor", { way: { name: "wide", width: 1280, scripts: false } });
    const { page } = visitor;
    for (const year of YEARS) {
      const now = totals(org, year);
      const halfway = Math.floor(now.position / 2);
      const then = totals(org, year, ["--position", String(halfway)]);
      for (const [document, query] of [[now, ""], [then, `&position=${halfway}`]]) {
        for (const basis of ["claimed", "validated", "assured"]) {
          const figures = document[basis];
          await page.goto(`/organisations/${org}/why/${inAddress(year)}?basis=${basis}${query}`);
          const what = `${org} ${year} ${basis}${query}`;
          const parts = page.locator("#parts + div table");
          const shown = (await parts.locator("td").allTextContents()).map((it) => it.trim());
          const expected = [figures.gross, figures.recurring_costs, figures.deleted, figures.one_off_costs, figures.carry_forward, figures.net];
          // What is taken away stands with a minus.
          const sign = [1, -1, -1, -1, 1, 1];
          const signed = expected.map((amount, place) => (sign[place] > 0 || /^0+\.00$/.test(amount) ? amount : amount.startsWith("-") ? amount.slice(1) : `-${amount}`));
          assert.deepEqual(shown, signed.map(pounds), what);
        }
        await page.goto(`/organisations/${org}/board?year=${inAddress(year)}${query}`);
        assert.equal((await page.textContent("#headline .ng-figure")).trim(), pounds(document.validated.net), `the board's headline of ${org} ${year}${query}`);
      }
      // The list adds up to the claimed total, its carry-forward left out, and each line is the program's.
      await page.goto(`/organisations/${org}/why/${inAddress(year)}?basis=claimed`);
      for (const line of now.claims) {
        const cells = await row(page, new RegExp(`^\\s*${line.claim}\\s`));
        if (cells.length > 0) assert.equal(cells.at(-1), pounds(line.net), `${org} ${year} ${line.claim}`);
      }
    }
    await visitor.close();
  });
}

test("a page that is a penny off would be found (positive control)", () => {
  assert.equal(pounds("-1234567.05"), "-£1,234,567.05");
  assert.notEqual(pounds("1234567.06"), pounds("1234567.05"));
});
