//! How SQL is written down: named constants, and a list of them all for the test of the query plans.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*

        /// All statements of this module.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $sql),)*];
    };
}
pub(super) use statements;
