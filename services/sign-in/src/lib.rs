//! Who somebody is: values in, values out, and the few files of the directory of people.
//!
//! [`people`] keeps names and password hashes, outside the log, so that they can be changed and
//! erased. [`password`] checks a password, [`throttle`] counts the attempts, [`session`] remembers
//! who has signed in, [`token`] is what a program shows instead, and [`oidc`] asks an organisation's
//! own provider. What a person may do is none of its business: the log says that.

pub mod oidc;
pub mod password;
pub mod people;
pub mod secret;
pub mod session;
pub mod throttle;
pub mod token;
