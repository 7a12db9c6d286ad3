//! `setting`: values that are configured outside of the program. A read is an operation, so that a run goes on after a
//! restart with what it has seen.

use super::{
    Checker, ItemRef,
    purity::Pure,
    report::{Because, Want},
};
use crate::ir::{Body, Expr, Setting, Type};
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::tree;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::rc::Rc;

/// A setting's declaration.
#[derive(Debug)]
pub(crate) struct SettingItem<'t> {
    /// The item.
    pub item: ItemRef,
    /// What was written.
    pub binding: &'t tree::Binding,
}

impl<'t> Checker<'t> {
    /// Finds the types of all settings, and checks their defaults.
    pub(super) fn declare_settings(&mut self) {
        let mut first: FxHashMap<SmolStr, Place> = FxHashMap::default();
        for number in 0..self.setting_items.len() {
            let (item, binding) = (self.setting_items[number].item, self.setting_items[number].binding);
            self.begin(item.unit, Rc::from([]));
            let place = self.place(binding.name.span);
            let known = *first.entry(binding.name.text.clone()).or_insert(place);
            // Within one file any two equal names are told.
            if known.file != place.file {
                let message = format!("another setting of this project is named `{}`", binding.name.text);
                let diagnostic = Diagnostic::new(Code::DuplicateName, place, message).also(known, "the other one");
                self.report(diagnostic.help("declare it once, and bring it in with `use`"));
            }
            let (type_, default) = self.setting_default(binding);
            if type_ != Type::ERROR && !self.has_json_form(type_) {
                let message = format!("a `{}` cannot be configured: it has no form outside of a run", self.name(type_));
                let diagnostic = Diagnostic::new(Code::NoForm, place, message);
                let is_secret = self.holds_secret(type_);
                let help = format!("declare a secret: `secret {}`", binding.name.text);
                self.report(if is_secret { diagnostic.help(help) } else { diagnostic });
            }
            self.program.settings.push(Setting { name: binding.name.text.to_string(), type_, default });
        }
    }

    /// Gives the type of a setting and its default, which is `none` by itself where that fits.
    fn setting_default(&mut self, binding: &'t tree::Binding) -> (Type, Option<Body>) {
        self.body.pure = Some(Pure::Setting);
        let want = match &binding.type_ {
            Some(written) => {
                let because = Because::Declared(self.place(written.span));
                Want::Type(self.resolve(written), because)
            }
            None => Want::Any,
        };
        let value = match (&binding.value, want) {
            (Some(value), _) => {
                let value = self.check_expr(value, want);
                self.settled(value)
            }
            (None, Want::Type(type_, _)) => return (type_, None),
            (None, Want::Any | Want::Dropped) => {
                let message = format!("the type of the setting `{}` cannot be told from here", binding.name.text);
                let diagnostic = Diagnostic::new(Code::TypeUnknown, self.place(binding.name.span), message);
                self.report(diagnostic.help(format!("give it one: `setting {}: string`", binding.name.text)));
                return (Type::ERROR, None);
            }
        };
        let type_ = match want {
            Want::Type(type_, _) => type_,
            Want::Any | Want::Dropped => value.type_,
        };
        let value = self.boxed(value);
        (type_, Some(self.finish_body(0, value)))
    }

    /// Reads a setting.
    pub(super) fn read_setting(&mut self, number: u32, name: &tree::Name, span: Span) -> Expr {
        if let Some(pure) = self.body.pure.filter(|pure| *pure != Pure::Connection) {
            let place = pure.words();
            let message =
                format!("the setting `{}` cannot be used in {place}: it has a value only in a run", name.text);
            self.report(Diagnostic::new(Code::Impure, self.place(span), message));
            return self.error(span);
        }
        let Some(setting) = self.program.settings.get(number as usize) else { return self.error(span) };
        let (type_, text) = (setting.type_, setting.name.clone());
        let text = self.text_value(&text, span);
        self.inner(Inner::SettingRead, vec![text], type_, span)
    }
}
