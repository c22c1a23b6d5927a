// Filling in the form that logs a gain, as a person does.

/** Fills the form; `submit: false` leaves it unsent. What is not named is left as it is. */
export async function logGain(page, { claim, title, value, day, extra = {} }, { submit = true } = {}) {
  if (claim) await page.fill("#claim", claim);
  await page.fill("#title", title);
  await page.getByLabel("We use less to do the same").check();
  const [date, month, year] = day.split(" ");
  await page.fill("#impact_from-day", date);
  await page.fill("#impact_from-month", month);
  await page.fill("#impact_from-year", year);
  await page.fill("#profile-0-value", value);
  await page.getByLabel("We do the same for less").check();
  await page.getByLabel("Yes, year after year").check();
  for (const [field, text] of Object.entries(extra)) await page.fill(field, text);
  if (submit) await page.getByRole("button", { name: "Log this gain" }).click();
}
