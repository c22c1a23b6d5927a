//! Files in, claims or problems out: real ones, ones with every mistake people make, and ones made
//! to do harm.

#[cfg(test)]
mod broken_bytes;
#[cfg(test)]
mod csv_rules;
#[cfg(test)]
mod harmful_files;
#[cfg(test)]
mod ods_files;
#[cfg(test)]
mod real_councils;
#[cfg(test)]
mod workbooks;
#[cfg(test)]
mod xlsx_files;
