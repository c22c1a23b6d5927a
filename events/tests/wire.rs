//! The written form of events: whatever can be recorded reads back, nothing else does, and strict
//! JSON is what everyone else calls JSON.

#[cfg(test)]
mod wire {
    mod arbitrary;
    mod damage;
    mod events;
    mod json;
}
