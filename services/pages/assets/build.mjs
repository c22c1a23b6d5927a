// Builds app.css and app.js into built/.
import { mkdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { compile } from "sass";

mkdirSync("built", { recursive: true });

const styles = compile("app.scss", {
  loadPaths: ["node_modules/govuk-frontend/dist"],
  style: "compressed",
  quietDeps: true,
});
writeFileSync("built/app.css", styles.css);

await build({
  entryPoints: ["js/app.js"],
  outfile: "built/app.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  legalComments: "eof",
});
