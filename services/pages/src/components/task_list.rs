//! What has to be done, and what of it is done.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters, with_classes};
use super::tag::Tag;

/// Tasks with their states.
#[derive(Clone, Debug, Template)]
#[template(path = "components/task-list.html")]
pub struct TaskList {
    id_prefix: String,
    tasks: Vec<Task>,
    classes: Classes,
    attributes: Attributes,
}

/// One task of a [`TaskList`]. Classes go to its row.
#[derive(Clone, Debug)]
pub struct Task {
    title: Content,
    href: Option<String>,
    hint: Option<Content>,
    status: TaskStatus,
    title_classes: Classes,
    classes: Classes,
}

/// The state of a task: plain where nothing is left to do, else a tag.
#[derive(Clone, Debug)]
pub struct TaskStatus {
    shown: ShownStatus,
    classes: Classes,
}

#[derive(Clone, Debug)]
enum ShownStatus {
    Plain(Content),
    Tag(Box<Tag>),
}

component!(TaskList);
with_classes!(Task, TaskStatus);
from_content!(TaskStatus);

setters! { TaskList:
    /// What ids begin with: "task-list" unless set.
    id_prefix: String,
}

setters! { Task:
    /// Where it is done. Without it, it cannot be begun yet.
    href: String,
    /// Help under its title.
    hint: Content,
}

impl Default for TaskList {
    fn default() -> Self {
        Self::new()
    }
}

impl TaskList {
    /// Without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id_prefix: "task-list".to_owned(),
            tasks: Vec::new(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }

    /// Adds a task.
    #[must_use]
    pub fn task(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }
}

impl Task {
    /// A task in that state.
    #[must_use]
    pub fn new(title: impl Into<Content>, status: impl Into<TaskStatus>) -> Self {
        Self {
            title: title.into(),
            href: None,
            hint: None,
            status: status.into(),
            title_classes: Classes::default(),
            classes: Classes::default(),
        }
    }

    /// Adds classes to its title.
    #[must_use]
    pub fn title_classes(mut self, classes: impl Into<String>) -> Self {
        self.title_classes.add(classes.into());
        self
    }
}

impl TaskStatus {
    /// A plain word.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            shown: ShownStatus::Plain(content.into()),
            classes: Classes::default(),
        }
    }
}

impl From<Tag> for TaskStatus {
    fn from(tag: Tag) -> Self {
        Self {
            shown: ShownStatus::Tag(Box::new(tag)),
            classes: Classes::default(),
        }
    }
}
