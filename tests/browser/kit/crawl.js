// Goes through every page that a person can reach by links.
import assert from "node:assert/strict";

/** How an address is written where the kind of page matters and not which organisation or claim. */
export function kind(path) {
  return path
    .replace(/^\/organisations\/[^/]+/, "/organisations/{org}")
    .replace(/\/claims\/(?!new(\/|$))[^/]+/, "/claims/{claim}")
    .replace(/\/(offsets|challenges|redeployments)\/(?!new(\/|$))[^/]+/, "/$1/{part}")
    .replace(/\/(history)\/\d+/, "/$1/{position}")
    .replace(/\/(why|changes)\/[^/]+/, "/$1/{year}")
    .replace(/\/statements\/[^/]+\/[^/]+\/\d+/, "/statements/{year}/{series}/{number}");
}

/**
 * Visits pages, first come first seen, at most `each` of a kind, and says which kinds there were. What is
 * downloaded and not shown is left out.
 *
 * @param {(path: string, status: number) => Promise<void>} seen what each page is held to; what is wrong with any
 *   is told once all have been seen
 */
export async function crawl(page, start, seen, { each = 2, within = "/" } = {}) {
  const waiting = [].concat(start);
  const known = new Set(waiting);
  const counts = new Map();
  const wrong = [];
  while (waiting.length > 0) {
    const path = waiting.shift();
    const of = kind(new URL(path, "http://x").pathname);
    if ((counts.get(of) ?? 0) >= each) continue;
    counts.set(of, (counts.get(of) ?? 0) + 1);
    const answer = await page.goto(path, { waitUntil: "load" });
    if (!answer || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    await seen(path, answer.status()).catch((error) => wrong.push(error.message));
    const links = await page.$$eval("a[href]:not([download])", (all) => all.map((it) => it.href));
    for (const link of links) {
      const url = new URL(link);
      const next = url.pathname + url.search;
      if (url.origin !== new URL(page.url()).origin || !next.startsWith(within)) continue;
      if (/^\/api\/|^\/sign-in|\/export\/|\/bytes$|\/bundle$|\/template|\/checkpoint$/.test(url.pathname)) continue;
      if (!known.has(next)) {
        known.add(next);
        waiting.push(next);
      }
    }
  }
  assert.deepEqual(wrong, []);
  return [...counts.keys()].sort();
}
