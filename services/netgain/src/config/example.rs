//! A configuration file with every setting in it, for people to begin with.

use std::fmt::Write;

use super::form::Form;
use super::key::GROUPS;
use super::provider::FIELDS;

/// How wide the example's comments are.
const WIDTH: usize = 100;

/// The example: as it stands it changes nothing.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# The settings of netgain. Take the # from the front of a line to change it.\n\
         # Each can also come from the environment, as NETGAIN_ and its name in capitals, which goes before\n\
         # this file; a word of the call goes before both. Paths begin where this file is.\n",
    );
    for group in &GROUPS {
        // Writing to a string does not fail.
        let _ = write!(text, "\n## {}\n", group.title);
        for key in group.keys {
            text.push('\n');
            comment(&mut text, &format!("{} {}", key.what, key.why));
            let value = key.default().unwrap_or_else(|| none(key.form).to_owned());
            let _ = match key.form {
                Form::Count => writeln!(text, "#{} = {value}", key.name),
                Form::Path
                | Form::Address
                | Form::IpAddress
                | Form::Duration
                | Form::Size
                | Form::Text => {
                    writeln!(text, "#{} = \"{value}\"", key.name)
                }
            };
        }
    }
    text.push_str(
        "\n## People who sign in at their organisation's own provider (OpenID Connect)\n\
         # One table a provider, below everything else. A secret is best kept in a file of its own.\n\n\
         #[[provider]]\n",
    );
    for field in &FIELDS {
        comment(&mut text, field.what);
        let _ = writeln!(text, "#{} = {}", field.name, field.example);
    }
    text
}

/// What stands in the example where there is no default.
const fn none(form: Form) -> &'static str {
    match form {
        Form::Address => "127.0.0.1:9179",
        Form::IpAddress => "127.0.0.1",
        Form::Path => "a-file",
        Form::Text => "a-name",
        Form::Duration | Form::Size | Form::Count => "",
    }
}

fn comment(text: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split(' ') {
        if line.len() + word.len() + 1 > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}
