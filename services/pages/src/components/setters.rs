//! What the components' setters have in common.

/// Setters that take whatever the field is made from; a field that is an `Option` is then there.
macro_rules! setters {
    ($type:ident: $($(#[$doc:meta])* $field:ident: $value:ty),+ $(,)?) => {
        impl $type {$(
            $(#[$doc])*
            #[must_use]
            pub fn $field(mut self, $field: impl Into<$value>) -> Self {
                let value: $value = $field.into();
                self.$field = value.into();
                self
            }
        )+}
    };
}

/// A setter of the classes.
macro_rules! with_classes {
    ($($type:ident),+ $(,)?) => {$(
        impl $type {
            /// Adds classes after its own, with spaces between them.
            #[must_use]
            pub fn classes(mut self, classes: impl Into<String>) -> Self {
                self.classes.add(classes.into());
                self
            }
        }
    )+};
}

/// A setter of the attributes.
macro_rules! with_attributes {
    ($($type:ident),+ $(,)?) => {$(
        impl $type {
            /// Adds an attribute to its element. The value is escaped.
            #[must_use]
            pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
                self.attributes.add(name, value.into());
                self
            }
        }
    )+};
}

/// What every component has: it can be shown in another, and takes classes and attributes.
macro_rules! component {
    ($type:ident) => {
        impl askama::filters::HtmlSafe for $type {}
        $crate::components::setters::with_classes!($type);
        $crate::components::setters::with_attributes!($type);
    };
}

pub(super) use {component, setters, with_attributes, with_classes};
