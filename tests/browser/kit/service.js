// A running netgain with the sample organisations, or with a history of a test's own.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = process.env.NETGAIN_PROGRAM;

/** Everyone that the demo makes, by the role in their name. */
export const ROLES = ["recorder", "validator", "signatory", "board", "auditor", "administrator"];

/** netgain, called with those words; what it printed. */
export function netgain(words, { input, status = 0 } = {}) {
  try {
    return execFileSync(program, words, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.status === status) return error.stdout;
    throw new Error(`netgain ${words.join(" ")}: ${error.status} ${error.stderr}`);
  }
}

/**
 * A service with the sample organisations. `lines` are commands that are recorded before it starts; where
 * they are `refused` in part, that is expected.
 */
export async function startDemo({ lines = [], refused = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "netgain-browser-"));
  const data = join(folder, "ledger");
  if (lines.length > 0) {
    netgain(["--data", data, "demo", "--no-serve"]);
    const file = join(folder, "commands.jsonl");
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    netgain(["--data", data, "record", file], { status: refused ? 1 : 0 });
  }
  const child = spawn(program, ["--data", data, "demo", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const passwords = {};
  let said = "";
  const address = await new Promise((resolve, reject) => {
    const hear = (line) => {
      said += line + "\n";
      const person = /^\s*(demo\.[a-z]+)\s+(\S+)\s*$/.exec(line);
      if (person) passwords[person[1]] = person[2];
      const served = /[Ss]erv(?:ed|ing) (?:at|on) (http:\/\/\S+)/.exec(line);
      if (served && Object.keys(passwords).length >= ROLES.length) resolve(served[1]);
    };
    createInterface({ input: child.stdout }).on("line", hear);
    createInterface({ input: child.stderr }).on("line", hear);
    child.on("exit", (code) => reject(new Error(`netgain ended with ${code}: ${said}`)));
  });
  return {
    address,
    data,
    passwords,
    async stop() {
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => child.on("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
