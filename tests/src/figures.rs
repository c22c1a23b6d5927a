//! Amounts in answers, compared and shown without the program's own code.

use serde_json::Value;

/// The pence of an amount in an answer, which always has two decimals.
#[must_use]
pub fn pence(amount: &Value) -> i128 {
    let text = amount
        .as_str()
        .unwrap_or_else(|| panic!("{amount} is no amount"));
    let (pounds, decimals) = text.split_once('.').expect("two decimals");
    assert_eq!(decimals.len(), 2, "{amount}");
    format!("{pounds}{decimals}").parse().expect("digits")
}

/// An amount of an answer as text for people has it: `£1,234.50`, `-£5.00`.
#[must_use]
pub fn pounds(amount: &Value) -> String {
    let pence = pence(amount);
    let digits = (pence.abs() / 100).to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}£{}.{:02}", groups.join(","), pence.abs() % 100)
}

/// The pence of that amount of each item of a list, added up.
pub fn sum<'v>(list: &'v Value, amount: impl Fn(&'v Value) -> &'v Value) -> i128 {
    let list = list.as_array().expect("a list");
    list.iter().map(|item| pence(amount(item))).sum()
}

/// The line of a claim in an answer's totals.
#[must_use]
pub fn line<'t>(totals: &'t Value, claim: &str) -> &'t Value {
    let lines = totals["claims"].as_array().expect("a list of lines");
    let found = lines.iter().find(|line| line["claim"] == claim);
    found.unwrap_or_else(|| panic!("{claim} is not in {totals:#}"))
}

/// The words of the row of a table that begins with that.
#[must_use]
pub fn row<'t>(text: &'t str, start: &str) -> Vec<&'t str> {
    let found = text.lines().find(|line| line.starts_with(start));
    found
        .unwrap_or_else(|| panic!("no row {start:?} in {text}"))
        .split_whitespace()
        .collect()
}

/// Checks that a text has each of those words in it.
pub fn mentions(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
}
