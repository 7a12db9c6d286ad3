//! THE table of layers: who may know whom, and what is kept apart. ARCHITECTURE.md shows it, and a test compares the two.

/// A crate and what it may know.
pub struct Layer {
    /// The crate, which is also its folder.
    pub name: &'static str,
    /// Which crates of ours it may use.
    pub may_use: Uses,
    /// What it must not know, in words.
    pub must_not_know: &'static str,
}

/// Which crates of ours a crate may use.
pub enum Uses {
    /// These and no others.
    Only(&'static [&'static str]),
    /// All of them.
    All,
}

/// Every crate of the workspace.
pub const LAYERS: &[Layer] = &[
    Layer { name: "diagnostics", may_use: Uses::Only(&[]), must_not_know: "terminal, LSP, files" },
    Layer { name: "schedule", may_use: Uses::Only(&["diagnostics"]), must_not_know: "syntax, store, the present time" },
    Layer { name: "grammar", may_use: Uses::Only(&["diagnostics"]), must_not_know: "names, types, files" },
    Layer {
        name: "bytecode",
        may_use: Uses::Only(&["diagnostics", "schedule"]),
        must_not_know: "syntax, values, threads",
    },
    Layer {
        name: "compiler",
        may_use: Uses::Only(&["diagnostics", "grammar", "bytecode", "schedule"]),
        must_not_know: "runtime, stdlib, files, clock",
    },
    Layer {
        name: "runtime",
        may_use: Uses::Only(&["diagnostics", "bytecode", "schedule"]),
        must_not_know: "syntax, compiler, HTTP serving, terminal",
    },
    Layer { name: "stdlib", may_use: Uses::Only(&["runtime"]), must_not_know: "compiler, store" },
    Layer {
        name: "project",
        may_use: Uses::Only(&["schedule", "compiler"]),
        must_not_know: "runtime, stdlib, terminal, LSP",
    },
    Layer {
        name: "lsp",
        may_use: Uses::Only(&["diagnostics", "grammar", "compiler", "project"]),
        must_not_know: "runtime",
    },
    Layer { name: "cli", may_use: Uses::All, must_not_know: "SQL, VM internals" },
    Layer { name: "tests", may_use: Uses::All, must_not_know: "SQL, VM internals" },
    Layer { name: "benches", may_use: Uses::All, must_not_know: "VM internals" },
    Layer { name: "xtask", may_use: Uses::Only(&[]), must_not_know: "the product" },
];

/// Something that stands in one place only.
pub struct KeptApart {
    /// What it is, in words.
    pub what: &'static str,
    /// The paths of Rust that name it; one matches wherever its parts follow each other.
    pub paths: &'static [&'static str],
    /// The packages that bring it; only the crates of `only_in` may depend on them.
    pub packages: &'static [&'static str],
    /// The modules and folders that may name it: `a/b` is the file `a/b.rs` and everything in the folder `a/b`.
    pub only_in: &'static [&'static str],
}

/// Everything that is kept apart.
pub const KEPT_APART: &[KeptApart] = &[
    KeptApart {
        what: "the database",
        paths: &["rusqlite"],
        packages: &["rusqlite"],
        only_in: &["runtime/src/store", "benches"],
    },
    KeptApart {
        what: "the parser",
        paths: &["pest", "pest_derive"],
        packages: &["pest", "pest_derive"],
        only_in: &["grammar"],
    },
    KeptApart {
        what: "types of the language server protocol",
        paths: &["tower_lsp", "tower_lsp_server", "ls_types", "lsp_types"],
        packages: &["tower-lsp-server", "ls-types", "lsp-types"],
        only_in: &["lsp/src/protocol"],
    },
    KeptApart {
        what: "the command line, and colours on it",
        paths: &["clap", "clap_complete", "anstream", "anstyle", "miette"],
        packages: &["clap", "clap_complete", "anstream", "anstyle", "miette"],
        only_in: &["cli"],
    },
    KeptApart {
        what: "source excerpts",
        paths: &["codespan_reporting"],
        packages: &["codespan-reporting"],
        only_in: &["diagnostics/src/render"],
    },
    KeptApart {
        what: "an HTTP client",
        paths: &["reqwest", "rustls", "hyper"],
        packages: &["reqwest", "rustls", "hyper"],
        only_in: &["stdlib/src"],
    },
    KeptApart {
        what: "processes",
        paths: &["process::Command", "tokio::process"],
        packages: &[],
        only_in: &["stdlib/src", "tests", "benches", "xtask"],
    },
    KeptApart {
        what: "sockets",
        paths: &[
            "std::net",
            "tokio::net",
            "unix::net",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "UnixListener",
        ],
        packages: &[],
        only_in: &["stdlib/src", "tests"],
    },
    KeptApart {
        what: "the wall clock",
        paths: &["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "SystemTime::elapsed"],
        packages: &[],
        // An editor is told what lints say of dates, as of when it asks.
        only_in: &["runtime/src/clock", "lsp/src/snapshot", "tests", "benches", "xtask"],
    },
    KeptApart {
        what: "randomness",
        paths: &["getrandom", "rand", "fastrand"],
        packages: &["getrandom", "rand", "fastrand"],
        only_in: &["runtime/src/clock"],
    },
    KeptApart {
        what: "files",
        paths: &["std::fs", "tokio::fs"],
        packages: &[],
        only_in: &["runtime", "stdlib", "project", "cli", "tests", "benches", "xtask"],
    },
    KeptApart {
        what: "standard input and output",
        paths: &["io::stdin", "io::stdout", "io::stderr"],
        packages: &[],
        only_in: &["cli", "lsp/src/protocol", "tests", "benches", "xtask"],
    },
];

impl Layer {
    /// Says whether the crate may use `other`, a crate of ours.
    pub fn may_use(&self, other: &str) -> bool {
        match self.may_use {
            Uses::All => true,
            Uses::Only(names) => names.contains(&other),
        }
    }
}

/// Gives both tables as ARCHITECTURE.md shows them.
pub fn markdown() -> String {
    let mut lines = vec!["| crate | may use | must not know |".to_owned(), "|---|---|---|".to_owned()];
    for layer in LAYERS {
        let may_use = match layer.may_use {
            Uses::All => "all".to_owned(),
            Uses::Only([]) => "–".to_owned(),
            Uses::Only(names) => names.join(", "),
        };
        lines.push(format!("| {} | {may_use} | {} |", layer.name, layer.must_not_know));
    }
    lines.push(String::new());
    lines.extend(["| kept apart | stands only in |".to_owned(), "|---|---|".to_owned()]);
    for apart in KEPT_APART {
        let places: Vec<String> = apart.only_in.iter().map(|place| format!("`{place}`")).collect();
        lines.push(format!("| {} | {} |", apart.what, places.join(", ")));
    }
    lines.join("\n")
}
