//! The service over HTTP: who may do what, what nobody else sees, and what holds when many ask at once,
//! ask badly, or everything stops in the middle.

#[cfg(test)]
mod service {
    mod answers;
    mod bad_heads;
    mod bad_input;
    mod callers;
    mod commands;
    mod cross_site;
    mod crowd;
    mod forms;
    mod idempotency;
    mod kill;
    mod live;
    mod marker;
    mod matrix;
    mod pages;
    mod routes;
    mod sign_in;
    mod who_may;
}
