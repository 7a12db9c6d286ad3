//! The library's own sources, as they are compiled with every project.

macro_rules! modules {
    ($($name:literal)*) => {
        /// The modules: name and text.
        pub const SOURCES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../", $name, ".task")))),*];
    };
}

modules! {
    "prelude" "clock" "run" "int" "float" "decimal" "string" "bytes" "list" "map" "set" "duration" "date" "datetime" "json"
    "toml" "url" "path" "hash" "base64" "hex" "random" "uuid" "files" "http" "exec" "log"
}
