//! Signing in at a provider of `OpenID Connect` that is not our own code, and at one that lies.
//! Needs node and npm.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod honest;
#[cfg(test)]
mod node;
