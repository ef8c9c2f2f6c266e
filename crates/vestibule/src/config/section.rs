//! A section is a struct whose doc comments are the reference. The macro makes from one list of fields: the struct,
//! its reader, and what the reference says.

use super::source::Source;

/// What the reference says of one setting.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// The key, as `section.name` or `name`.
    pub key: String,
    /// The doc comment, a line an item.
    pub doc: &'static [&'static str],
    /// What may be written.
    pub expected: &'static str,
    /// Whether that is said of each item of a list.
    pub is_list: bool,
    /// The default, as it would be written.
    pub default: String,
}

/// A group of settings.
pub(super) trait Section: Sized {
    /// The table's name; empty for the top of the file.
    const NAME: &'static str;

    /// What the reference says of its settings.
    fn fields() -> Vec<Field>;

    /// Takes its settings from where they were written; notes what is wrong and takes the default there.
    fn take(source: &mut Source) -> Self;
}

/// Defines a section.
macro_rules! section {
    (
        $(#[$outer:meta])*
        $name:ident in $table:literal {
            $( $(#[doc = $doc:literal])+ $field:ident : $type:ty = $default:expr, )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        impl $crate::config::section::Section for $name {
            const NAME: &'static str = $table;

            fn fields() -> Vec<$crate::config::section::Field> {
                vec![$( $crate::config::section::Field {
                    key: $crate::config::source::key($table, stringify!($field)),
                    doc: &[$($doc),+],
                    expected: <$type as $crate::config::setting::Setting>::EXPECTED,
                    is_list: <$type as $crate::config::setting::Setting>::IS_LIST,
                    default: $default.to_string(),
                } ),+]
            }

            fn take(source: &mut $crate::config::source::Source) -> Self {
                Self { $( $field: source.take(&$crate::config::source::key($table, stringify!($field)), $default), )+ }
            }
        }
    };
}
pub(super) use section;
