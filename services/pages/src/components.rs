//! GOV.UK Frontend's components, version 6, as values that become HTML.
//!
//! Their HTML is that of the published fixtures of the npm package for the same options; the test
//! `fixtures` compares them. What they have is what pages of a service need, not every option. The styles of
//! those that the pages use are in `assets/app.scss`, and the scripts in `assets/js/app.js`.
//!
//! Every component is made by `new`, changed by setters that can be chained, and shown in a template as
//! `{{ button }}`, or turned into [`Markup`] by [`Component::markup`]. Text is escaped wherever it goes;
//! where [`Content`] is taken, [`Markup`] can be given in place of text. All take `.classes("…")` and
//! `.attribute("name", "value")`.
//!
//! | made by | has besides |
//! |---|---|
//! | [`BackLink`]`::new(href)` | `content` |
//! | [`Breadcrumbs`]`::new()` | `link(content, href)`, `current(content)`, `crumb(`[`Crumb`]`)`, `collapse_on_mobile`, `label_text` |
//! | [`Button`]`::new(content)` | `href`, `secondary()`, `warning()`, `inverse()`, `start()`, `kind(`[`ButtonKind`]`)`, `id`, `name`, `value`, `disabled`, `prevent_double_click` |
//! | [`CharacterCount`]`::new(name, label, `[`CountLimit`]`)` | *control*, `value`, `rows`, `threshold`, `spellcheck`, `message_classes` |
//! | [`Checkboxes`]`::new(name)` | *group*, `item(`[`Checkbox`]`::new(value, content))`, `divider`, `id_prefix`, `small()` |
//! | [`Checkbox`], [`Radio`]`::new(value, content)` | `id`, `hint`, `checked`, `disabled`, `conditional(Markup)`, `label_classes`, `label_attribute`; a checkbox also `name`, `exclusive` |
//! | [`DateInput`]`::new(id)` | *group*, `values([day, month, year])`, `name_prefix`, `parts([`[`DatePart`]`::day(), …])` |
//! | [`Details`]`::new(summary, content)` | `id`, `open` |
//! | [`ErrorMessage`]`::new(content)` | `id`, `visually_hidden_text` |
//! | [`ErrorSummary`]`::new()` | `link(content, href)`, `item(`[`SummarisedError`]`)`, `title`, `description`, `disable_auto_focus` |
//! | [`Fieldset`]`::new()` | `legend(`[`Legend`]`)`, `content(Markup)`, `described_by`, `role` |
//! | [`FileUpload`]`::new(name, label)` | *control*, `accept`, `multiple`, `disabled`, `drop_zone` |
//! | [`GenericHeader`]`::new(logo)` | `href`, `container_classes` |
//! | [`Hint`]`::new(content)` | `id` |
//! | [`Input`]`::new(name, label)` | *control*, `value`, `kind(`[`InputKind`]`)`, `prefix`, `suffix` ([`Affix`]), `inputmode`, `autocomplete`, `autocapitalize`, `pattern`, `spellcheck`, `disabled`, `width(characters)`, `wrapper_classes`, `wrapper_attribute` |
//! | [`InsetText`]`::new(content)` | `id` |
//! | [`Label`]`::new(content)`, [`Legend`]`::new(content)` | `page_heading()`, `size(`[`Size`]`)`; a label also `for_id` |
//! | [`NotificationBanner`]`::new(content)` | `success()`, `title`, `title_id`, `title_heading_level`, `role`, `disable_auto_focus` |
//! | [`Pagination`]`::new()` | `previous(href)`, `next(href)` ([`PaginationLink`]), `page(`[`PaginationPage`]`::new(number, href).current(true))`, `ellipsis()`, `landmark_label` |
//! | [`Panel`]`::new(title)`, `::interruption(title)` | `content`, `heading_level(`[`HeadingLevel`]`)`, `button(Button)`, `link(`[`PanelLink`]`)`, `actions_classes`, `actions_attribute` |
//! | [`PasswordInput`]`::new(name, label)` | *control*, `value`, `autocomplete`, `disabled` |
//! | [`PhaseBanner`]`::new(tag, content)` | |
//! | [`Radios`]`::new(name)` | *group*, `item(`[`Radio`]`::new(value, content))`, `divider`, `id_prefix`, `inline()`, `small()` |
//! | [`Select`]`::new(name, label)` | *control*, `item(`[`SelectItem`]`::new(value, text).selected(true))`, `items`, `value`, `disabled` |
//! | [`ServiceNavigation`]`::new()` | `service_name`, `service_href`, `item(`[`NavigationItem`]`::new(content, href).current())`, `end(Markup)`, labels, `collapse_on_mobile` |
//! | [`SkipLink`]`::new(content)` | `href` |
//! | [`SummaryList`]`::new()` | `row(`[`SummaryRow`]`::new(key, value).action(`[`SummaryAction`]`::new(content, href).visually_hidden_text(…)))`, `rows`, `card(`[`SummaryCard`]`::new(title))`, `no_border()` |
//! | [`Table`]`::new()` | `caption`, `caption_size(Size)`, `head([…])`, `row([…])` of [`TableCell`]`::new(content).numeric()`, `first_cell_is_header` |
//! | [`Tabs`]`::new()` | `tab(`[`Tab`]`::new(id, label, content))`, `title`, `id` |
//! | [`Tag`]`::new(content)` | `colour(`[`TagColour`]`)` |
//! | [`TaskList`]`::new()` | `task(`[`Task`]`::new(title, status).href(…).hint(…))`, `id_prefix`; a [`TaskStatus`] is made from text or a `Tag` |
//! | [`Textarea`]`::new(name, label)` | *control*, `value`, `rows`, `autocomplete`, `spellcheck`, `disabled` |
//! | [`WarningText`]`::new(content)` | `icon_fallback_text` |
//!
//! A *control* has `id`, `hint`, `error_message`, `error_message_if(Option)`, `described_by` and
//! `form_group_classes`; a *group* has the same but `id`, and `legend`, `fieldset_classes` and
//! `fieldset_attribute`.

mod attributes;
mod back_link;
mod breadcrumbs;
mod button;
mod character_count;
mod checkboxes;
mod classes;
mod content;
mod date_input;
mod details;
mod error_message;
mod error_summary;
mod fieldset;
mod file_upload;
mod form_group;
mod generic_header;
mod heading;
mod hint;
mod input;
mod inset_text;
mod label;
mod markup;
mod notification_banner;
mod pagination;
mod panel;
mod password_input;
mod phase_banner;
mod radios;
mod select;
mod service_navigation;
mod setters;
mod skip_link;
mod summary_list;
mod table;
mod tabs;
mod tag;
mod task_list;
mod textarea;
mod warning_text;

pub use back_link::BackLink;
pub use breadcrumbs::{Breadcrumbs, Crumb};
pub use button::{Button, ButtonKind};
pub use character_count::{CharacterCount, CountLimit};
pub use checkboxes::{Checkbox, Checkboxes};
pub use content::Content;
pub use date_input::{DateInput, DatePart};
pub use details::Details;
pub use error_message::ErrorMessage;
pub use error_summary::{ErrorSummary, SummarisedError};
pub use fieldset::{Fieldset, Legend};
pub use file_upload::FileUpload;
pub use generic_header::GenericHeader;
pub use heading::{HeadingLevel, Size};
pub use hint::Hint;
pub use input::{Affix, Input, InputKind};
pub use inset_text::InsetText;
pub use label::Label;
pub use markup::{Component, Markup};
pub use notification_banner::NotificationBanner;
pub use pagination::{Pagination, PaginationLink, PaginationPage};
pub use panel::{Panel, PanelLink};
pub use password_input::PasswordInput;
pub use phase_banner::PhaseBanner;
pub use radios::{Radio, Radios};
pub use select::{Select, SelectItem};
pub use service_navigation::{NavigationItem, ServiceNavigation};
pub use skip_link::SkipLink;
pub use summary_list::{SummaryAction, SummaryCard, SummaryCell, SummaryList, SummaryRow};
pub use table::{Table, TableCell};
pub use tabs::{Tab, Tabs};
pub use tag::{Tag, TagColour};
pub use task_list::{Task, TaskList, TaskStatus};
pub use textarea::Textarea;
pub use warning_text::WarningText;
