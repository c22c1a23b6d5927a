// The packages that tests/browser/run has installed beside the project.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const home = process.env.NETGAIN_BROWSER_PACKAGES;
if (!home) throw new Error("run these by tests/browser/run --program PATH");
const require = createRequire(join(home, "package.json"));

export const { chromium } = require("playwright-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
