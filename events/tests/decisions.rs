//! What is decided: given a history, when someone asks, then this is recorded, repeated or refused.

#[cfg(test)]
mod decisions {
    mod access;
    mod claims;
    mod commands;
    mod forms;
    mod harness;
    mod history;
    mod precedence;
    mod repeats;
    mod shape;
    mod table;
    mod time;
    mod validation;
}
