//! The page as data: a section for each code, and its examples.

/// What the page says of one code.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) code: String,
    pub(crate) prose: String,
    pub(crate) examples: Vec<Example>,
}

/// An example: after these lines that line is answered so.
#[derive(Debug, Default)]
pub(crate) struct Example {
    pub(crate) given: Vec<String>,
    pub(crate) when: String,
    pub(crate) answer: String,
    /// The role of whoever asks, signed in to the service: `roles=board`.
    pub(crate) role: Option<String>,
    /// How many bytes the line has with spaces after it: `padded-to=32769`.
    pub(crate) padded_to: usize,
}

/// Reads the page. A section starts at its code's heading; an example ends with its answer.
pub(crate) fn sections(page: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut example = Example::default();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(code) = line.strip_prefix("### `") {
            sections.push(Section {
                code: code.trim_end_matches('`').to_owned(),
                ..Section::default()
            });
        } else if let Some(marks) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let section = sections.last_mut().unwrap();
            if example.read(marks, &block) {
                section.examples.push(std::mem::take(&mut example));
            }
        } else if let Some(section) = sections.last_mut() {
            section.prose.push_str(line);
            section.prose.push('\n');
        }
    }
    sections
}

impl Example {
    /// Takes a block of code; true if it was the answer, which ends the example.
    fn read(&mut self, marks: &str, block: &[&str]) -> bool {
        let mut marks = marks.split(' ');
        assert_eq!(marks.next(), Some("json"), "blocks are JSON: {block:?}");
        let role = marks.next();
        match role {
            Some("given") => self.given = block.iter().map(|&line| line.to_owned()).collect(),
            Some("when") => self.when = block.concat(),
            Some("answer") => self.answer = block.concat(),
            other => panic!("a block is given, when or answer, not {other:?}"),
        }
        for mark in marks {
            match mark.split_once('=') {
                Some(("roles", role)) => self.role = Some(role.to_owned()),
                Some(("padded-to", bytes)) => self.padded_to = bytes.parse().unwrap(),
                Some(("repeat", times)) => self.repeat_given(times.parse().unwrap()),
                other => panic!("an unknown mark: {other:?}"),
            }
        }
        role == Some("answer")
    }

    /// Writes out a given line with `{n}` in it so many times: `repeat=200`.
    fn repeat_given(&mut self, times: usize) {
        let written_out = |line: &String| -> Vec<String> {
            let times = if line.contains("{n}") { times } else { 1 };
            (0..times)
                .map(|n| line.replace("{n}", &n.to_string()))
                .collect()
        };
        self.given = self.given.iter().flat_map(written_out).collect();
    }
}
