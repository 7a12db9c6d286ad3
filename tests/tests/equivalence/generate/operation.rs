//! Operations: what a program asks of a world that answers by a script.

use super::Generator;
use super::expression::Expected::Known;
use super::types::Type;

/// The clauses of a task that may ask for all of these.
pub(super) const NEEDS: &str = "
    needs files read \"data/**\"
    needs files write \"out/**\"
    needs exec \"tool\"";

impl Generator {
    /// Gives an operation whose outcome has a type.
    pub(super) fn operation(&mut self, type_: &Type) -> Option<String> {
        let file = self.random.one(&["\"data/a.txt\"", "\"data/b.txt\"", "\"data/deep/c.txt\""]).to_string();
        Some(match type_ {
            Type::Text if self.random.percent(50) => format!("files.read({file})"),
            Type::Text => format!("exec.run(\"tool\", args: [{}]).stdout", self.plain(&Type::Text)),
            Type::Bool => format!("files.exists({file})"),
            Type::Int if self.random.percent(50) => format!("files.size({file})"),
            Type::Int => format!("exec.run(\"tool\", input: {}).code", self.plain(&Type::Text)),
            Type::List(item) if **item == Type::Text && self.random.percent(50) => {
                format!("(for line in files.lines({file}) yield line)")
            }
            _ => return None,
        })
    }

    /// Gives an operation without an outcome, as a statement.
    pub(super) fn asking(&mut self) -> String {
        let text = self.expr(&Type::Text, Known);
        match self.random.below(4) {
            0 => format!("files.append(\"out/log.txt\", {text})"),
            1 => format!("files.write(\"out/result.txt\", {text})"),
            2 => "files.delete(\"out/old.txt\")".to_owned(),
            _ => format!("log.info({text}, number: {})", self.plain(&Type::Int)),
        }
    }
}
